/**
 * The ConfigMap with `spark.properties` and its mount in the driver (`Client.run`, `KubernetesClientUtils`):
 * the last volume, mount and variable that Spark adds.
 */

import type { ConfigMap } from "kubernetes-types/core/v1"
import { renderProperties } from "../conf/Properties.ts"
import { addEnv, mountVolume, type SparkPod } from "../pod/SparkPod.ts"
import type { Run } from "./FeatureStep.ts"

const directory = "/opt/spark/conf"
const file = "spark.properties"

/** The path of the properties in the driver. */
export const propertiesPath = `${directory}/${file}`
/** The name of the volume that holds them. */
export const confVolume = "spark-conf-volume-driver"

export const mountConf = (pod: SparkPod, { names }: Run): SparkPod => {
  const configMap = { name: names.confConfigMap, items: [{ key: file, mode: 0o644, path: file }] }
  const mounted = mountVolume(pod, { name: confVolume, configMap }, { mountPath: directory })
  return addEnv(mounted, [{ name: "SPARK_CONF_DIR", value: directory }])
}

/** The ConfigMap. Besides the properties, Spark writes the namespace under a key of its own; `data` are further entries. */
export const confConfigMap = (
  properties: ReadonlyMap<string, string>,
  data: Readonly<Record<string, string>>,
  run: Run,
): ConfigMap => ({
  metadata: { name: run.names.confConfigMap, namespace: run.namespace },
  immutable: true,
  data: {
    [file]: renderProperties(
      properties,
      `Java properties built from Kubernetes config map with name: ${run.names.confConfigMap}`,
      run.submission.submittedAt,
    ),
    "spark.kubernetes.namespace": run.namespace,
    ...data,
  },
})
