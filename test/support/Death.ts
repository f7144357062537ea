/** The death of an operator at one of its requests. */

import type { FaultPlan } from "../../src/local/apiserver/Faults.ts"

/** Requests count from the moment it is armed; `fatal` is the one that kills. */
export const dying = (
  fatal: number,
  how: "DropBefore" | "DropAfter",
  onDeath: () => void,
): { plan: FaultPlan; arm: () => void } => {
  let armed = false
  let count = 0
  return {
    arm: () => {
      armed = true
    },
    plan: () => {
      if (!armed) return undefined
      count++
      if (count === fatal) onDeath()
      return count < fatal ? undefined : count === fatal ? { _tag: how } : { _tag: "Hang" }
    },
  }
}
