/** The steps of executors in the order of `KubernetesExecutorBuilder.buildFromFeatures`. */

import type { Configured } from "../driver/FeatureStep.ts"
import { executorHadoopKey, mountHadoopConf } from "../driver/HadoopConf.ts"
import { readLocalDirs } from "../driver/LocalDirs.ts"
import { envSecrets, mountSecrets } from "../driver/MountSecrets.ts"
import { mountExecutorVolumes } from "../driver/MountVolumes.ts"
import { basicExecutor } from "./BasicExecutor.ts"
import { executorAccount } from "./ExecutorAccount.ts"
import type { ExecutorStep, ReadExecutorStep } from "./ExecutorStep.ts"

/** From Spark 3.5 on; before, executors do not see the ConfigMap. */
const hadoopConf: ReadExecutorStep = ({ profile }) => ({
  configurePod: (pod, { properties }) => {
    const name = properties.get(executorHadoopKey)
    return profile.executorHadoopConfigMap && name !== undefined ? mountHadoopConf(pod, name) : pod
  },
})

/** The driver looks for `SPARK_LOCAL_DIRS` in its own environment, where its own step has set it, before it reads the configuration. */
const localDirs: ReadExecutorStep = (submitted) => {
  const withLocalDirs = readLocalDirs(submitted)
  const configured = submitted.read.text("spark.local.dir")
  return {
    configurePod: (pod, run) =>
      withLocalDirs(pod, (run.localDirs ?? configured ?? `/var/data/${run.appId}`).split(",")),
  }
}

const steps: ReadonlyArray<readonly [className: string, read: ReadExecutorStep]> = [
  ["BasicExecutorFeatureStep", basicExecutor],
  ["ExecutorKubernetesCredentialsFeatureStep", executorAccount],
  ["MountSecretsFeatureStep", mountSecrets("executor")],
  ["EnvSecretsFeatureStep", envSecrets("executor")],
  ["MountVolumesFeatureStep", mountExecutorVolumes],
  ["HadoopConfExecutorFeatureStep", hadoopConf],
  ["LocalDirsFeatureStep", localDirs],
]

/** All steps but those that the configuration excludes. */
export const readExecutorSteps = (submitted: Configured): ReadonlyArray<ExecutorStep> => {
  const { read, profile } = submitted
  const excluded = profile.excludableSteps ? read.list("spark.kubernetes.executor.pod.excludedFeatureSteps") : []
  return steps
    .map(([className, readStep]) => [className, readStep(submitted)] as const)
    .filter(([className]) => !excluded.includes(`org.apache.spark.deploy.k8s.features.${className}`))
    .map(([, step]) => step)
}
