/**
 * Reconciles one SparkConnect: gather → situation → decide → report → perform, repeated while the next step follows at once.
 *
 * Guarantees: objects of an attempt follow from the resource and its number, so whenever the operator stops in between, the next reconcile finds
 * them or makes the same ones; what cannot be found again, such as why a server is being stopped, is written before it is done.
 * Assumes: one reconcile per key at a time (`runtime/Workqueue`).
 */

import { Clock, Effect } from "effect"
import type { Service } from "kubernetes-types/core/v1"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { RouteCheck } from "../../kube/gateway/RouteCheck.ts"
import type { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import type { DefinitionCheck } from "../../runtime/DefinitionCheck.ts"
import { awaitChange, type Next } from "../../runtime/Next.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import * as Labels from "../../spark/Labels.ts"
import { accessObjects, clientPort } from "../access/Access.ts"
import { keyOf as accessKeyOf } from "../access/AccessObject.ts"
import { connectionsOf, endpointOf } from "../access/Connections.ts"
import { grpcRoutes } from "../access/Routes.ts"
import { nextNumber } from "../lifecycle/Attempts.ts"
import { decide, type Decision } from "../lifecycle/Decide.ts"
import type { Observed } from "../lifecycle/Observed.ts"
import type { Reachable, Situation } from "../lifecycle/Situation.ts"
import { routeName, serviceName, tokenSecretName } from "../Names.ts"
import type { ValidConnect } from "../Validate.ts"
import { gather, type Gathered, type Sources } from "./Gather.ts"
import { type Answer, performAll } from "./Perform.ts"
import { type ConnectRules, makeReader, type ReadSpec } from "./ReadSpec.ts"
import type { Report } from "./Report.ts"

export interface ReconcileOptions {
  readonly connects: Store<SparkConnect>
  readonly sources: Sources
  readonly drop: (key: string) => void
  readonly definition: Pick<DefinitionCheck<SparkConnect>, "allows" | "remembered">
  readonly report: Report
  readonly routes: RouteCheck
  readonly rules: ConnectRules
  readonly followsActivity: boolean
}

/** A chain of immediate steps is short; a longer one is a bug that must not block a worker. */
const longestChain = 12

/** The decision of one round, and the results of its actions. */
interface Round {
  readonly decision: Decision
  readonly answer: Answer
}

/** The definition of the kind lacks fields: nothing is done, and the SparkConnect is queued again when it is right. */
const held = (decision: Decision): Round => ({ decision: { ...decision, next: awaitChange }, answer: {} })

/** The reconcile function for the queue: from a key to when it is to be reconciled again. */
export const make = (options: ReconcileOptions): ((key: string) => Effect.Effect<Next, KubeError, Kube>) => {
  const { connects, sources, definition, report, routes, rules, followsActivity } = options
  const read = makeReader(rules)

  const round = Effect.fnUntraced(function* (
    connect: SparkConnect,
    before: Answer,
  ): Effect.fn.Return<Round, KubeError, Kube> {
    const gathered = yield* gather(sources, connect, before)
    const spec = read(connect, nextNumber(connect.status))
    const now = yield* Clock.currentTimeMillis
    const situation = situationOf(connect, spec, gathered, followsActivity, routes, now)
    const decision = decide(situation)
    yield* logDecision(connect, decision)
    if (beginsOrEnds(decision) && !(yield* definition.allows(connect))) return held(decision)
    const reported = yield* report(connect, decision, gathered.gone)
    // The write itself may have shown that the definition is wrong.
    if (beginsOrEnds(decision) && !(yield* definition.allows(reported))) return held(decision)
    const answer = yield* performAll(decision.actions, {
      connect: reported,
      valid: spec.valid,
      options: rules.buildOptions,
      routes,
    })
    // Before the watch delivers it, so that it is not created again.
    if (answer.access?.service !== undefined) sources.services.put(answer.access.service)
    return { decision, answer }
  })

  const latest = Effect.fnUntraced(function* (key: string) {
    const connect = connects.get(key)
    return connect && (yield* definition.remembered(connect))
  })

  return Effect.fnUntraced(function* (key: string): Effect.fn.Return<Next, KubeError, Kube> {
    let connect = yield* latest(key)
    let answer: Answer = {}
    for (let chain = 0; chain < longestChain && connect !== undefined; chain++) {
      const done: Round = yield* round(connect, answer)
      const { next } = done.decision
      if (next._tag !== "After" || next.seconds > 0) return next
      answer = done.answer
      connect = yield* latest(key)
    }
    if (connect !== undefined) return { _tag: "After", seconds: 1 }
    options.drop(key)
    routes.forget(key)
    return { _tag: "Gone" }
  })
}

/** Whether something is started, stopped or replaced on the operator's own account; users may delete and suspend at any time. */
const beginsOrEnds = ({ rule, actions }: Decision): boolean =>
  rule !== "delete" && rule !== "suspend" && actions.length > 0

const situationOf = (
  connect: SparkConnect,
  { valid, ...spec }: ReadSpec,
  { observed, service }: Gathered,
  followsActivity: boolean,
  routes: Pick<RouteCheck, "due">,
  now: number,
): Situation => {
  const reachable = valid && reachableBy(valid, service)
  return {
    name: connect.metadata.name,
    uid: connect.metadata.uid,
    generation: connect.metadata.generation ?? 0,
    deleting: connect.metadata.deletionTimestamp !== undefined,
    wake: connect.metadata.annotations?.[Labels.wakeAnnotation],
    reachable,
    routeDue: reachable && routeDue(connect, reachable, observed, routes, now),
    status: connect.status ?? {},
    observed,
    followsActivity,
    now,
    ...spec,
  }
}

const reachableBy = (valid: ValidConnect, service: Service | undefined): Reachable => {
  const { connect } = valid
  const objects = accessObjects(connect, valid)
  const known = service ?? (objects[0]!.object as Service)
  return {
    serviceName: serviceName(connect),
    endpoint: endpointOf(connect, clientPort(known, valid)),
    connections: connectionsOf(connect, valid, known),
    tokenSecretName: tokenSecretName(connect),
    access: Object.fromEntries(objects.map((one) => [accessKeyOf(one), one.hash])),
  }
}

/** Only for a route that was applied as it is now, in this reconcile or before. */
const routeDue = (
  connect: SparkConnect,
  { access: desired }: Reachable,
  { access }: Observed,
  { due }: Pick<RouteCheck, "due">,
  now: number,
): number | undefined => {
  const name = routeName(connect)
  const key = accessKeyOf({ resource: grpcRoutes, name })
  const version = desired[key]
  const applied = access?.applied ?? connect.status?.access
  if (version === undefined || applied?.[key] !== version) return undefined
  return due({ owner: keyOf(connect), name, version }, now)
}

const logDecision = (connect: SparkConnect, { rule, actions }: Decision) =>
  Effect.annotateLogs(Effect.logDebug("decided"), {
    connect: keyOf(connect),
    rule,
    state: connect.status?.state ?? "NEW",
    actions: actions.map(({ _tag }) => _tag).join(", "),
  })
