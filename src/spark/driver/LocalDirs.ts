/**
 * Spark's `LocalDirsFeatureStep`: where a pod spills to, either volumes named `spark-local-dir-*` or a scratch directory per entry.
 * Spark 3.4 and later shuffle several directories, so that executors do not all start with the same disk. Here they stay in order, because
 * the objects of a driver must be the same every time.
 */

import { isLocalDir, localDirPrefix } from "../pod/LocalDirVolumes.ts"
import { addEnv, mountVolume, type SparkPod } from "../pod/SparkPod.ts"
import { localDirId } from "../submit/Submission.ts"
import type { Configured, ReadStep } from "./FeatureStep.ts"

export const localDirsVariable = "SPARK_LOCAL_DIRS"

const setLocalDirs = (pod: SparkPod, directories: ReadonlyArray<string>) =>
  addEnv(pod, [{ name: localDirsVariable, value: directories.join(",") }])

/** Scratch volumes of the container, else an empty directory at each of these paths. */
export const readLocalDirs = ({ read }: Configured) => {
  const emptyDir = read.flag("spark.kubernetes.local.dirs.tmpfs") ? { medium: "Memory" } : {}
  return (pod: SparkPod, directories: ReadonlyArray<string>): SparkPod => {
    const mounted = (pod.container.volumeMounts ?? []).filter((mount) => isLocalDir(mount.name))
    if (mounted.length > 0)
      return setLocalDirs(
        pod,
        mounted.map((mount) => mount.mountPath),
      )

    const withVolumes = directories.reduce(
      (pod, mountPath, index) => mountVolume(pod, { name: `${localDirPrefix}${index + 1}`, emptyDir }, { mountPath }),
      pod,
    )
    return setLocalDirs(withVolumes, directories)
  }
}

export const localDirs: ReadStep = (submitted) => {
  const configured = submitted.read.list("spark.local.dir")
  const withLocalDirs = readLocalDirs(submitted)
  return {
    configurePod: (pod, run) =>
      withLocalDirs(
        pod,
        configured.length > 0 ? configured : [`/var/data/spark-${localDirId(run.submission.submissionId)}`],
      ),
  }
}
