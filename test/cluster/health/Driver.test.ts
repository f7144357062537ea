/** Health checks of real drivers, whose probes a real kubelet runs: which are killed, which are not, and when they are ready. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sample } from "../../support/MetricsText.ts"
import { python } from "../support/Applications.ts"
import { kubectl } from "../support/Kubectl.ts"
import { executorsAgree, metricsEqualTruth, scrape, untilMetric } from "../support/Truth.ts"
import { attempt, ClusterLayer, eventually, makeWorld, signalJvm, type World } from "../support/World.ts"

const conditions = (world: World, name: string) =>
  Effect.map(world.driver(name), ({ status }) => ({
    ready: status?.conditions?.find(({ type }) => type === "Ready")?.status === "True",
    restarts: status?.containerStatuses?.[0]?.restartCount ?? 0,
  }))

layer(ClusterLayer, { excludeTestServices: true })("a driver with health checks", (it) => {
  describe.concurrent("", () => {
    it.effect("whose UI hangs is found, told, counted and run again by the preset streaming", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("hangs")
        // The preset's five minutes of patience, and two for the end, made short: a stopped process does not react to SIGTERM either. Its start
        // is probed as seldom as the preset has it: after more than 25 failures of a pod a kubelet reports nothing for minutes.
        const liveness = { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 }
        yield* world.apply(
          python("stream", ["stream"], {
            restartPolicy: { type: "Always" },
            driver: { terminationGracePeriodSeconds: 5 },
            healthChecks: { preset: "streaming", driver: { liveness } },
          }),
        )
        yield* world.until("stream", "at work", ({ status }) => (status?.progress?.batch?.id ?? 0) >= 1)
        yield* signalJvm(world, "stream-driver", "STOP")
        const again = yield* world.until(
          "stream",
          "in attempt 2",
          ({ status }) => status?.attempts?.[1]?.runningTime !== undefined,
        )
        const first = attempt(again, 1)
        assert.deepInclude(first, { result: "Failed", reason: "LivenessProbeFailed", failure: "ProbeFailed" })
        assert.match(first.message ?? "", /Liveness probe failed/)
        const events = yield* Effect.orDie(kubectl(["events", "-n", world.namespace, "--no-headers"]))
        assert.match(events, /SparkDriverFailed .*Liveness probe failed/)
        const labels = { k8s_namespace_name: world.namespace, role: "driver", probe: "liveness", preset: "streaming" }
        yield* untilMetric("spark_operator_probe_kills_total", labels, 1)
        assert.isAtLeast(sample(yield* scrape, "spark_operator_probe_failures_total", labels) ?? 0, 1)
        yield* world.until("stream", "at work again", ({ status }) => (status?.progress?.batch?.id ?? 0) >= 1)
        yield* world.remove("stream")
      }),
    )

    it.effect("that needs 60 s for its start survives the preset batch", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("late")
        yield* world.apply(python("late", ["late", "60"], { healthChecks: { preset: "batch" } }))
        const { status } = yield* world.untilState("late", "COMPLETED", 180)
        assert.strictEqual(status?.attempts?.length, 1)
        assert.deepInclude(yield* conditions(world, "late"), { restarts: 0 })
        yield* metricsEqualTruth(world)
        yield* world.remove("late")
      }),
    )

    it.effect("with Spark Connect turns ready only when gRPC clients get answers", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("connects")
        const sparkConf = { "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin" }
        yield* world.apply(
          python("server", ["serve", "300"], {
            sparkConf,
            healthChecks: {
              preset: "connect",
              driver: { startup: { periodSeconds: 1, failureThreshold: 300 }, readiness: { periodSeconds: 1 } },
            },
          }),
        )
        yield* world.untilState("server", "RUNNING")
        const answers = world.exec("server-driver", "python3", "-c", http2Greeting).pipe(
          Effect.map((text) => text.trim() === "SETTINGS"),
          Effect.catchDefect(() => Effect.succeed(false)),
        )
        // Readiness is read first, then the port: if the pod were ready before its port answers, the port would be closed here.
        const look = Effect.all({
          ready: Effect.map(conditions(world, "server"), ({ ready }) => ready),
          answers,
        })
        const seen: Array<{ readonly ready: boolean; readonly answers: boolean }> = []
        const { answers: answered } = yield* eventually(
          Effect.map(look, (now) => {
            seen.push(now)
            return now.ready ? now : undefined
          }),
          120,
          Effect.sync(() => JSON.stringify(seen.at(-1))),
        )
        assert.isTrue(answered)
        assert.deepStrictEqual(seen[0], { ready: false, answers: false })
        yield* world.remove("server")
      }),
    )

    it.effect("and probes of its own gets them as they were written, and so do its executors", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("own")
        const numbers = { timeoutSeconds: 5, periodSeconds: 10, successThreshold: 1, failureThreshold: 30 }
        const probes = {
          livenessProbe: { httpGet: { path: "/", port: 4040, scheme: "HTTP" }, initialDelaySeconds: 30, ...numbers },
          readinessProbe: {
            exec: { command: ["sh", "-c", "curl -sf http://localhost:4040/api/v1/applications"] },
            initialDelaySeconds: 30,
            ...numbers,
          },
          lifecycle: { preStop: { exec: { command: ["sleep", "1"] } } },
        }
        const template = (name: string) => ({ spec: { containers: [{ name, ...probes }] } })
        yield* world.apply(
          python("own", ["work"], {
            driver: { template: template("spark-kubernetes-driver") },
            executor: { template: template("spark-kubernetes-executor") },
          }),
        )
        yield* executorsAgree(world, "own", 1)
        const pods = [yield* world.driver("own"), ...(yield* world.executors("own"))]
        assert.lengthOf(pods, 2)
        for (const { spec } of pods) {
          const { livenessProbe, readinessProbe, lifecycle } = spec!.containers.at(-1)!
          assert.deepStrictEqual<unknown>({ livenessProbe, readinessProbe, lifecycle }, probes)
        }
        yield* world.remove("own")
      }),
    )

    it.effect("in which nothing moves is stalled, and goes on", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("stalled")
        yield* world.apply(
          python("still", ["burst", "2", "45"], { healthChecks: { watchdog: { stalledSeconds: 15 } } }),
        )
        const { status } = yield* world.until("still", "stalled", ({ status }) => status?.stalled !== undefined)
        assert.strictEqual(status?.applicationState.state, "RUNNING")
        assert.isTrue(status?.conditions?.some(({ type, status }) => type === "Stalled" && status === "True"))
        const labels = { k8s_namespace_name: world.namespace }
        yield* untilMetric("spark_application_stalled", labels, 1)
        yield* world.untilState("still", "COMPLETED")
        yield* untilMetric("spark_application_stalled", labels, 0)
        yield* world.remove("still")
      }),
    )
  })
})

/** What every gRPC client begins with; the server's own SETTINGS frame (type 4) is the first thing that comes back. */
const http2Greeting = `
import socket
s = socket.create_connection(("127.0.0.1", 15002), 20)
s.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
head = s.recv(9)
print("SETTINGS" if len(head) == 9 and head[3] == 4 else head)
`
