/** Connect servers that do not start or stop answering, and the operator's health checks for them: as for drivers of applications. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { configMaps, events } from "../../src/kube/Resource.ts"
import { conditionOf, connects, scripted, sparkConnect } from "../support/ConnectBench.ts"
import { sample } from "../support/MetricsText.ts"
import { makeWorld, pass } from "../support/OperatorBench.ts"

const isReady = ({ state }: { readonly state?: string }) => state === "Ready"
const hasty = { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 3 }

describe("a Connect server", { timeout: 60_000 }, () => {
  it.effect("that a probe ended has the probe as the reason of its attempt, and is started again", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const operator = yield* world.startOperator()
      const connect = connects(world)
      yield* connect.apply(
        sparkConnect("a", { "probe-fails": "liveness@5, none" }, { healthChecks: { driver: { liveness: hasty } } }),
      )
      const { attempts } = yield* connect.until("a", (one) => one.attempts?.length === 2)
      assert.deepInclude(attempts![0], { result: "Failed", reason: "LivenessProbeFailed", failure: "ProbeFailed" })
      assert.match(attempts![0]!.message!, /^server container failed .*Liveness probe failed: HTTP probe failed/)
      yield* connect.until("a", isReady)
      const { body } = yield* operator.telemetry.collect()
      const labels = { role: "driver", probe: "liveness", preset: "connect" }
      assert.strictEqual(sample(body, "spark_operator_probe_failures_total", labels), 3)
      assert.strictEqual(sample(body, "spark_connect_restarts_total", { reason: "ProbeFailed" }), 1)
    }),
  )

  it.effect("whose volume cannot be mounted waits with the cause from Events", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const connect = connects(world)
      const made = sparkConnect("a")
      const template = scripted({}) as { readonly metadata: object }
      const spec = {
        containers: [{ name: "spark-kubernetes-driver", volumeMounts: [{ name: "keys", mountPath: "/keys" }] }],
        volumes: [{ name: "keys", secret: { secretName: "absent" } }],
      }
      yield* connect.apply({ ...made, spec: { ...made.spec, server: { template: { ...template, spec } } } })
      const status = yield* connect.until("a", ({ waiting }) => waiting?.reason === "FailedMount")
      assert.match(status.waiting!.message!, /secret "absent" not found/)
      assert.strictEqual(status.state, "Provisioning")
      assert.strictEqual(conditionOf(status, "Ready"), "False/FailedMount")
      const { items } = yield* world.kube.list(events, { namespace: "default" })
      assert.isTrue(items.some((one) => one.message?.startsWith("The server of a is waiting: FailedMount: ")))
    }),
  )

  it.effect("gets the operator's default health checks, over which the preset of servers stays", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const own = { preset: "streaming", driver: { preset: "streaming", liveness: { failureThreshold: 7 } } }
      const templates = { strict: JSON.stringify({ driver: { readiness: { failureThreshold: 2 } } }) }
      yield* world.kube.create(configMaps, "default", {
        metadata: { name: "checks", namespace: "default" },
        data: { default: JSON.stringify(own), ...templates },
      })
      yield* world.startOperator(undefined, ["--health-checks-config=default/checks"])
      const connect = connects(world)
      yield* connect.apply(sparkConnect("a"))
      yield* connect.apply(sparkConnect("b", {}, { healthChecks: { template: "strict" } }))
      yield* pass(3)
      const probesOf = (name: string) => Effect.map(connect.server(name), (pod) => pod?.spec?.containers[0])
      const [a, b] = [yield* probesOf("a"), yield* probesOf("b")]
      assert.deepStrictEqual(a?.readinessProbe?.tcpSocket, { port: 15002 })
      assert.strictEqual(a?.livenessProbe?.failureThreshold, 7)
      assert.deepStrictEqual(b?.readinessProbe?.tcpSocket, { port: 15002 })
      assert.strictEqual(b?.readinessProbe?.failureThreshold, 2)
    }),
  )
})
