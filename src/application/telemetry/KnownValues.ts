/**
 * Values of attributes that are known beforehand, so that their series start at zero: a ratio or an increase can be
 * computed from the first event on. Reasons may take other values as well; those appear when they occur.
 */

import {
  ApplicationStateType,
  AttemptResult,
  FailureReason,
  Stall,
} from "../../api/application/SparkApplicationStatus.ts"
import { isFinal } from "../../api/States.ts"

/** The state as the value of an attribute. New is `""` in the status, which Prometheus treats as "no label". */
export const stateValue = (state: ApplicationStateType): string => (state === "" ? "NEW" : state)

export const states: ReadonlyArray<string> = ApplicationStateType.literals.map(stateValue)

/** Results of attempts that had a driver pod, so that there was something to execute. */
export const results: ReadonlyArray<string> = AttemptResult.literals.filter((result) => result !== "SubmissionFailed")

/** States that an application leaves sooner or later, so that the time in them matters. */
export const passingStates: ReadonlyArray<string> = states.filter((state) => !isFinal(state))

/** The operator does not submit executors, and their program is the driver's. */
const neverOfExecutors: ReadonlySet<FailureReason> = new Set([
  "DriverLost",
  "UserError",
  "InvalidSpec",
  "QuotaExceeded",
  "Refused",
  "SubmitFailed",
  "Stalled",
])

export const executorReasons: ReadonlyArray<string> = FailureReason.literals.filter(
  (reason) => !neverOfExecutors.has(reason),
)

/** Drivers have `UserError` where executors have `Error`. */
export const applicationReasons: ReadonlyArray<string> = FailureReason.literals.filter((reason) => reason !== "Error")

export const stallReasons: ReadonlyArray<string> = Stall.fields.reason.literals

export const podReasons: ReadonlyArray<string> = ["Completed", "Error", "OOMKilled", "Evicted", "Deleted"]

/** What can happen to a pod. */
export const podEvents = ["created", "updated", "deleted"] as const

/** The states of a job, stage or task. */
export const workStates = ["active", "completed", "failed"] as const

/** The outcomes of reading the progress of a driver. */
export const readOutcomes = ["success", "refused", "unreachable", "timeout", "forbidden", "status", "invalid"] as const

/** The work queue of applications, by the name that it has in the metrics of the v1 operator. */
export const applicationQueue = "spark_application_controller"
