/**
 * The claim that Spark makes together with a pod when a volume names a storage class and a size (`MountVolumesFeatureStep`).
 * Its name is given by the user; `OnDemand` in it is replaced by a name that begins with that of the pod.
 */

import type { Child } from "../Child.ts"
import * as Labels from "../Labels.ts"
import type { Configured } from "./FeatureStep.ts"

/** The pod that a claim is for. */
export interface ClaimOwner {
  /** Its name, or what Spark takes for that of a driver. */
  readonly podName: string
  readonly executorId?: string
}

export interface OnDemandClaim {
  readonly name: (owner: ClaimOwner) => string
  /** The claim itself; none where the user makes it. */
  readonly child: (owner: ClaimOwner, appId: string) => ReadonlyArray<Child>
}

const placeholder = "OnDemand"

/** `ReadWriteOncePod` since Spark 4.0, unless the configuration requests the older mode. */
const accessMode = ({ read, profile }: Configured) => {
  const key = "spark.kubernetes.legacy.useReadWriteOnceAccessMode"
  const legacy = profile.configurableAccessMode && read.has(key) ? read.flag(key) : !profile.readWriteOncePod
  return legacy ? "ReadWriteOnce" : "ReadWriteOncePod"
}

/**
 * Reads the volume whose keys begin with `volume` and that is number `index` among those of its role. Refuses the placeholder
 * of a driver where Spark would not make a claim.
 */
export const readOnDemandClaim = (
  submitted: Configured,
  role: "driver" | "executor",
  volume: string,
  index: number,
  field: string,
): OnDemandClaim => {
  const { read, profile } = submitted
  const claimName = read.text(`${volume}.options.claimName`) ?? ""
  const storageClassName = read.text(`${volume}.options.storageClass`)
  const storage = read.quantity(`${volume}.options.sizeLimit`)
  const custom = (what: string) =>
    profile.richVolumeOptions
      ? Object.fromEntries(read.prefixed(`${volume}.${what}.`).map(({ name, value }) => [name, value]))
      : {}
  const [labels, annotations] = [custom("label"), custom("annotation")]
  const mode = accessMode(submitted)
  const made = storageClassName !== undefined && storage !== undefined
  // The names of executors can be known, so a user may have made claims for them.
  if (role === "driver" && claimName.includes(placeholder) && !made) {
    read.refuse(field, `Spark makes a claim only when options.storageClass and options.sizeLimit are given as well`)
  }
  const name = ({ podName, executorId }: ClaimOwner) => {
    const named = claimName.replaceAll(placeholder, `${podName}-pvc-${index}`)
    return executorId === undefined ? named : named.replaceAll("SPARK_EXECUTOR_ID", executorId)
  }
  const child = (owner: ClaimOwner, appId: string): Child => ({
    phase: "before",
    group: "",
    version: "v1",
    plural: "persistentvolumeclaims",
    kind: "PersistentVolumeClaim",
    object: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: {
        name: name(owner),
        labels: { ...labels, [Labels.sparkAppSelector]: appId },
        ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      },
      spec: { storageClassName, accessModes: [mode], resources: { requests: { storage } } },
    },
  })
  return { name, child: (owner, appId) => (made ? [child(owner, appId)] : []) }
}
