/**
 * Carries out the actions of a decision: writes only, in order, each idempotent. A final refusal of the API server is an answer
 * (`SubmissionOutcome`); what may be temporary (conflict, overload, no connection) is a `KubeError`, and the queue retries.
 */

import { Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import type { RouteCheck } from "../../kube/gateway/RouteCheck.ts"
import { ignoreNotFound } from "../../kube/Idempotent.ts"
import { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { configMaps, pods, services } from "../../kube/Resource.ts"
import { keyOf } from "../../runtime/Store.ts"
import type { BuildOptions } from "../../spark/driver/Build.ts"
import { objectNames } from "../../spark/Names.ts"
import type { Valid } from "../../spark/Validate.ts"
import type { Action } from "../lifecycle/Action.ts"
import type { ChildrenOutcome, Observed } from "../lifecycle/Observed.ts"
import { about } from "../telemetry/AttemptContext.ts"
import { deleteChildren, ensureChildren } from "./ApplyChildren.ts"
import type { ChildrenWork } from "./ChildrenWork.ts"
import { labelPods } from "./LabelPods.ts"
import { ofSubmission } from "./Ownership.ts"
import { submit } from "./Submit.ts"
import { deleteSubmitJob } from "./SubmitByJob.ts"

export interface Subject {
  readonly application: SparkApplication
  /** Undefined when the spec has problems: nothing can be submitted then. */
  readonly valid: () => Valid | undefined
  readonly options: BuildOptions
  readonly childrenWork: ChildrenWork
  readonly routes: RouteCheck
}

/** The results of a submission, which the next decision needs. */
export type Answer = Partial<Pick<Observed, "submission" | "begun">>

/** Performs the actions in order; a later answer of the same kind replaces an earlier one. */
export const performAll = Effect.fnUntraced(function* (
  actions: ReadonlyArray<Action>,
  subject: Subject,
): Effect.fn.Return<Answer, KubeError, Kube> {
  let answer: Answer = {}
  for (const action of actions) {
    answer = { ...answer, ...(yield* perform(action, subject).pipe(about(subject.application))) }
  }
  return answer
})

const perform = (action: Action, subject: Subject): Effect.Effect<Answer, KubeError, Kube> => {
  const { application, options } = subject
  switch (action._tag) {
    case "Submit": {
      const valid = subject.valid()
      return valid === undefined ? Effect.succeed({}) : submit(action, application, valid, options)
    }
    case "EnsureChildren":
      return workOnChildren(subject, ensureChildren(action, application, subject.valid(), options, subject.routes))
    case "DeleteChildren":
      return workOnChildren(subject, deleteChildren(action, application))
    case "DeleteRun":
      return Effect.as(deleteRun(action, application), {})
    case "DeleteDriver":
    case "DeleteExecutor":
      return Effect.as(deletePod(action, application), {})
    case "LabelPods":
      return Effect.as(labelPods(action, application), {})
    case "DeleteApplication":
      return Effect.as(deleteApplication(application), {})
  }
}

const workOnChildren = ({ application, childrenWork }: Subject, work: Effect.Effect<ChildrenOutcome, never, Kube>) =>
  Effect.as(childrenWork.begin(keyOf(application), application.status?.submissionID, work), {})

const deleteRun = Effect.fn("deleteRun")(function* (
  action: Extract<Action, { _tag: "DeleteRun" }>,
  application: SparkApplication,
): Effect.fn.Return<void, KubeError, Kube> {
  const kube = yield* Kube
  const { namespace } = application.metadata
  const names = objectNames(application, action.submissionId)
  if (action.by === "job") yield* deleteSubmitJob(application, action.submissionId)
  yield* Effect.forEach(
    [
      [services, names.service] as const,
      [configMaps, names.confConfigMap] as const,
      [configMaps, names.executorTemplateConfigMap] as const,
      ...action.executors.map((name) => [pods, name] as const),
    ],
    ([resource, name]) => kube.delete(resource, namespace, name).pipe(ignoreNotFound),
    { concurrency: 10, discard: true },
  )
  const driver = yield* kube.get(pods, namespace, action.driverPodName).pipe(ignoreNotFound)
  if (driver && ofSubmission(driver, application, action.submissionId)) {
    yield* kube.delete(pods, namespace, action.driverPodName, { uid: driver.metadata?.uid }).pipe(ignoreNotFound)
  }
})

const deletePod = Effect.fnUntraced(function* (
  action: Extract<Action, { _tag: "DeleteDriver" | "DeleteExecutor" }>,
  application: SparkApplication,
): Effect.fn.Return<void, KubeError, Kube> {
  const kube = yield* Kube
  yield* kube.delete(pods, application.metadata.namespace, action.podName, { uid: action.uid }).pipe(ignoreNotFound)
})

const deleteApplication = Effect.fnUntraced(function* (
  application: SparkApplication,
): Effect.fn.Return<void, KubeError, Kube> {
  const { namespace, name, uid } = application.metadata
  const kube = yield* Kube
  yield* kube.delete(sparkApplications, namespace, name, { uid, propagationPolicy: "Background" }).pipe(ignoreNotFound)
})
