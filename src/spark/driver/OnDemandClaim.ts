/**
 * The claim that Spark makes together with a driver when a volume names a storage class and a size (`MountVolumesFeatureStep`).
 * Its name is given by the user; `OnDemand` in it is replaced by a name of the submission.
 */

import type { Child } from "../Child.ts"
import * as Labels from "../Labels.ts"
import type { Run, Submitted } from "./FeatureStep.ts"

export interface OnDemandClaim {
  readonly name: (run: Run) => string
  /** The claim itself; none where the user makes it. */
  readonly child: (run: Run) => ReadonlyArray<Child>
}

const placeholder = "OnDemand"

/** `ReadWriteOncePod` since Spark 4.0, unless the configuration requests the older mode. */
const accessMode = ({ read, profile }: Submitted) => {
  const key = "spark.kubernetes.legacy.useReadWriteOnceAccessMode"
  const legacy = profile.configurableAccessMode && read.has(key) ? read.flag(key) : !profile.readWriteOncePod
  return legacy ? "ReadWriteOnce" : "ReadWriteOncePod"
}

/**
 * Reads the volume of the driver whose keys begin with `volume` and that is number `index` among its volumes. Refuses the placeholder
 * where Spark would not make a claim.
 */
export const readOnDemandClaim = (
  submitted: Submitted,
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
  if (claimName.includes(placeholder) && !made) {
    read.refuse(field, `Spark makes a claim only when options.storageClass and options.sizeLimit are given as well`)
  }
  const name = ({ names }: Run) => claimName.replaceAll(placeholder, `${names.prefix}-driver-pvc-${index}`)
  const child = (run: Run): Child => ({
    phase: "before",
    group: "",
    version: "v1",
    plural: "persistentvolumeclaims",
    kind: "PersistentVolumeClaim",
    object: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: {
        name: name(run),
        labels: { ...labels, [Labels.sparkAppSelector]: run.appId },
        ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      },
      spec: { storageClassName, accessModes: [mode], resources: { requests: { storage } } },
    },
  })
  return { name, child: (run) => (made ? [child(run)] : []) }
}
