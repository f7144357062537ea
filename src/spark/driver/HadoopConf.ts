/** Spark's `HadoopConfDriverFeatureStep`: Hadoop configuration from an existing ConfigMap. */

import { addEnv, mountVolume } from "../pod/SparkPod.ts"
import type { ReadStep } from "./FeatureStep.ts"

const directory = "/opt/hadoop/conf"

export const hadoopConf: ReadStep = ({ read, profile }) => {
  const name = read.text("spark.kubernetes.hadoop.configMapName")
  if (name === undefined) return {}
  return {
    configurePod: (pod) =>
      addEnv(mountVolume(pod, { name: "hadoop-properties", configMap: { name } }, { mountPath: directory }), [
        { name: "HADOOP_CONF_DIR", value: directory },
      ]),
    properties: () =>
      profile.executorHadoopConfigMap ? { "spark.kubernetes.executor.hadoopConfigMapName": name } : {},
  }
}
