/** A condition in the status of a custom resource: Kubernetes' `metav1.Condition`. */

import { Schema } from "effect"
import { timestamp } from "../kube/Time.ts"
import { required, optional } from "./schema/Field.ts"
import { Int64, Time } from "./schema/Scalar.ts"

export const Condition = Schema.Struct({
  type: required(Schema.String, "The type of the condition."),
  status: required(
    Schema.Literals(["True", "False", "Unknown"]),
    "The status of the condition: True, False or Unknown.",
  ),
  observedGeneration: optional(Int64, "The generation of the spec for which the condition was determined."),
  lastTransitionTime: required(Time, "When the status of the condition last changed."),
  reason: required(Schema.String, "The reason for the status, in CamelCase."),
  message: required(Schema.String, "A human-readable explanation of the status."),
})
export type Condition = typeof Condition.Type

/** What a condition says, without the times. */
export type Claim = Pick<Condition, "status" | "reason" | "message">

export const claim = (status: Condition["status"], reason: string, message = ""): Claim => ({ status, reason, message })

/**
 * The conditions that say this, by type; undefined: the condition does not apply. `lastTransitionTime` moves only when the truth value
 * changes. `now` is in epoch milliseconds.
 */
export const conditionsOf = (
  before: ReadonlyArray<Condition> | undefined,
  claims: Readonly<Record<string, Claim | undefined>>,
  generation: number,
  now: number,
): ReadonlyArray<Condition> =>
  Object.entries(claims).flatMap(([type, next]) => {
    if (next === undefined) return []
    const known = before?.find((condition) => condition.type === type)
    return {
      type,
      ...next,
      observedGeneration: generation,
      lastTransitionTime: known?.status === next.status ? known.lastTransitionTime : timestamp(now),
    }
  })
