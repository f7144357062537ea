/**
 * Routes of the Gateway API (HTTPRoute, GRPCRoute), as far as every kind of them is alike: the Gateways that they name, and what the controllers
 * of these report about them. Pure.
 */

import { apiVersion, type KubeObject, type Resource, resource } from "../Resource.ts"

/** What a route is attached to; a Gateway of its own namespace unless it says otherwise. */
export interface Parent {
  readonly group?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name: string
  readonly sectionName?: string
  readonly port?: number
}

interface ParentCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly observedGeneration?: number
}

export interface Route extends KubeObject {
  readonly spec?: { readonly parentRefs?: ReadonlyArray<Parent> }
  readonly status?: {
    readonly parents?: ReadonlyArray<{
      readonly parentRef: Parent
      readonly conditions?: ReadonlyArray<ParentCondition>
    }>
  }
}

/** Why a route leads nowhere: the reason of a condition, and a sentence with the field or flag and the remedy. */
export interface RouteProblem {
  readonly reason: string
  readonly message: string
}

export const gatewayGroup = "gateway.networking.k8s.io"
export const gateways = resource<KubeObject>(gatewayGroup, "v1", "gateways", "Gateway")

/** The cluster does not serve the kind of the route. */
export const notInstalled = (route: Resource, otherwise = ""): RouteProblem => ({
  reason: "GatewayAPINotInstalled",
  message: `the cluster does not serve ${route.kind} of ${apiVersion(route)}; install the CRDs of the Gateway API (standard channel, 1.1 or later)${otherwise}`,
})

const isGateway = ({ group = gatewayGroup, kind = "Gateway" }: Parent) => group === gatewayGroup && kind === "Gateway"

const namespaceOf = (route: Route, parent: Parent) => parent.namespace ?? route.metadata?.namespace ?? ""

/** A Gateway that a route names. */
export interface NamedGateway {
  readonly namespace: string
  readonly parent: Parent
}

/** The Gateways that the route names, in order. */
export const gatewaysOf = (route: Route): ReadonlyArray<NamedGateway> =>
  (route.spec?.parentRefs ?? []).filter(isGateway).map((parent) => ({ namespace: namespaceOf(route, parent), parent }))

/** The same for a parent as it was written and as a controller repeats it, with defaults. */
const keyOf = (route: Route, parent: Parent): string =>
  [namespaceOf(route, parent), parent.name, parent.sectionName, parent.port].join("/")

/** `Gateway infra/public` */
const shown = (route: Route, parent: Parent) =>
  `${parent.kind ?? "Gateway"} ${namespaceOf(route, parent)}/${parent.name}`

/** The field of this parent. `from`: the list of parents, a field or a flag. */
const fieldOf = (route: Route, parent: Parent, from: string): string => {
  const index = route.spec?.parentRefs?.findIndex((one) => keyOf(route, one) === keyOf(route, parent)) ?? -1
  return from.startsWith("--") || index < 0 ? from : `${from}[${index}]`
}

export const missingGateway = (route: Route, parent: Parent, from: string): RouteProblem => ({
  reason: "GatewayNotFound",
  message: `${fieldOf(route, parent, from)}: ${shown(route, parent)} does not exist; create it, or name one that exists`,
})

/** What would be right, by the reasons of the Gateway API. */
const remedies: Readonly<Record<string, string>> = {
  NotAllowedByListeners: "allow routes of this namespace and kind in the listeners of the Gateway (allowedRoutes)",
  NoMatchingListenerHostname: "use an address whose host a listener of the Gateway serves, or add a listener for it",
  NoMatchingParent: "name a listener (sectionName, port) that the Gateway has",
}

const refusal = (route: Route, parent: Parent, from: string, { reason, message }: ParentCondition): RouteProblem => {
  const remedy = remedies[reason ?? ""]
  const details = [reason, message].filter(Boolean).join(", ")
  return {
    reason: reason || "RouteRefused",
    message: `${fieldOf(route, parent, from)}: ${shown(route, parent)} refuses the route: ${details}${remedy === undefined ? "" : `; ${remedy}`}`,
  }
}

export interface Verdict {
  /** Gateways about which no controller has reported for this generation of the route. */
  readonly unanswered: ReadonlyArray<NamedGateway>
  readonly problem?: RouteProblem
}

/** What the controllers report about the route; the first refusal counts. `from`: what names the parents, for the message. */
export const verdictOf = (route: Route, from: string): Verdict => {
  const generation = route.metadata?.generation ?? 0
  const reports = (route.status?.parents ?? []).flatMap(({ parentRef, conditions = [] }) =>
    conditions
      .filter(({ type, status }) => (type === "Accepted" || type === "ResolvedRefs") && status !== "Unknown")
      .filter(({ observedGeneration = generation }) => observedGeneration >= generation)
      .map((condition) => ({ parentRef, condition })),
  )
  const answered = new Set(reports.map(({ parentRef }) => keyOf(route, parentRef)))
  const unanswered = gatewaysOf(route).filter(({ parent }) => !answered.has(keyOf(route, parent)))
  const refused = reports.find(({ condition }) => condition.status === "False")
  return refused === undefined
    ? { unanswered }
    : { unanswered, problem: refusal(route, refused.parentRef, from, refused.condition) }
}
