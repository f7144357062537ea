/** An application for which the operator creates an object of every kind that it knows, and what the cluster needs for that. */

import { Effect } from "effect"
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import type { SparkApplicationSpec } from "../../src/api/application/SparkApplication.ts"
import type { KubeObject, Resource } from "../../src/kube/Resource.ts"
import type { World } from "./OperatorBench.ts"

const definitions: Resource<CustomResourceDefinition> = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
}
export interface PodGroup extends KubeObject {
  readonly spec?: { readonly minResources?: Readonly<Record<string, string>> }
}
export const podGroups: Resource<PodGroup> = {
  group: "scheduling.volcano.sh",
  version: "v1beta1",
  plural: "podgroups",
  kind: "PodGroup",
}

/** Volcano, as far as the API server is concerned. */
export const installVolcano = ({ kube }: World) =>
  Effect.orDie(
    kube.create(definitions, "", {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "podgroups.scheduling.volcano.sh" },
      spec: {
        group: podGroups.group,
        scope: "Namespaced",
        names: { plural: "podgroups", singular: "podgroup", kind: "PodGroup", listKind: "PodGroupList" },
        versions: [
          {
            name: podGroups.version,
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
          },
        ],
      },
    } as unknown as CustomResourceDefinition),
  )

export const objectFlags = [
  "--enable-batch-scheduler",
  "--enable-driver-pdb",
  "--ingress-url-format=https://spark.example.com/{{$appNamespace}}/{{$appName}}",
]

const volume = "spark.kubernetes.driver.volumes.persistentVolumeClaim.data"

export const claimName = "pi-scratch"

/** The NetworkPolicy is one of Spark 4.2 and later. */
export const everyObject: Partial<SparkApplicationSpec> = {
  sparkVersion: "4.3.0",
  batchScheduler: "volcano",
  driverPodDisruptionBudget: true,
  driverIngressOptions: [{ servicePort: 8888, servicePortName: "notebook" }],
  monitoring: { exposeDriverMetrics: true, exposeExecutorMetrics: true, metricsProperties: "*.sink.x.class=X" },
  sparkConf: {
    [`${volume}.options.claimName`]: claimName,
    [`${volume}.options.storageClass`]: "fast",
    [`${volume}.options.sizeLimit`]: "1Gi",
    [`${volume}.mount.path`]: "/scratch",
  },
}
