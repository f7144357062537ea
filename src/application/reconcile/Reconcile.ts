/**
 * Reconciles one SparkApplication: gather → situation → decide → report → perform, repeated while the next step follows at once.
 *
 * Guarantees: the status is written before anything is done that it must remember, so whenever the operator stops in between, the next
 * reconcile knows what was intended and repeats it. What can be computed again needs no write: a submission has names that follow from the
 * application, so its objects are created first, and one write records the attempt together with the outcome. Within one round the order is:
 * status, what it commits in telemetry, Events, actions.
 * Assumes: one reconcile per key at a time (`runtime/Workqueue`).
 */

import { Clock, Effect } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import { precedesSubmission, stateOf } from "../../api/States.ts"
import type { RouteCheck } from "../../kube/gateway/RouteCheck.ts"
import type { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import type { DefinitionCheck } from "../../runtime/DefinitionCheck.ts"
import * as Freshness from "../../runtime/Freshness.ts"
import type { LastSeen } from "../../runtime/LastSeen.ts"
import type { Namespaces } from "../../runtime/namespaces/Namespaces.ts"
import { again, awaitChange, type Next } from "../../runtime/Next.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import { children } from "../../spark/Children.ts"
import { driverPodName } from "../../spark/Names.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import type { PriceOf } from "../../spark/usage/Amounts.ts"
import { currentAttempt } from "../lifecycle/Attempts.ts"
import { mayGiveUp, unrecorded } from "../lifecycle/Begun.ts"
import { decide } from "../lifecycle/Decide.ts"
import { beginsOrEnds, type Decision } from "../lifecycle/Decision.ts"
import { inProgress, type Observed } from "../lifecycle/Observed.ts"
import { completeStatus, type Policy, type Situation } from "../lifecycle/Situation.ts"
import { linkToAttempt } from "../telemetry/AttemptContext.ts"
import type { PodUses } from "../usage/PodUses.ts"
import { childStatus } from "./ApplyChildren.ts"
import type { ChildrenWork } from "./ChildrenWork.ts"
import { gather, type Sources } from "./Gather.ts"
import { type Answer, performAll, type Subject } from "./Perform.ts"
import { makeReader, type ReadSpec, type SpecRules } from "./ReadSpec.ts"
import type { Report } from "./Report.ts"
import * as SubmissionDelays from "./SubmissionDelays.ts"

export interface ReconcileOptions {
  readonly applications: Store<SparkApplication>
  readonly namespaces: Pick<Namespaces, "join">
  readonly sources: Omit<Sources, "changesSince" | "delayOf" | "childrenOf" | "routeDue" | "lastSeen">
  readonly lastSeen: LastSeen<SeenPod>
  readonly definition: Pick<DefinitionCheck<SparkApplication>, "allows" | "remembered" | "problem">
  readonly report: Report
  readonly childrenWork: ChildrenWork
  readonly routes: RouteCheck
  readonly podUses: Pick<PodUses, "of" | "drop">
  readonly priceOf: PriceOf
  readonly policy: Policy
  readonly rules: Omit<SpecRules, "followsProgress">
}

/** The lane of an application in the queue: a submission is more work than following a run, and must not delay that. */
export const laneOf = (application: SparkApplication | undefined): "status" | "submission" =>
  application !== undefined && precedesSubmission(stateOf(application.status)) ? "submission" : "status"

/** A chain of immediate steps is short; a longer one is a bug that must not block a worker. */
const longestChain = 12

/** The decision of one round, and the results of its actions. */
interface Round {
  readonly decision: Decision
  readonly answer: Answer
}

/** The definition of the kind lacks fields: nothing is done, and the application is queued again when it is right. */
const held = (decision: Decision): Round => ({ decision: { ...decision, next: awaitChange }, answer: {} })

/** The reconcile function for the queue: from a key to when it is to be reconciled again. */
export const make = (options: ReconcileOptions): ((key: string) => Effect.Effect<Next, KubeError, Kube>) => {
  const { applications, lastSeen, definition, report, childrenWork, routes, podUses, priceOf, policy, rules } = options
  const readSpec = makeReader({ ...rules, followsProgress: policy.progressSeconds !== undefined })
  /** Applications with changes that wait to be reported: since when, in epoch milliseconds. */
  const postponed = new Map<string, number>()
  const delays = SubmissionDelays.make()
  const confirmFresh = Freshness.make(sparkApplications, options.namespaces, "reconcile")
  const sources: Sources = {
    ...options.sources,
    lastSeen,
    changesSince: (key) => postponed.get(key),
    childrenOf: childrenWork.of,
    routeDue: routes.due,
    delayOf: (key, { metadata, status }) =>
      delays.of(key, currentAttempt(status)?.submissionID ?? unrecorded(metadata.uid, status)?.submissionId),
  }

  const situationOf = (application: SparkApplication, spec: ReadSpec, observed: Observed, now: number): Situation => ({
    name: application.metadata.name,
    uid: application.metadata.uid,
    generation: application.metadata.generation ?? 0,
    deleting: application.metadata.deletionTimestamp !== undefined,
    driverPodName: driverPodName(application),
    status: completeStatus(application.status),
    observed,
    usage: {
      podsOf: podUses.of(keyOf(application)),
      priceOf,
      coreUtilization: observed.progress?.progress.coreUtilization,
    },
    childrenOf: (submission) => {
      const valid = spec.valid()
      return valid === undefined ? [] : children(valid, submission, rules.buildOptions).map(childStatus)
    },
    policy,
    now,
    ...spec,
  })

  /** While nothing may be restarted, a run continues with the spec that it has. */
  const read = (application: SparkApplication): ReadSpec => {
    const spec = readSpec(application)
    const runSpecHash = application.status?.runSpecHash
    return definition.problem() === undefined || runSpecHash === undefined ? spec : { ...spec, runSpecHash }
  }

  const latest = Effect.fnUntraced(function* (key: string) {
    const application = applications.get(key)
    return application && (yield* definition.remembered(application))
  })

  const remember = (key: string, { postponedSince }: Decision) => {
    if (postponedSince === undefined) postponed.delete(key)
    else postponed.set(key, postponedSince)
  }

  /** Actions that no status write precedes are carried out only for an application that is up to date; a submission comes after all else. */
  const perform = (key: string, { actions, deferred }: Decision, subject: Subject) => {
    const submission = actions.find((action) => action._tag === "Submit")
    const others = actions.filter((action) => action !== submission)
    const prepared = performAll(others, subject)
    const before =
      deferred || submission !== undefined ? Effect.andThen(confirmFresh(subject.application), prepared) : prepared
    return submission === undefined
      ? before
      : delays.remembering(key, submission.submissionId, before, performAll([submission], subject))
  }

  const round = Effect.fnUntraced(function* (
    key: string,
    application: SparkApplication,
    before: Answer,
  ): Effect.fn.Return<Round, KubeError, Kube> {
    const spec = read(application)
    const { metadata, status } = application
    const deleting = metadata.deletionTimestamp !== undefined
    const searches = mayGiveUp({ ...spec, status, deleting, generation: metadata.generation ?? 0 })
    const { observed, gone } = yield* gather(sources, application, before, searches)
    const situation = situationOf(application, spec, observed, yield* Clock.currentTimeMillis)
    const decision = decide(situation)
    yield* logDecision(key, situation, decision)
    if (beginsOrEnds(decision) && !(yield* definition.allows(application))) return held(decision)
    remember(key, decision)
    const reported = yield* report(application, situation, decision, gone)
    const isReported = !decision.deferred && decision.postponedSince === undefined
    if (isReported && observed.children !== undefined && observed.children !== inProgress) childrenWork.forget(key)
    // The write itself may have shown that the definition is wrong.
    if (beginsOrEnds(decision) && !(yield* definition.allows(reported))) return held(decision)
    yield* linkToAttempt(reported)
    const subject = { application: reported, valid: spec.valid, options: rules.buildOptions, childrenWork, routes }
    return { decision, answer: yield* perform(key, decision, subject) }
  })

  return Effect.fnUntraced(function* (key: string): Effect.fn.Return<Next, KubeError, Kube> {
    let application = yield* latest(key)
    const lane = laneOf(application)
    let answer: Answer = {}
    for (let chain = 0; chain < longestChain && application !== undefined; chain++) {
      const done: Round = yield* round(key, application, answer)
      const { next } = done.decision
      if (next._tag !== "After" || next.seconds > 0) return next
      answer = done.answer
      application = yield* latest(key)
      // What follows a submission belongs to the other lane, and must not keep the next submission waiting.
      if (laneOf(application) !== lane && Object.keys(answer).length === 0) return again
    }
    if (application !== undefined) return { _tag: "After", seconds: 1 }
    postponed.delete(key)
    delays.forget(key)
    childrenWork.forget(key)
    routes.forget(key)
    lastSeen.drop(key)
    podUses.drop(key)
    return { _tag: "Gone" }
  })
}

const logDecision = (key: string, { status }: Situation, { rule, actions, postponedSince }: Decision) =>
  Effect.annotateLogs(Effect.logDebug("decided"), {
    application: key,
    rule,
    state: stateOf(status) || "NEW",
    actions: actions.map(({ _tag }) => _tag).join(", "),
    postponed: postponedSince !== undefined,
  })
