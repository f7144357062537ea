/** What is known about the deletion of an object that still exists. Pure. */

import type { KubeObject } from "../../kube/Resource.ts"

/** When its deletion is due (after its grace period), and the finalizers that hold it; undefined while it is not being deleted. */
export const deletionOf = ({ metadata }: KubeObject): string | undefined => {
  const { deletionTimestamp, finalizers = [] } = metadata ?? {}
  if (deletionTimestamp === undefined) return undefined
  const held = finalizers.length === 0 ? "" : `, and its finalizers are not removed: ${finalizers.join(", ")}`
  return `its deletion is due at ${deletionTimestamp}${held}`
}
