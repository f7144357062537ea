/** Routes of the Gateway API over the life of applications and Connect servers: made, checked, reported, and never in the way of a run. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import { events, type KubeObject, type Resource, resource } from "../../src/kube/Resource.ts"
import { connects, sparkConnect } from "../support/ConnectBench.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

const gatewayApi = "gateway.networking.k8s.io"
const httpRoutes = resource<KubeObject>(gatewayApi, "v1", "httproutes", "HTTPRoute")
const grpcRoutes = resource<KubeObject>(gatewayApi, "v1", "grpcroutes", "GRPCRoute")
const gateways = resource<KubeObject>(gatewayApi, "v1", "gateways", "Gateway")
const definitions = resource<CustomResourceDefinition>(
  "apiextensions.k8s.io",
  "v1",
  "customresourcedefinitions",
  "CustomResourceDefinition",
)

const flags = [
  "--ui-route=gateway",
  '--gateway-parent-refs=[{"name":"public"}]',
  "--ingress-url-format=https://spark.example.com/{{$appName}}",
]

const install = (world: World, ...kinds: ReadonlyArray<Resource>) =>
  Effect.forEach(
    kinds,
    ({ group, version, plural, kind }) =>
      world.kube.create(definitions, "", {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: `${plural}.${group}` },
        spec: {
          group,
          scope: "Namespaced",
          names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
          versions: [
            {
              name: version,
              served: true,
              storage: true,
              subresources: { status: {} },
              schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
            },
          ],
        },
      } as unknown as CustomResourceDefinition),
    { discard: true },
  ).pipe(Effect.orDie)

const makeGateway = (world: World) =>
  Effect.orDie(
    world.kube.create(gateways, "default", {
      apiVersion: `${gatewayApi}/v1`,
      kind: "Gateway",
      metadata: { name: "public" },
    }),
  )

/** What the controller of the Gateway writes into the status of a route. */
const report = (world: World, of: Resource, name: string, condition: object) =>
  Effect.orDie(
    world.kube.patch(of, "default", name, {
      type: "merge",
      subresource: "status",
      body: { status: { parents: [{ parentRef: { name: "public" }, conditions: [condition] }] } },
    }),
  )

const childrenReady = (world: World) =>
  Effect.map(world.reported("pi"), ({ status }) => {
    const found = status.conditions?.find(({ type }) => type === "ChildrenReady")
    return `${found?.status} ${found?.reason}: ${found?.message}`
  })

const warnings = (world: World, reason: string) =>
  Effect.map(Effect.orDie(world.kube.list(events, { namespace: "default" })), ({ items }) =>
    items.flatMap((event) => (event.reason === reason ? [event.message ?? ""] : [])),
  )

const running = Effect.fnUntraced(function* (world: World) {
  yield* world.startOperator(undefined, flags)
  yield* world.apply(sparkPi("pi", { "run-seconds": "400" }))
  yield* pass(3)
})

describe("the HTTPRoute of a driver", () => {
  it.effect("in a cluster without the Gateway API is reported, and made once that is installed", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* running(world)
      assert.match(
        yield* childrenReady(world),
        /^False GatewayAPINotInstalled: HTTPRoute pi-ui-route: the cluster does not serve HTTPRoute .*install the CRDs.*--ui-route=ingress$/,
      )
      assert.lengthOf(yield* warnings(world, "SparkChildFailed"), 1)
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING")
      yield* install(world, httpRoutes, gateways)
      yield* makeGateway(world)
      yield* pass(32)
      assert.match(yield* childrenReady(world), /^True Created/)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.driverInfo.webUIIngressName, "pi-ui-route")
      assert.strictEqual(status.driverInfo.webUIIngressAddress, "https://spark.example.com/pi")
    }),
  )

  it.effect("for a Gateway that does not exist is reported with the flag that names it, until it exists", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* install(world, httpRoutes, gateways)
      yield* running(world)
      assert.match(
        yield* childrenReady(world),
        /^False GatewayNotFound: HTTPRoute pi-ui-route: --gateway-parent-refs: Gateway default\/public does not exist; create it/,
      )
      yield* makeGateway(world)
      // A missing Gateway is remembered for a moment, and what failed is tried again after half a minute.
      yield* pass(32)
      assert.match(yield* childrenReady(world), /^True Created/)
    }),
  )

  it.effect("that its Gateway refuses is reported a moment later, until it is accepted, and is gone with the run", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* install(world, httpRoutes, gateways)
      yield* makeGateway(world)
      yield* running(world)
      assert.match(yield* childrenReady(world), /^True Created/)
      const refused = { type: "Accepted", status: "False", reason: "NotAllowedByListeners", message: "not from here" }
      yield* report(world, httpRoutes, "pi-ui-route", refused)
      yield* pass(6)
      assert.match(
        yield* childrenReady(world),
        /^False NotAllowedByListeners: .*Gateway default\/public refuses the route: NotAllowedByListeners, not from here; allow routes of this namespace/,
      )
      assert.lengthOf(yield* warnings(world, "SparkChildFailed"), 1)
      yield* report(world, httpRoutes, "pi-ui-route", { type: "Accepted", status: "True", reason: "Accepted" })
      yield* pass(32)
      assert.match(yield* childrenReady(world), /^True Created/)
      yield* pass(380)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      const left = yield* Effect.orDie(world.kube.list(httpRoutes, { namespace: "default" }))
      assert.deepStrictEqual(left.items, [])
    }),
  )

  it.effect("that is accepted is looked at once more after it was made, and then no longer", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* install(world, httpRoutes, gateways)
      yield* makeGateway(world)
      const requests: Array<string> = []
      yield* world.startOperator(({ verb, resource: plural }) => {
        if (verb !== "watch" && verb !== "list") requests.push(`${verb} ${plural}`)
        return undefined
      }, flags)
      yield* world.apply(sparkPi("pi", { "run-seconds": "900" }))
      yield* pass(3)
      yield* report(world, httpRoutes, "pi-ui-route", { type: "Accepted", status: "True", reason: "Accepted" })
      requests.length = 0
      yield* pass(20)
      const aboutRoutes = () => requests.filter((one) => /httproutes|gateways/.test(one))
      assert.deepStrictEqual(aboutRoutes(), ["get httproutes"])
      requests.length = 0
      yield* pass(400)
      assert.deepStrictEqual(aboutRoutes(), [])
    }),
  )
})

describe("the GRPCRoute of a Connect server", () => {
  const exposed = (world: World) =>
    Effect.map(connects(world).statusOf("connect"), ({ conditions }) => {
      const found = conditions?.find(({ type }) => type === "Exposed")
      return `${found?.status} ${found?.reason}: ${found?.message}`
    })
  const server = { server: { grpcRoute: { hostnames: ["sc.example.com"] } } }

  it.effect("has the operator's Gateways, and recovers when API and Gateway come later", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, flags)
      yield* connects(world).apply(sparkConnect("connect", {}, server))
      yield* pass(8)
      assert.match(
        yield* exposed(world),
        /^False GatewayAPINotInstalled: GRPCRoute connect-server: .*spec\.server\.ingress$/,
      )
      assert.lengthOf(yield* warnings(world, "SparkConnectNotExposed"), 1)
      yield* install(world, grpcRoutes, gateways)
      yield* pass(32)
      assert.match(
        yield* exposed(world),
        /^False GatewayNotFound: .*--gateway-parent-refs: Gateway default\/public does not exist/,
      )
      yield* makeGateway(world)
      yield* pass(32)
      assert.match(yield* exposed(world), /^True Applied/)
      const route = yield* Effect.orDie(world.kube.get(grpcRoutes, "default", "connect-server"))
      assert.deepStrictEqual((route as { readonly spec?: { readonly parentRefs?: unknown } }).spec?.parentRefs, [
        { name: "public" },
      ])
    }),
  )

  it.effect("that its Gateway refuses is reported a moment later, even if nothing else happens to the server", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* install(world, grpcRoutes, gateways)
      yield* makeGateway(world)
      yield* world.startOperator(undefined, flags)
      yield* connects(world).apply(sparkConnect("connect", {}, { ...server, suspend: true }))
      yield* pass(2)
      yield* report(world, grpcRoutes, "connect-server", {
        type: "Accepted",
        status: "False",
        reason: "NoMatchingListenerHostname",
        message: "none",
      })
      yield* pass(8)
      assert.match(yield* exposed(world), /^False NoMatchingListenerHostname: .*add a listener for it$/)
    }),
  )
})
