/**
 * Spark's `LocalDirsFeatureStep`: where the driver spills to, either volumes named `spark-local-dir-*` or a scratch directory per entry.
 * Spark 3.4 and later shuffle several directories, so that executors do not all start with the same disk. Here they stay in order, because
 * the objects of a driver must be the same every time.
 */

import { isLocalDir, localDirPrefix } from "../pod/LocalDirVolumes.ts"
import { addEnv, mountVolume, type SparkPod } from "../pod/SparkPod.ts"
import { localDirId } from "../submit/Submission.ts"
import type { ReadStep } from "./FeatureStep.ts"

const setLocalDirs = (pod: SparkPod, directories: ReadonlyArray<string>) =>
  addEnv(pod, [{ name: "SPARK_LOCAL_DIRS", value: directories.join(",") }])

export const localDirs: ReadStep = ({ read }) => {
  const configured = read.list("spark.local.dir")
  const emptyDir = read.flag("spark.kubernetes.local.dirs.tmpfs") ? { medium: "Memory" } : {}
  return {
    configurePod: (pod, run) => {
      const mounted = (pod.container.volumeMounts ?? []).filter((mount) => isLocalDir(mount.name))
      if (mounted.length > 0)
        return setLocalDirs(
          pod,
          mounted.map((mount) => mount.mountPath),
        )

      const scratch = `/var/data/spark-${localDirId(run.submission.submissionId)}`
      const directories = configured.length > 0 ? configured : [scratch]
      const withVolumes = directories.reduce(
        (pod, mountPath, index) => mountVolume(pod, { name: `${localDirPrefix}${index + 1}`, emptyDir }, { mountPath }),
        pod,
      )
      return setLocalDirs(withVolumes, directories)
    },
  }
}
