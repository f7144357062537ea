/**
 * Reconciles one SparkApplication: gather → situation → decide → report → perform, repeated while the next step follows at once.
 *
 * Guarantees: the status is written before anything is done that it must remember, so whenever the operator stops in between, the next
 * reconcile knows what was intended and repeats it. Within one round the order is: status, what it commits in telemetry, Events, actions.
 * Assumes: one reconcile per key at a time (`runtime/Workqueue`).
 */

import { Clock, Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { precedesSubmission } from "../../api/States.ts"
import type { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import type { LastSeen } from "../../runtime/LastSeen.ts"
import { again, type Next } from "../../runtime/Next.ts"
import type { Store } from "../../runtime/Store.ts"
import { children } from "../../spark/Children.ts"
import { driverPodName } from "../../spark/Names.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import { decide } from "../lifecycle/Decide.ts"
import type { Decision } from "../lifecycle/Decision.ts"
import type { Observed } from "../lifecycle/Observed.ts"
import { newStatus, type Policy, type Situation } from "../lifecycle/Situation.ts"
import { linkToAttempt } from "../telemetry/AttemptContext.ts"
import { childStatus } from "./ApplyChildren.ts"
import { gather, type Sources } from "./Gather.ts"
import { type Answer, performAll } from "./Perform.ts"
import { makeReader, type ReadSpec, type SpecRules } from "./ReadSpec.ts"
import type { Report } from "./Report.ts"

export interface ReconcileOptions {
  readonly applications: Store<SparkApplication>
  readonly sources: Omit<Sources, "executorChangesSince" | "lastSeen">
  readonly lastSeen: LastSeen<SeenPod>
  readonly report: Report
  readonly policy: Policy
  readonly rules: Omit<SpecRules, "followsProgress">
}

/** The lane of an application in the queue: a submission is more work than following a run, and must not delay that. */
export const laneOf = (application: SparkApplication | undefined): "status" | "submission" =>
  application !== undefined && precedesSubmission(application.status?.applicationState?.state) ? "submission" : "status"

/** A chain of immediate steps is short; a longer one is a bug that must not block a worker. */
const longestChain = 12

/** The decision of one round, and the results of its actions. */
interface Round {
  readonly decision: Decision
  readonly answer: Answer
}

/** The reconcile function for the queue: from a key to when it is to be reconciled again. */
export const make = (options: ReconcileOptions): ((key: string) => Effect.Effect<Next, KubeError, Kube>) => {
  const { applications, lastSeen, report, policy, rules } = options
  const read = makeReader({ ...rules, followsProgress: policy.followsProgress })
  /** Applications of which only executors changed: since when that waits to be reported, in epoch milliseconds. */
  const postponed = new Map<string, number>()
  const sources: Sources = { ...options.sources, lastSeen, executorChangesSince: (key) => postponed.get(key) }

  const situationOf = (application: SparkApplication, spec: ReadSpec, observed: Observed, now: number): Situation => ({
    name: application.metadata.name,
    uid: application.metadata.uid,
    generation: application.metadata.generation ?? 0,
    deleting: application.metadata.deletionTimestamp !== undefined,
    driverPodName: driverPodName(application),
    status: application.status?.applicationState ? application.status : newStatus,
    observed,
    childrenOf: (submission) =>
      spec.valid === undefined ? [] : children(spec.valid, submission, rules.buildOptions).map(childStatus),
    policy,
    now,
    ...spec,
  })

  const remember = (key: string, { postponedSince }: Decision) => {
    if (postponedSince === undefined) postponed.delete(key)
    else postponed.set(key, postponedSince)
  }

  const round = Effect.fnUntraced(function* (
    key: string,
    application: SparkApplication,
    before: Answer,
  ): Effect.fn.Return<Round, KubeError, Kube> {
    const { observed, gone } = yield* gather(sources, application, before)
    const spec = read(application)
    const situation = situationOf(application, spec, observed, yield* Clock.currentTimeMillis)
    const decision = decide(situation)
    yield* logDecision(key, situation, decision)
    remember(key, decision)
    const reported = yield* report(application, situation, decision, gone)
    yield* linkToAttempt(reported)
    const subject = { application: reported, valid: spec.valid, options: rules.buildOptions }
    return { decision, answer: yield* performAll(decision.actions, subject) }
  })

  return Effect.fnUntraced(function* (key: string): Effect.fn.Return<Next, KubeError, Kube> {
    let application = applications.get(key)
    const lane = laneOf(application)
    let answer: Answer = {}
    for (let chain = 0; chain < longestChain && application !== undefined; chain++) {
      const done: Round = yield* round(key, application, answer)
      const { next } = done.decision
      if (next._tag !== "After" || next.seconds > 0) return next
      answer = done.answer
      application = applications.get(key)
      // What follows a submission belongs to the other lane, and must not keep the next submission waiting.
      if (laneOf(application) !== lane && Object.keys(answer).length === 0) return again
    }
    if (application !== undefined) return { _tag: "After", seconds: 1 }
    postponed.delete(key)
    lastSeen.drop(key)
    return { _tag: "Gone" }
  })
}

const logDecision = (key: string, { status }: Situation, { rule, actions, postponedSince }: Decision) =>
  Effect.annotateLogs(Effect.logDebug("decided"), {
    application: key,
    rule,
    state: status.applicationState.state || "NEW",
    actions: actions.map(({ _tag }) => _tag).join(", "),
    postponed: postponedSince !== undefined,
  })
