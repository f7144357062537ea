/**
 * What happens to an application that exists when Firesteel starts, by the state in which kubeflow's operator left it. That it is so shows
 * `test/e2e/Adoption.test.ts`; here it is said beforehand, and whether the driver pod is one that can be taken over.
 */

import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { type ApplicationStateType } from "../../api/application/SparkApplicationStatus.ts"
import { expectsDriver, precedesSubmission } from "../../api/States.ts"
import * as Labels from "../../spark/Labels.ts"
import { type Finding, note, problem, warning } from "./Finding.ts"

/** What happens to an application, by its state; empty: it is new. */
export const fates: Readonly<Record<ApplicationStateType, string>> = {
  "": "is submitted by the operator that sees it first",
  SUBMITTED: "is taken over with its driver pod, which goes on untouched",
  RUNNING: "is taken over with its driver pod, which goes on untouched",
  UNKNOWN: "is taken over with its driver pod, which goes on untouched",
  SUCCEEDING: "becomes COMPLETED, or runs again if restartPolicy says so",
  FAILING: "runs again if restartPolicy still allows it, or becomes FAILED",
  SUBMISSION_FAILED: "is submitted again if restartPolicy still allows it, or becomes FAILED",
  PENDING_RERUN: "is submitted when its earlier driver is gone",
  INVALIDATING: "its run is taken away, and it is submitted with its new spec",
  SUSPENDING: "its run is taken away, and it stays suspended",
  SUSPENDED: "stays suspended",
  RESUMING: "is submitted",
  COMPLETED: "stays as it is; conditions are added to its status",
  FAILED: "stays as it is; conditions are added to its status",
}

const isState = (state: string): state is ApplicationStateType => Object.hasOwn(fates, state)

/** Whether Firesteel has looked at it already. */
const isOurs = ({ status }: SparkApplication) => status?.runSpecHash !== undefined

/** With a template, nothing tells its executors from those of Firesteel, for whom the webhook is switched off. */
const lateExecutors = note(
  "spec.executor.template",
  "executors that this run asks for when kubeflow's pod webhook is gone or narrowed lack what it adds; let it finish first if that matters",
)

const driverFindings = (application: SparkApplication, drivers: ReadonlyArray<Pod>): ReadonlyArray<Finding> => {
  const { status, metadata } = application
  const name = status?.driverInfo?.podName
  const driver = drivers.find((pod) => pod.metadata?.namespace === metadata.namespace && pod.metadata?.name === name)
  const at = "status.driverInfo.podName"
  if (driver === undefined) {
    return [warning(at, `driver pod ${name ?? "(none)"} does not exist: the run counts as failed (DriverNotFound)`)]
  }
  const owned = driver.metadata?.ownerReferences?.some(({ uid }) => uid === metadata.uid) === true
  const labelled = driver.metadata?.labels?.[Labels.submissionId] === status?.submissionID
  if (owned && labelled && driver.metadata?.labels?.[Labels.launchedBy] === "true") {
    return application.spec.executor?.template === undefined ? [] : [lateExecutors]
  }
  const lacks = owned
    ? `its labels ${Labels.launchedBy} and ${Labels.submissionId} are not those of status.submissionID`
    : "the application is not among its ownerReferences"
  return [
    problem(at, `driver pod ${name} would not be taken over: ${lacks}; let it finish before you change operators`),
  ]
}

/** What becomes of it, and what stands in the way; nothing for an application that Firesteel runs already. */
export const takeOver = (application: SparkApplication, drivers: ReadonlyArray<Pod>): ReadonlyArray<Finding> => {
  if (isOurs(application)) return []
  const state = application.status?.applicationState?.state ?? ""
  if (!isState(state)) return [warning("status.applicationState.state", `${state} is a state of no known operator`)]
  const fate = note("status", `${state === "" ? "New" : state}: ${fates[state]}`)
  if (expectsDriver(state)) return [fate, ...driverFindings(application, drivers)]
  const { namespace, name } = application.metadata
  const unreported = drivers.find(
    ({ metadata }) => metadata?.namespace === namespace && metadata?.labels?.[Labels.appName] === name,
  )
  return precedesSubmission(state) && unreported !== undefined
    ? [
        fate,
        warning(
          "status",
          `driver pod ${unreported.metadata?.name} exists already: a submission is under way or was cut off; check again in a minute`,
        ),
      ]
    : [fate]
}
