/**
 * Spark's `NetworkPolicyFeatureStep` (4.2 and later): only pods of the same application reach its executors.
 * Spark makes it after the driver, and so does the operator: no executor exists before the driver runs.
 */

import type { NetworkPolicy } from "kubernetes-types/networking/v1"
import type { Child } from "../Child.ts"
import * as Labels from "../Labels.ts"
import type { ReadStep, Run } from "./FeatureStep.ts"

const className = "org.apache.spark.deploy.k8s.features.NetworkPolicyFeatureStep"

const policy = ({ names, namespace, appId }: Run): NetworkPolicy => {
  const application = { [Labels.sparkAppSelector]: appId }
  return {
    metadata: { name: names.networkPolicy, namespace, labels: application },
    spec: {
      podSelector: { matchLabels: { ...application, [Labels.sparkRole]: Labels.executorRole } },
      ingress: [{ from: [{ podSelector: { matchLabels: application } }] }],
    },
  }
}

export const networkPolicy: ReadStep = ({ read, profile }) => {
  const excluded = read.list("spark.kubernetes.driver.pod.excludedFeatureSteps").includes(className)
  if (!profile.networkPolicy || excluded) return {}
  return {
    children: (run): ReadonlyArray<Child> => [
      {
        phase: "after",
        group: "networking.k8s.io",
        version: "v1",
        plural: "networkpolicies",
        kind: "NetworkPolicy",
        object: { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", ...policy(run) },
      },
    ],
  }
}
