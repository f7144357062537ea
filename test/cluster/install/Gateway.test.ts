/**
 * Routes on a real API server: in a cluster without the Gateway API, after its definitions were installed, and with the reports of a controller,
 * which this test writes itself. The API server checks the routes against the schema of the standard channel.
 */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { python } from "../support/Applications.ts"
import { gatewayApi, newest } from "../support/Environment.ts"
import { upgraded } from "../support/Helm.ts"
import { apply, kubectl } from "../support/Kubectl.ts"
import { ClusterLayer, eventually, makeWorld } from "../support/World.ts"

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message?: string
}

/** `False GatewayNotFound: …` */
const shown = (condition: Condition | undefined) =>
  condition === undefined ? "" : `${condition.status} ${condition.reason}: ${condition.message ?? ""}`

const served = Effect.map(kubectl(["api-resources", "--api-group=gateway.networking.k8s.io", "-o", "name"]), (names) =>
  names.includes("httproutes"),
)

/** Removed at the end, if the cluster did not have them. */
const installDefinitions = Effect.acquireRelease(kubectl(["apply", "--server-side", "-f", gatewayApi()]), () =>
  Effect.orDie(kubectl(["delete", "-f", gatewayApi(), "--ignore-not-found", "--timeout=60s"])),
).pipe(Effect.orDie)

const gateway = (namespace: string) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  metadata: { name: "public", namespace },
  spec: { gatewayClassName: "none", listeners: [{ name: "http", port: 80, protocol: "HTTP" }] },
})

const report = (status: "True" | "False", reason: string) =>
  JSON.stringify({
    status: {
      parents: [
        {
          parentRef: { name: "public" },
          controllerName: "example.com/none",
          conditions: [
            { type: "Accepted", status, reason, message: "said so", lastTransitionTime: new Date().toISOString() },
          ],
        },
      ],
    },
  })

layer(ClusterLayer, { excludeTestServices: true })("routes of the Gateway API", (it) => {
  it.effect(
    "are made and checked as the Gateway API, the Gateway and its controller come",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("routes")
        const { namespace } = world
        yield* upgraded({
          controller: {
            uiIngress: { enable: true, urlFormat: "https://spark.example.com/{{$appNamespace}}/{{$appName}}" },
            uiRoute: "gateway",
            gatewayParentRefs: [{ name: "public" }],
          },
        })
        const childrenReady = (pattern: RegExp) =>
          world.until("pi", String(pattern), ({ status }) =>
            pattern.test(
              shown(status?.conditions?.find(({ type }) => type === "ChildrenReady") as Condition | undefined),
            ),
          )
        const exposed = (pattern: RegExp) =>
          eventually(
            Effect.map(Effect.orDie(kubectl(["get", "sparkconnect", "sc", "-n", namespace, "-o", "json"])), (text) => {
              const found = (JSON.parse(text).status?.conditions as ReadonlyArray<Condition> | undefined)?.find(
                ({ type }) => type === "Exposed",
              )
              return pattern.test(shown(found)) ? found : undefined
            }),
            90,
            Effect.orDie(kubectl(["get", "sparkconnect", "sc", "-n", namespace, "-o", "yaml"])),
          )
        yield* Effect.orDie(
          apply([
            {
              apiVersion: "sparkoperator.k8s.io/v1alpha1",
              kind: "SparkConnect",
              metadata: { name: "sc", namespace },
              spec: {
                sparkVersion: newest.version,
                image: newest.image,
                suspend: true,
                server: { grpcRoute: { hostnames: ["sc.example.com"] } },
                executor: {},
              },
            },
          ]),
        )
        yield* world.apply(python("pi", ["work"]))
        if (!(yield* Effect.orDie(served))) {
          yield* childrenReady(
            /^False GatewayAPINotInstalled: HTTPRoute pi-ui-route: .*install the CRDs of the Gateway API/,
          )
          yield* exposed(/^False GatewayAPINotInstalled: GRPCRoute sc-server: /)
          yield* installDefinitions
        }
        yield* childrenReady(/^False GatewayNotFound: .*--gateway-parent-refs: Gateway .*\/public does not exist/)
        yield* exposed(/^False GatewayNotFound: /)

        yield* Effect.orDie(apply([gateway(namespace)]))
        const controller = (kind: string, name: string, body: string) =>
          Effect.orDie(
            kubectl(["patch", kind, name, "-n", namespace, "--subresource=status", "--type=merge", "-p", body]),
          )
        const routed = Effect.gen(function* () {
          const ready = yield* childrenReady(/^True Created/)
          yield* controller("httproute", "pi-ui-route", report("False", "NotAllowedByListeners"))
          assert.strictEqual(ready.status?.driverInfo.webUIIngressAddress, `https://spark.example.com/${namespace}/pi`)
          const { spec } = JSON.parse(
            yield* Effect.orDie(kubectl(["get", "httproute", "pi-ui-route", "-n", namespace, "-o", "json"])),
          )
          assert.deepStrictEqual(spec.hostnames, ["spark.example.com"])
          assert.deepStrictEqual(spec.rules[0].filters, [
            { type: "URLRewrite", urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } } },
          ])
          yield* childrenReady(/^False NotAllowedByListeners: .*said so; allow routes of this namespace/)
          yield* controller("httproute", "pi-ui-route", report("True", "Accepted"))
          yield* childrenReady(/^True Created/)
        })
        // Each report comes within seconds after the route was made, as that of a controller does.
        const connected = Effect.gen(function* () {
          yield* exposed(/^True Applied/)
          yield* controller("grpcroute", "sc-server", report("False", "NoMatchingListenerHostname"))
          yield* exposed(/^False NoMatchingListenerHostname: .*add a listener for it/)
        })
        yield* Effect.all([routed, connected], { concurrency: 2, discard: true })

        yield* world.finish("pi")
        yield* world.untilState("pi", "COMPLETED")
        const left = yield* Effect.orDie(kubectl(["get", "httproute", "-n", namespace, "-o", "name"]))
        assert.strictEqual(left.trim(), "")
      }).pipe(Effect.scoped),
    400_000,
  )
})
