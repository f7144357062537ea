import { assert, describe, it } from "@effect/vitest"
import { gatewaysOf, missingGateway, notInstalled, type Route, verdictOf } from "../../../src/kube/gateway/Route.ts"
import { resource } from "../../../src/kube/Resource.ts"

const parents = [{ name: "internal" }, { name: "public", namespace: "gateways", sectionName: "https" }]

interface Reported {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly observedGeneration?: number
}

const route = (...conditions: ReadonlyArray<Reported>): Route => ({
  metadata: { name: "pi-ui-route", namespace: "team-a", generation: 2 },
  spec: { parentRefs: parents },
  status: {
    parents: [{ parentRef: { ...parents[1]!, kind: "Gateway", group: "gateway.networking.k8s.io" }, conditions }],
  },
})

const accepted = { type: "Accepted", status: "True", reason: "Accepted", observedGeneration: 2 }
const unanswered = (of: Route) => verdictOf(of, field).unanswered.map(({ parent }) => parent.name)
const field = "spec.sparkUIOptions.parentRefs"

describe("what controllers report about a route", () => {
  it("is nothing until one of them has seen this generation", () => {
    const { status: _, ...made } = route()
    for (const one of [
      made,
      route(),
      route({ ...accepted, observedGeneration: 1 }),
      route({ type: "Accepted", status: "Unknown", reason: "Pending" }),
    ])
      assert.deepStrictEqual(unanswered(one), ["internal", "public"])
  })

  it("is no problem where the route is accepted", () => {
    const good = route(accepted, { type: "ResolvedRefs", status: "True" })
    assert.isUndefined(verdictOf(good, field).problem)
    assert.deepStrictEqual(unanswered(good), ["internal"])
  })

  it("names field, Gateway, reason and remedy where it is refused", () => {
    const refused = { ...accepted, status: "False", reason: "NotAllowedByListeners", message: "no listener allows it" }
    assert.deepStrictEqual(verdictOf(route(refused), field).problem, {
      reason: "NotAllowedByListeners",
      message:
        "spec.sparkUIOptions.parentRefs[1]: Gateway gateways/public refuses the route: NotAllowedByListeners, no listener allows it; allow routes of this namespace and kind in the listeners of the Gateway (allowedRoutes)",
    })
    const unresolved = { type: "ResolvedRefs", status: "False", reason: "BackendNotFound", message: "no Service" }
    assert.deepStrictEqual(verdictOf(route(accepted, unresolved), "--gateway-parent-refs").problem, {
      reason: "BackendNotFound",
      message: "--gateway-parent-refs: Gateway gateways/public refuses the route: BackendNotFound, no Service",
    })
  })
})

describe("a route", () => {
  it("names Gateways in its own namespace unless it says otherwise, and other parents are not Gateways", () => {
    const mesh = { name: "svc", kind: "Service", group: "" }
    const found = gatewaysOf({ ...route(), spec: { parentRefs: [...parents, mesh] } })
    assert.deepStrictEqual(
      found.map(({ namespace, parent }) => `${namespace}/${parent.name}`),
      ["team-a/internal", "gateways/public"],
    )
  })

  it("of a Gateway that is missing, or of a kind that the cluster lacks, says what to do", () => {
    assert.strictEqual(
      missingGateway(route(), parents[0]!, field).message,
      "spec.sparkUIOptions.parentRefs[0]: Gateway team-a/internal does not exist; create it, or name one that exists",
    )
    const { reason, message } = notInstalled(resource("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute"))
    assert.strictEqual(reason, "GatewayAPINotInstalled")
    assert.match(message, /HTTPRoute of gateway\.networking\.k8s\.io\/v1; install the CRDs of the Gateway API/)
  })
})
