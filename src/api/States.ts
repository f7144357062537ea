/**
 * What the states of an application have in common (`status.applicationState.state`, kubeflow's names). Each predicate takes any text,
 * since a status may come from another operator or a later version; `undefined` is an application without a status, which is new.
 */

import type { ApplicationState, ApplicationStateType } from "./application/SparkApplicationStatus.ts"

/** The state of an application with this status; New if there is none. */
export const stateOf = (
  status: { readonly applicationState?: typeof ApplicationState.Type } | undefined,
): ApplicationStateType => status?.applicationState?.state ?? ""

type State = ApplicationStateType | (string & {}) | undefined

const oneOf = (...states: ReadonlyArray<ApplicationStateType>): ((state: State) => boolean) => {
  const set: ReadonlySet<string> = new Set(states)
  return (state) => set.has(state ?? "")
}

/** The application has ended for good. */
export const isFinal = oneOf("COMPLETED", "FAILED")

/** The last run has ended by itself: the application becomes final, or runs again. */
export const hasEnded = oneOf("SUCCEEDING", "FAILING", "COMPLETED", "FAILED")

/** No run exists: there was none yet, or the last one has ended and was deleted. The next step may be a submission. */
export const precedesSubmission = oneOf("", "RESUMING", "SUBMISSION_FAILED", "PENDING_RERUN")

/** A submitted run that is not over: its driver pod exists unless it was lost. */
export const expectsDriver = oneOf("SUBMITTED", "RUNNING", "UNKNOWN")

/** The last run has ended, and nothing of it is left to be stopped. */
export const isAfterRun = oneOf("SUCCEEDING", "FAILING", "COMPLETED", "FAILED", "SUSPENDED")

/** The state ends when the driver pod of the run is gone. */
export const awaitsDriverDeletion = oneOf("SUSPENDING", "PENDING_RERUN")

/** The user or a changed spec has stopped the run. */
export const isStopping = oneOf("SUSPENDING", "SUSPENDED", "INVALIDATING")
