/** A driver pod that kubeflow's operator has submitted. */

import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"

/** The driver as `spark-submit` of kubeflow's operator makes it, with the labels and the owner of its pod template. */
export const kubeflowDriver = ({ metadata }: SparkApplication, submissionId: string): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: `${metadata.name}-driver`,
    namespace: "default",
    labels: {
      "spark-role": "driver",
      "spark-app-selector": "spark-0123456789abcdef",
      "sparkoperator.k8s.io/app-name": metadata.name,
      "sparkoperator.k8s.io/launched-by-spark-operator": "true",
      "sparkoperator.k8s.io/mutated-by-spark-operator": "true",
      "sparkoperator.k8s.io/submission-id": submissionId,
    },
    annotations: { "local.firesteel.dev/run-seconds": "10" },
    ownerReferences: [
      {
        apiVersion: "sparkoperator.k8s.io/v1beta2",
        kind: "SparkApplication",
        name: metadata.name,
        uid: metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  },
  spec: { restartPolicy: "Never", containers: [{ name: "spark-kubernetes-driver", image: "spark:4.0.4" }] },
})
