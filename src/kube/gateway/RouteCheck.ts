/**
 * Checks whether routes of the Gateway API lead anywhere. The controllers of their Gateways say so in the status of a route, a moment after it
 * was made; but where a Gateway does not exist, no controller reports anything, so those Gateways are read. Which exist is remembered for a
 * moment: most routes name the same one.
 */

import { Cache, Clock, Effect } from "effect"
import { Kube } from "../Kube.ts"
import { gateways, missingGateway, type NamedGateway, type Route, type RouteProblem, verdictOf } from "./Route.ts"
import * as RouteLooks from "./RouteLooks.ts"

/** Seconds for which it is remembered whether a Gateway exists. */
const remembered = 20

export interface RouteCheck extends Pick<RouteLooks.RouteLooks, "due" | "forget"> {
  /**
   * Why this route, as the API server has it now, leads nowhere; counts as a look at it. `from`: what names its Gateways, a field or a flag.
   * Never fails: what cannot be read, for instance without the right to it, is no problem of the route.
   */
  readonly problemOf: (
    id: RouteLooks.RouteId,
    route: Route,
    from: string,
  ) => Effect.Effect<RouteProblem | undefined, never, Kube>
}

export const make: Effect.Effect<RouteCheck> = Effect.gen(function* () {
  const { due, looked, restart, forget } = RouteLooks.make()
  const missing = yield* Cache.make({
    capacity: 1000,
    timeToLive: remembered * 1000,
    requireServicesAt: "lookup",
    lookup: (key: string) =>
      Effect.gen(function* () {
        const [namespace = "", name = ""] = key.split("/")
        const kube = yield* Kube
        return yield* Effect.match(kube.get(gateways, namespace, name), {
          onSuccess: () => false,
          onFailure: ({ reason }) => reason === "NotFound",
        })
      }),
  })
  const firstMissing = Effect.fnUntraced(function* (
    route: Route,
    named: ReadonlyArray<NamedGateway>,
    from: string,
  ): Effect.fn.Return<RouteProblem | undefined, never, Kube> {
    for (const { namespace, parent } of named) {
      if (yield* Cache.get(missing, `${namespace}/${parent.name}`)) return missingGateway(route, parent, from)
    }
    return undefined
  })
  return {
    due,
    forget,
    problemOf: Effect.fnUntraced(function* (id, route, from) {
      const { unanswered, problem: refusal } = verdictOf(route, from)
      const problem = refusal ?? (yield* firstMissing(route, unanswered, from))
      if (problem === undefined) looked(id, yield* Clock.currentTimeMillis, unanswered.length === 0)
      else restart(id)
      return problem
    }),
  }
})
