/** Spark's `HadoopConfDriverFeatureStep`: Hadoop configuration from an existing ConfigMap. */

import { addEnv, mountVolume, type SparkPod } from "../pod/SparkPod.ts"
import type { ReadStep } from "./FeatureStep.ts"

const directory = "/opt/hadoop/conf"

/** The key by which executors find the ConfigMap. */
export const executorHadoopKey = "spark.kubernetes.executor.hadoopConfigMapName"

/** Mounts the ConfigMap of this name. */
export const mountHadoopConf = (pod: SparkPod, name: string): SparkPod =>
  addEnv(mountVolume(pod, { name: "hadoop-properties", configMap: { name } }, { mountPath: directory }), [
    { name: "HADOOP_CONF_DIR", value: directory },
  ])

export const hadoopConf: ReadStep = ({ read, profile }) => {
  const name = read.text("spark.kubernetes.hadoop.configMapName")
  if (name === undefined) return {}
  return {
    configurePod: (pod) => mountHadoopConf(pod, name),
    properties: () => (profile.executorHadoopConfigMap ? { [executorHadoopKey]: name } : {}),
  }
}
