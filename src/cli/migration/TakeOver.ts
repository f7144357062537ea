/**
 * What happens to an application that exists when Firesteel starts, by the state in which kubeflow's operator left it
 * (`test/e2e/Adoption.test.ts` shows each), and whether its driver pod can be taken over.
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
  SUBMITTED: "is taken over with its driver pod, which continues unchanged",
  RUNNING: "is taken over with its driver pod, which continues unchanged",
  UNKNOWN: "is taken over with its driver pod, which continues unchanged",
  SUCCEEDING: "becomes COMPLETED, or runs again if restartPolicy says so",
  FAILING: "runs again if restartPolicy still allows it, or becomes FAILED",
  SUBMISSION_FAILED: "is submitted again if restartPolicy still allows it, or becomes FAILED",
  PENDING_RERUN: "is submitted when its earlier driver is gone",
  INVALIDATING: "its run is deleted, and it is submitted with its new spec",
  SUSPENDING: "its run is deleted, and it stays suspended",
  SUSPENDED: "stays suspended",
  RESUMING: "is submitted",
  COMPLETED: "stays as it is; conditions are added to its status",
  FAILED: "stays as it is; conditions are added to its status",
}

const isState = (state: string): state is ApplicationStateType => Object.hasOwn(fates, state)

/** Whether Firesteel has reconciled it already. */
const isOurs = ({ status }: SparkApplication) => status?.runSpecHash !== undefined

/** With a template, its executors cannot be distinguished from those of Firesteel, for which the webhook is switched off. */
const lateExecutors = note(
  "spec.executor.template",
  "executors that this run requests after kubeflow's pod webhook is deleted or narrowed lack what the webhook adds; let the run finish first if that matters",
)

const driverFindings = (application: SparkApplication, drivers: ReadonlyArray<Pod>): ReadonlyArray<Finding> => {
  const { status, metadata } = application
  const name = status?.driverInfo?.podName
  const driver = drivers.find((pod) => pod.metadata?.namespace === metadata.namespace && pod.metadata?.name === name)
  const at = "status.driverInfo.podName"
  if (driver === undefined) {
    return [
      warning(at, `driver pod ${name ?? "(none)"} does not exist: the run will be considered failed (DriverNotFound)`),
    ]
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

/** What becomes of it, and obstacles; nothing for an application that Firesteel runs already. */
export const takeOver = (application: SparkApplication, drivers: ReadonlyArray<Pod>): ReadonlyArray<Finding> => {
  if (isOurs(application)) return []
  const state = application.status?.applicationState?.state ?? ""
  if (!isState(state))
    return [warning("status.applicationState.state", `${state} is not a state of any known operator`)]
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
          `driver pod ${unreported.metadata?.name} already exists: a submission is in progress or was interrupted; check again in a minute`,
        ),
      ]
    : [fate]
}
