/** What is known about the deletion of a pod that still exists. Pure. */

import type { Pod } from "kubernetes-types/core/v1"

/** When the pod's deletion is due (after its grace period), and the finalizers that hold it; undefined while it is not being deleted. */
export const deletionOf = ({ metadata }: Pod): string | undefined => {
  const { deletionTimestamp, finalizers = [] } = metadata ?? {}
  if (deletionTimestamp === undefined) return undefined
  const held = finalizers.length === 0 ? "" : `, and its finalizers are not removed: ${finalizers.join(", ")}`
  return `its deletion is due at ${deletionTimestamp}${held}`
}
