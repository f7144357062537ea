/** An operator that dies, without a word, at one of its requests: before the request arrives, or after it was carried out. */

import type { FaultPlan, FaultRequest } from "../../src/local/apiserver/Faults.ts"

export type Death = "DropBefore" | "DropAfter"

export interface Dying {
  readonly plan: FaultPlan
  /** Requests count from now on. */
  readonly arm: () => void
}

/** `fatal` is the number of the request that kills, among those that `counts`; `onDeath` is called then. Nothing is answered afterwards. */
export const dying = (
  fatal: number,
  how: Death,
  onDeath: () => void,
  counts: (request: FaultRequest) => boolean = () => true,
): Dying => {
  let armed = false
  let count = 0
  return {
    arm: () => {
      armed = true
    },
    plan: (request) => {
      if (!armed) return undefined
      if (count >= fatal) return { _tag: "Hang" }
      if (!counts(request)) return undefined
      count++
      if (count < fatal) return undefined
      onDeath()
      return { _tag: how }
    },
  }
}
