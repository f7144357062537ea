/** Whether Gateways have accepted the HTTPRoute of a server, as their controllers write it into its status. Pure. */

import { type Claim, claim } from "../../api/Condition.ts"
import type { KubeObject } from "../../kube/Resource.ts"
import type { Existing } from "./Situation.ts"

interface RouteCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

interface Parent {
  readonly namespace?: string
  readonly name?: string
}

interface Route extends KubeObject {
  readonly spec?: { readonly parentRefs?: ReadonlyArray<Parent> }
  readonly status?: {
    readonly parents?: ReadonlyArray<{
      readonly parentRef?: Parent
      readonly conditions?: ReadonlyArray<RouteCondition>
    }>
  }
}

const gateway = ({ namespace, name = "" }: Parent, route: Route) =>
  `Gateway ${namespace ?? route.metadata?.namespace}/${name}`

/** What is wrong with the route; undefined if there is none, or a Gateway serves it. */
export const routeClaim = (existing: ReadonlyArray<Existing>): Claim | undefined => {
  const route = existing.find(({ resource }) => resource.kind === "HTTPRoute")?.object as Route | undefined
  if (route === undefined) return undefined
  const parents = route.status?.parents ?? []
  const refused = parents.flatMap(({ parentRef = {}, conditions = [] }) =>
    conditions.filter(({ status }) => status === "False").map((condition) => ({ parentRef, condition })),
  )
  const [first] = refused
  if (first !== undefined) {
    const { reason = "NotAccepted", message = "" } = first.condition
    return claim(
      "False",
      reason,
      `${gateway(first.parentRef, route)} does not serve HTTPRoute ${route.metadata?.name}: ${message}`,
    )
  }
  if (parents.length > 0) return undefined
  const names = (route.spec?.parentRefs ?? []).map((parent) => gateway(parent, route)).join(", ")
  return claim(
    "False",
    "Pending",
    `No controller has reported on HTTPRoute ${route.metadata?.name} yet; check that ${names} exists and that its controller runs`,
  )
}
