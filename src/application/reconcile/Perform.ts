/**
 * Carries out the actions of a decision: writes only, in order, each idempotent. A final refusal of the API server is an answer
 * (`SubmissionOutcome`); what may be temporary (conflict, overload, no connection) is a `KubeError`, and the queue retries.
 */

import { Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import { ensure, ignoreNotFound } from "../../kube/Idempotent.ts"
import { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { configMaps, pods, services } from "../../kube/Resource.ts"
import { build, type BuildOptions } from "../../spark/driver/Build.ts"
import { objectNames } from "../../spark/Names.ts"
import { driverFacts } from "../../spark/observe/PodFacts.ts"
import type { Valid } from "../../spark/Validate.ts"
import type { Action } from "../lifecycle/Action.ts"
import type { Observed, SubmissionOutcome } from "../lifecycle/Observed.ts"
import { about } from "../telemetry/AttemptContext.ts"
import { createRequired, deleteChildren, ensureChildren } from "./ApplyChildren.ts"
import { ofSubmission } from "./Ownership.ts"
import { conflictWith, refusalAsOutcome } from "./SubmissionAnswers.ts"
import { deleteSubmitJob, submitByJob } from "./SubmitByJob.ts"

export interface Subject {
  readonly application: SparkApplication
  /** Undefined when the spec has problems: nothing can be submitted then. */
  readonly valid: Valid | undefined
  readonly options: BuildOptions
}

/** The results of actions that the next decision needs: of `Submit`, and of those about companion objects. */
export type Answer = Partial<Pick<Observed, "submission" | "children">>

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
  const { application, valid, options } = subject
  switch (action._tag) {
    case "Submit":
      return Effect.map(submit(action, subject), (submission) => ({ submission }))
    case "EnsureChildren":
      return Effect.map(ensureChildren(action, application, valid, options), (children) => ({ children }))
    case "DeleteChildren":
      return Effect.map(deleteChildren(action, application), (children) => ({ children }))
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

const submit = Effect.fn("submit")(function* (
  action: Extract<Action, { _tag: "Submit" }>,
  { application, valid, options }: Subject,
): Effect.fn.Return<SubmissionOutcome | undefined, KubeError, Kube> {
  if (valid === undefined) return undefined
  return yield* refusalAsOutcome(
    Effect.gen(function* () {
      const taken = yield* createRequired(action, application, valid, options)
      if (taken) return conflictWith(taken, application)
      return action.by === "job"
        ? yield* submitByJob(action, application, valid, options)
        : yield* submitDriver(action, application, valid, options)
    }),
  )
})

/** The operator creates the driver itself. */
const submitDriver = Effect.fnUntraced(function* (
  action: Extract<Action, { _tag: "Submit" }>,
  application: SparkApplication,
  valid: Valid,
  options: BuildOptions,
): Effect.fn.Return<SubmissionOutcome, KubeError, Kube> {
  const kube = yield* Kube
  const objects = build(valid, action, options)
  const { namespace } = application.metadata

  const before = yield* Effect.all(
    [
      ...objects.configMaps.map((map) => ensure(kube, configMaps, namespace, map)),
      ensure(kube, services, namespace, objects.service),
    ],
    { concurrency: "unbounded" },
  )
  const foreign = before.find((object) => !ofSubmission(object, application, action.submissionId))
  if (foreign) return conflictWith(foreign, application)
  const pod = yield* ensure(kube, pods, namespace, objects.pod)
  return ofSubmission(pod, application, action.submissionId)
    ? { _tag: "Accepted", driver: driverFacts(pod) }
    : conflictWith(pod, application)
})

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

/** Following the run matters more than the labels of its pods: a failure is logged, and the next reconcile tries again. */
const labelPods = Effect.fn("labelPods")(function* (
  action: Extract<Action, { _tag: "LabelPods" }>,
  { metadata: { namespace } }: SparkApplication,
): Effect.fn.Return<void, never, Kube> {
  const kube = yield* Kube
  yield* Effect.forEach(
    action.pods,
    ({ name, uid, labels }) =>
      kube.patch(pods, namespace, name, { type: "merge", body: { metadata: { uid, labels } } }).pipe(ignoreNotFound),
    { concurrency: 10, discard: true },
  ).pipe(
    Effect.catch((error) =>
      Effect.logWarning("labels of pods cannot be updated").pipe(
        Effect.annotateLogs({ pods: action.pods.length, error: error.message }),
      ),
    ),
  )
})

const deleteApplication = Effect.fnUntraced(function* (
  application: SparkApplication,
): Effect.fn.Return<void, KubeError, Kube> {
  const { namespace, name, uid } = application.metadata
  const kube = yield* Kube
  yield* kube.delete(sparkApplications, namespace, name, { uid, propagationPolicy: "Background" }).pipe(ignoreNotFound)
})
