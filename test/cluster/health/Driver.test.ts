/** Health checks of real drivers, whose probes a real kubelet runs: who is found dead, who is left alone, who is ready when. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Probe } from "kubernetes-types/core/v1"
import { sample } from "../../support/MetricsText.ts"
import { kubectl } from "../support/Kubectl.ts"
import { metricsEqualTruth, scrape } from "../support/Truth.ts"
import { attempt, ClusterLayer, eventually, makeWorld, python, signalJvm, type World } from "../support/World.ts"

const conditions = (world: World, pod: string) =>
  Effect.map(world.driver(pod.replace(/-driver$/, "")), ({ status }) => ({
    ready: status?.conditions?.find(({ type }) => type === "Ready")?.status === "True",
    restarts: status?.containerStatuses?.[0]?.restartCount ?? 0,
  }))

layer(ClusterLayer, { excludeTestServices: true })("a driver with health checks", (it) => {
  describe.concurrent("", () => {
    it.effect("whose UI hangs is found, told, counted and run again by the preset streaming", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("hangs")
        // The preset's five minutes of patience, made short; a stopped process does not hear SIGTERM either.
        const liveness = { periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 2, terminationGracePeriodSeconds: 2 }
        yield* world.apply(
          python("stream", ["stream"], {
            restartPolicy: { type: "Always" },
            healthChecks: { preset: "streaming", driver: { startup: { periodSeconds: 1 }, liveness } },
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
        const events = yield* Effect.orDie(kubectl(["events", "-n", world.namespace, "--no-headers"]))
        assert.match(events, /SparkDriverFailed.*SparkApplication\/stream .*[Ll]iveness probe failed/)
        const labels = { k8s_namespace_name: world.namespace, role: "driver", probe: "liveness", preset: "streaming" }
        const metrics = yield* scrape
        assert.strictEqual(sample(metrics, "spark_operator_probe_kills_total", labels), 1)
        assert.isAtLeast(sample(metrics, "spark_operator_probe_failures_total", labels) ?? 0, 1)
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
        assert.deepInclude(yield* conditions(world, "late-driver"), { restarts: 0 })
        yield* metricsEqualTruth(world)
        yield* world.remove("late")
      }),
    )

    it.effect("with Spark Connect turns ready only when its port answers", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("connects")
        const sparkConf = { "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin" }
        yield* world.apply(
          python("server", ["serve", "300"], {
            sparkConf,
            healthChecks: {
              preset: "connect",
              driver: { startup: { periodSeconds: 1 }, readiness: { periodSeconds: 1 } },
            },
          }),
        )
        yield* world.untilState("server", "RUNNING")
        const open = `import socket; socket.create_connection(("127.0.0.1", 15002), 2); print("open")`
        const answers = world.exec("server-driver", "python3", "-c", open).pipe(
          Effect.map((text) => text.trim() === "open"),
          Effect.catchDefect(() => Effect.succeed(false)),
        )
        // Ready first, the port after: were the pod ready before its port answers, the port would be seen closed.
        const look = Effect.all({
          ready: Effect.map(conditions(world, "server-driver"), ({ ready }) => ready),
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

    it.effect("and probes of its own gets them as they were written", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("own")
        const command = ["sh", "-c", "curl -sf localhost:4040/api/v1/applications"]
        const probes: Record<"livenessProbe" | "readinessProbe", Probe> = {
          livenessProbe: {
            httpGet: { path: "/", port: 4040, scheme: "HTTP" },
            initialDelaySeconds: 30,
            timeoutSeconds: 3,
            periodSeconds: 7,
            successThreshold: 1,
            failureThreshold: 11,
          },
          readinessProbe: {
            exec: { command },
            timeoutSeconds: 2,
            periodSeconds: 1,
            successThreshold: 1,
            failureThreshold: 2,
          },
        }
        const containers = [{ name: "spark-kubernetes-driver", image: "", ...probes }]
        yield* world.apply(
          python("own", ["hold", "1", "300"], {
            driver: { template: { spec: { containers } } } as never,
            healthChecks: { preset: "batch", driver: { startup: { disabled: true } } },
          }),
        )
        yield* world.untilState("own", "RUNNING")
        const [container] = (yield* world.driver("own")).spec!.containers
        assert.deepStrictEqual(container!.livenessProbe, probes.livenessProbe)
        assert.deepStrictEqual(container!.readinessProbe, probes.readinessProbe)
        assert.isUndefined(container!.startupProbe)
        yield* eventually(
          Effect.map(conditions(world, "own-driver"), ({ ready }) => (ready ? true : undefined)),
          90,
          Effect.succeed("the driver is not ready, though its UI has the application"),
        )
        yield* world.remove("own")
      }),
    )
  })
})
