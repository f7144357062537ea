/** Collects everything that a decision about a history server may use, in one value: reads only. */

import { Clock, Effect } from "effect"
import type { Deployment } from "kubernetes-types/apps/v1"
import type { PersistentVolumeClaim } from "kubernetes-types/core/v1"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { type Route, verdictOf } from "../../kube/gateway/Route.ts"
import type { RouteCheck } from "../../kube/gateway/RouteCheck.ts"
import { find, Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { resource } from "../../kube/Resource.ts"
import type { PodReports } from "../../pods/PodReports.ts"
import { keyOf } from "../../runtime/Store.ts"
import { httpRoutes } from "../../spark/access/HttpRoute.ts"
import { podState } from "../decide/PodState.ts"
import type { Claim, Refusal, RouteState, Situation } from "../decide/Situation.ts"
import { endpointOf, urlOf } from "../objects/Addresses.ts"
import { directoryUrl } from "../objects/Directories.ts"
import { deployments, desiredObjects } from "../objects/Objects.ts"
import { selectionConflict } from "../select/Selection.ts"
import type { Providers } from "../select/Targets.ts"
import type { Caches } from "./Caches.ts"
import { ownedBy } from "./Ownership.ts"
import type { ReadSpec } from "./ReadSpec.ts"
import type { StrayRoutes } from "./StrayRoutes.ts"

const persistentVolumeClaims = resource<PersistentVolumeClaim>(
  "",
  "v1",
  "persistentvolumeclaims",
  "PersistentVolumeClaim",
)

/** Where facts come from, and what is remembered of servers between reconciles. */
export interface Sources {
  readonly caches: Pick<Caches, "podsOf" | "objectsOf" | "filled" | "put">
  readonly podReports: Pick<PodReports, "withLateStart">
  readonly providers: Pick<Providers, "others">
  readonly rewritten: Set<string>
  readonly strayRoutes: StrayRoutes
  readonly routes: Pick<RouteCheck, "problemOf" | "forget">
}

/** How the claims of the log directories can be mounted; nothing is known of one that the operator may not read. */
const readClaims = Effect.fnUntraced(function* ({
  metadata,
  spec,
}: SparkHistoryServer): Effect.fn.Return<ReadonlyArray<Claim>, KubeError, Kube> {
  const kube = yield* Kube
  const names = [...new Set(spec.logDirectories.flatMap(({ claim }) => claim?.claimName ?? []))]
  const claims = yield* Effect.forEach(names, (name) =>
    find(kube, persistentVolumeClaims, metadata.namespace, name).pipe(
      Effect.map((claim): ReadonlyArray<Claim> => [{ name, accessModes: claim && (claim.spec?.accessModes ?? []) }]),
      Effect.catchIf(
        ({ reason }) => reason === "Forbidden",
        () => Effect.succeed<ReadonlyArray<Claim>>([]),
      ),
    ),
  )
  return claims.flat()
})

/** On one node at a time; one that does not exist yet counts as one that can be on many. */
const isExclusive = ({ accessModes = ["ReadWriteMany"] }: Claim) => !accessModes.includes("ReadWriteMany")

const parents = "spec.httpRoute.parentRefs"

/** What the controllers of its Gateways report about the route, and whether these exist. */
const stateOf = (routes: Sources["routes"], owner: string, route: Route): Effect.Effect<RouteState, never, Kube> => {
  const { name = "", generation = 0 } = route.metadata ?? {}
  const id = { owner, name, version: String(generation) }
  return Effect.map(routes.problemOf(id, route, parents), (problem) => ({
    problem,
    pending: verdictOf(route, parents).unanswered.length > 0,
  }))
}

/** `refusals`: of what was just tried. */
export const gather = Effect.fnUntraced(function* (
  { caches, podReports, providers, rewritten, strayRoutes, routes }: Sources,
  server: SparkHistoryServer,
  { valid, problems, warnings }: ReadSpec,
  refusals: ReadonlyArray<Refusal> | undefined,
): Effect.fn.Return<Situation, KubeError, Kube> {
  const now = yield* Clock.currentTimeMillis
  const key = keyOf(server)
  const claims = valid === undefined ? [] : yield* readClaims(valid)
  const strays = valid === undefined ? [] : yield* strayRoutes.of(valid)
  const watched = caches.objectsOf(key)
  const all = [
    ...watched,
    ...strays.filter(
      ({ object: { metadata } }) => !watched.some(({ object }) => object.metadata?.uid === metadata?.uid),
    ),
  ]
  const existing = all.filter(({ object }) => ownedBy(object, server))
  const own = existing.filter(({ resource }) => resource === deployments).map(({ object }) => object as Deployment)
  const route = valid?.spec.httpRoute && existing.find(({ resource }) => resource === httpRoutes)?.object
  const selects = valid?.spec.applications !== undefined
  return {
    generation: server.metadata.generation ?? 0,
    deleting: server.metadata.deletionTimestamp !== undefined,
    replicas: valid?.spec.replicas ?? own.reduce((sum, { spec }) => sum + (spec?.replicas ?? 0), 0),
    problems,
    warnings,
    desired: valid && desiredObjects(valid, claims.some(isExclusive)),
    addresses: valid && { endpoint: endpointOf(valid), url: urlOf(valid) },
    directories: valid?.spec.logDirectories.map(directoryUrl) ?? [],
    selection: selects ? { conflict: selectionConflict(valid, providers.others(valid)) } : undefined,
    existing,
    deployments: own,
    pods: caches.podsOf(key).map((pod) => podReports.withLateStart(pod, podState(pod), now)),
    claims,
    route: route && (yield* stateOf(routes, key, route)),
    refusals,
    rewritten,
    status: server.status ?? {},
    now,
  }
})
