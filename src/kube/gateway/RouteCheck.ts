/**
 * Checks whether a route of the Gateway API leads anywhere. The controllers of its Gateways say so in its status; but where a Gateway does
 * not exist, no controller reports anything, so those Gateways are read. Which exist is remembered for a moment: most routes name the same one.
 */

import { Cache, Effect } from "effect"
import { Kube } from "../Kube.ts"
import { gateways, missingGateway, type Route, type RouteProblem, verdictOf } from "./Route.ts"

/** Seconds for which it is remembered whether a Gateway exists. */
const remembered = 20

export interface Checked {
  /** Whether all Gateways have reported, so that nothing more is expected. */
  readonly answered: boolean
  readonly problem?: RouteProblem
}

/** Never fails: what cannot be read, for instance without the right to it, is no problem of the route. */
export type RouteCheck = (route: Route, from: string) => Effect.Effect<Checked, never, Kube>

export const make: Effect.Effect<RouteCheck> = Effect.gen(function* () {
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
  return Effect.fnUntraced(function* (route, from) {
    const { unanswered, problem } = verdictOf(route, from)
    const answered = unanswered.length === 0
    if (problem !== undefined) return { answered, problem }
    for (const { namespace, parent } of unanswered) {
      if (yield* Cache.get(missing, `${namespace}/${parent.name}`)) {
        return { answered, problem: missingGateway(route, parent, from) }
      }
    }
    return { answered }
  })
})
