/** The run of the current submission as a whole: whether it is gone, what remains of it, and what to delete of it. */

import type { DriverPod, Waiting } from "../../spark/observe/ObservedPod.ts"
import { outcomeOf } from "../../spark/observe/Outcome.ts"
import type { Action } from "./Action.ts"
import { submittedBy } from "./Attempts.ts"
import type { Situation } from "./Situation.ts"

/** The driver pod, if its program has not ended although the run is over: a deadline has passed, or it is stalled. */
export const runningDriver = ({ observed: { driver } }: Situation): DriverPod | undefined =>
  driver._tag === "Present" && !driver.deleting && outcomeOf(driver) === undefined ? driver : undefined

/** Driver, executors and the pods that might still create a driver are gone. Remains of earlier runs are left to the next submission. */
export const gone = ({ observed }: Situation) =>
  (observed.driver._tag !== "Present" || observed.driver.deleted) &&
  observed.executors.every(({ deleted }) => deleted) &&
  observed.submitters.length === 0

/** What remains of the run, as a reason to wait; undefined if it is gone. */
export const remainsOf = ({ observed }: Situation): Waiting | undefined => {
  const { driver, submitters } = observed
  const executors = observed.executors.filter(({ deleted }) => !deleted)
  const because = (deletion: string | undefined) => (deletion === undefined ? "" : `: ${deletion}`)
  if (driver._tag === "Present" && !driver.deleted) {
    const message = `driver pod ${driver.name} of the earlier run still exists${because(driver.deletion)}`
    return { reason: "DriverPodExists", message }
  }
  if (executors[0] !== undefined) {
    const { name, deletion } = executors[0]
    const message = `executor pods of the earlier run still exist (${executors.length}); ${name}${because(deletion) || " is not being deleted yet"}`
    return { reason: "ExecutorPodsExist", message }
  }
  return submitters[0] === undefined
    ? undefined
    : {
        reason: "SubmitPodExists",
        message: `the pod that runs spark-submit still exists${because(submitters[0].deletion)}`,
      }
}

/** Deletes the run of the submission in the status, with those executors that are not being deleted yet. */
export const deleteRun = (s: Situation): ReadonlyArray<Action> =>
  s.status.submissionID === undefined
    ? []
    : [
        {
          _tag: "DeleteRun",
          submissionId: s.status.submissionID,
          driverPodName: s.status.driverInfo.podName ?? s.driverPodName,
          by: submittedBy(s.status.attempts?.find(({ submissionID }) => submissionID === s.status.submissionID)),
          executors: s.observed.executors.filter(({ deleting }) => !deleting).map(({ name }) => name),
        },
      ]

/** Deletes the run, unless all that remains of it is being deleted already. */
export const deleteRemains = (s: Situation): ReadonlyArray<Action> => {
  const allDeleting =
    (s.observed.driver._tag !== "Present" || s.observed.driver.deleting) &&
    s.observed.executors.every(({ deleting }) => deleting) &&
    s.observed.submitters.every(({ deleting }) => deleting)
  return allDeleting ? [] : deleteRun(s)
}
