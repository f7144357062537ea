/**
 * Reconciles one SparkApplication: gather → validate → decide → report → perform, again while the answer leads straight to the next
 * step. The status is written before anything is done, so whatever happens in between, the next look knows what was meant.
 */

import { Clock, Effect, Result } from "effect"
import type { ObjectReference } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SubmitterKind } from "../../api/application/SubmissionOptions.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import type { Problem } from "../../api/Problem.ts"
import { precedesSubmission } from "../../api/States.ts"
import type { EventRecorder } from "../../kube/EventRecorder.ts"
import type { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { apiVersion } from "../../kube/Resource.ts"
import { again, type Next, sooner } from "../../runtime/Next.ts"
import type { Lane } from "../../runtime/Workqueue.ts"
import { accessWarnings } from "../../spark/access/AccessRules.ts"
import { noChildOptions } from "../../spark/ChildOptions.ts"
import { children } from "../../spark/Children.ts"
import type { BuildOptions } from "../../spark/driver/Build.ts"
import type { HealthDefaults } from "../../spark/health/HealthDefaults.ts"
import { progressWarnings } from "../../spark/health/HealthPlan.ts"
import * as Labels from "../../spark/Labels.ts"
import { driverPodName } from "../../spark/Names.ts"
import type { BatchScheduling } from "../../spark/scheduler/BatchScheduler.ts"
import { withSubmitterOf } from "../../spark/submit/Submitter.ts"
import type { Valid } from "../../spark/Validate.ts"
import type { Telemetry } from "../../telemetry/Telemetry.ts"
import { decide } from "../lifecycle/Decide.ts"
import { onlyExecutorsChanged } from "../lifecycle/Executors.ts"
import type { Heard } from "../lifecycle/Heartbeats.ts"
import type { Reading } from "../lifecycle/ProgressStatus.ts"
import { runSpecHash } from "../lifecycle/RunSpec.ts"
import { newStatus, type Policy, type Situation, type Wishes } from "../lifecycle/Situation.ts"
import { about, linkToAttempt, traceOf } from "../telemetry/AttemptContext.ts"
import { validate } from "../Validate.ts"
import { childStatus } from "./ApplyChildren.ts"
import * as Bursts from "./Bursts.ts"
import type { Caches } from "./Caches.ts"
import { gather } from "./Gather.ts"
import { type Answer, perform, type Subject } from "./Perform.ts"
import { report } from "./Report.ts"

export interface Surroundings {
  readonly caches: Caches
  readonly events: EventRecorder
  readonly policy: Policy
  readonly buildOptions: BuildOptions
  /** Who submits applications that do not choose. */
  readonly submitter: SubmitterKind
  readonly batchScheduling: BatchScheduling
  /** Default and templates of health checks, as they are now; the same object while they stay the same. */
  readonly healthDefaults: () => HealthDefaults
  /** What the driver of a submission said last of its work. */
  readonly progressOf: (key: string, submissionId: string | undefined) => Reading | undefined
  readonly heardOf: (key: string, submissionId: string | undefined) => Heard | undefined
}

/** The lane of an application in the queue. */
export const laneOf = (application: SparkApplication | undefined): Lane =>
  application !== undefined && precedesSubmission(application.status?.applicationState?.state) ? "submission" : "status"

/** A chain of immediate steps is short; a longer one is a mistake that must not hold a worker. */
const longestChain = 12

/** Makes the reconcile function for the queue: a key in, when to look again out. */
export const make = (
  surroundings: Surroundings,
): ((key: string) => Effect.Effect<Next, KubeError, Kube | Telemetry>) => {
  const { caches, events, policy, buildOptions, progressOf, heardOf } = surroundings
  const { applications, pods, lastSeen } = caches
  const read = makeReader(surroundings)
  const bursts = Bursts.make()

  return Effect.fnUntraced(function* (key: string): Effect.fn.Return<Next, KubeError, Kube | Telemetry> {
    let application = applications.get(key)
    const lane = laneOf(application)
    let answer: Partial<Answer> = {}
    for (let chain = 0; chain < longestChain && application !== undefined; chain++) {
      const { observed, gone } = yield* gather(application, pods, lastSeen, progressOf, caches.probes.killOf)
      const { valid, ...spec } = read(application)
      const situation: Situation = {
        name: application.metadata.name,
        uid: application.metadata.uid,
        generation: application.metadata.generation ?? 0,
        deleting: application.metadata.deletionTimestamp !== undefined,
        driverPodName: driverPodName(application),
        status: application.status?.applicationState ? application.status : newStatus,
        observed: {
          submission: undefined,
          heard: heardOf(key, application.status?.submissionID),
          ...observed,
          ...answer,
        },
        childrenOf: (submission) =>
          valid === undefined ? [] : children(valid, submission, buildOptions).map(childStatus),
        policy,
        now: yield* Clock.currentTimeMillis,
        ...spec,
      }
      const decision = decide(situation)
      if (decision.actions.length === 0 && onlyExecutorsChanged(situation.status, decision.status)) {
        const seconds = bursts.wait(key, situation.now)
        if (seconds > 0) {
          yield* linkToAttempt(application)
          return sooner(decision.next, seconds)
        }
      }
      bursts.over(key)
      if (decision.status !== situation.status) {
        application = yield* report({ before: application, status: decision.status, gone }, caches.writes)
      } else {
        lastSeen.forget(key, gone)
      }
      yield* linkToAttempt(application)
      const annotations = annotationsOf(application)
      for (const note of decision.events) yield* events.record(referenceTo(application), { ...note, annotations })
      answer = {}
      for (const action of decision.actions) {
        const subject: Subject = { application, valid, options: buildOptions }
        answer = { ...answer, ...(yield* perform(action, subject).pipe(about(application))) }
      }
      const immediate = decision.next._tag === "After" && decision.next.seconds === 0
      if (!immediate) return decision.next
      application = applications.get(key)
      // What follows a submission is other work, and must not keep the next one waiting.
      if (laneOf(application) !== lane && Object.keys(answer).length === 0) return again
    }
    if (application !== undefined) return { _tag: "After", seconds: 1 }
    bursts.over(key)
    lastSeen.drop(key)
    return { _tag: "Gone" }
  })
}

const referenceTo = ({ metadata }: SparkApplication): ObjectReference => ({
  apiVersion: apiVersion(sparkApplications),
  kind: sparkApplications.kind,
  namespace: metadata.namespace,
  name: metadata.name,
  uid: metadata.uid,
  ...(metadata.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}),
})

/** An Event leads to the trace of the attempt. */
const annotationsOf = (application: SparkApplication): Readonly<Record<string, string>> => {
  const trace = traceOf(application)
  return trace === undefined ? {} : { [Labels.traceAnnotation]: trace.trace_id }
}

type Spec = Pick<Situation, "wishes" | "problems" | "warnings" | "submitter" | "runSpecHash"> & {
  readonly valid: Valid | undefined
}

/** Reads specs; validating one again is spared while it stays the same, with its annotation and the operator's health checks. */
const makeReader = (surroundings: Surroundings): ((application: SparkApplication) => Spec) => {
  const read = new WeakMap<
    object,
    { readonly wish: string | undefined; readonly health: HealthDefaults; readonly spec: Spec }
  >()
  return (application) => {
    const wish = application.metadata.annotations?.[Labels.submitterAnnotation]
    const known = read.get(application.spec)
    const health = surroundings.healthDefaults()
    if (known && known.wish === wish && known.health === health) return known.spec
    const spec = readSpec(application, surroundings)
    read.set(application.spec, { wish, health, spec })
    return spec
  }
}

const readSpec = (application: SparkApplication, surroundings: Surroundings): Spec => {
  const { batchScheduling, submitter, buildOptions, healthDefaults, policy } = surroundings
  const valid = validate(application, {
    scheduling: batchScheduling,
    submitter,
    healthDefaults: healthDefaults(),
  })
  const problems: ReadonlyArray<Problem> = Result.isFailure(valid) ? valid.failure : []
  return {
    valid: Result.isSuccess(valid) ? valid.success : undefined,
    problems,
    warnings: Result.isSuccess(valid)
      ? [
          ...valid.success.warnings,
          ...(policy.followsProgress
            ? []
            : progressWarnings(
                application,
                "the operator does not read the progress of drivers (--spark-ui-access=off)",
              )),
          ...accessWarnings(
            valid.success.workload,
            buildOptions.children ?? noChildOptions,
            valid.success.submitter.by,
          ),
        ]
      : [],
    submitter: Result.isSuccess(valid) ? valid.success.submitter : undefined,
    wishes: wishesOf(application, Result.isSuccess(valid) ? valid.success : undefined),
    runSpecHash: runSpecHash(withSubmitterOf(application)),
  }
}

/** From a spec with problems only the wish to suspend is taken: a run that goes on under it is not tried again. */
const wishesOf = ({ spec }: SparkApplication, valid: Valid | undefined): Wishes => ({
  suspend: spec.suspend === true,
  restartPolicy: valid ? (spec.restartPolicy ?? {}) : { type: "Never" },
  deadlines: valid ? (spec.deadlines ?? {}) : {},
  timeToLiveSeconds: valid ? spec.timeToLiveSeconds : undefined,
  watchdog: valid?.health.watchdog,
  heartbeat: valid?.health.heartbeat,
  initialExecutors: valid?.initialExecutors,
})
