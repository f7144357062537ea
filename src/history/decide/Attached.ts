/** Whether Gateways have accepted the HTTPRoute of a server, as their controllers write it into its status. Pure. */

import { type Claim, claim } from "../../api/Condition.ts"
import { type Route, verdictOf } from "../../kube/gateway/Route.ts"
import type { Existing } from "./Situation.ts"

/** What is wrong with the route; undefined if there is none, or its Gateways serve it. */
export const routeClaim = (existing: ReadonlyArray<Existing>): Claim | undefined => {
  const route = existing.find(({ resource }) => resource.kind === "HTTPRoute")?.object as Route | undefined
  if (route === undefined) return undefined
  const { problem, unanswered } = verdictOf(route, "spec.httpRoute.parentRefs")
  if (problem !== undefined) return claim("False", problem.reason, problem.message)
  if (unanswered.length === 0) return undefined
  const names = unanswered.map(({ namespace, parent }) => `Gateway ${namespace}/${parent.name}`).join(", ")
  return claim(
    "False",
    "Pending",
    `No controller has reported on HTTPRoute ${route.metadata?.name} yet; check that ${names} exists and that its controller runs`,
  )
}
