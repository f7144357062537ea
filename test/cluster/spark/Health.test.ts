/** Probes that real kubelets execute on real drivers and executors, and the operator's watch over what they do. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import { kubectl } from "../support/Kubectl.ts"
import { executorsAgree } from "../support/Truth.ts"
import { attempt, ClusterLayer, eventually, signalJvm, makeWorld, python, type World } from "../support/World.ts"

/** Patient enough for a JVM on a busy machine, impatient enough for a test. */
const brisk = { periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 4 }
const sparkContainer = (pod: Pod) => pod.spec?.containers.at(-1) ?? assert.fail("no container")
const condition = (pod: Pod, type: string) => pod.status?.conditions?.find((it) => it.type === type)
const eventsOf = (world: World, reason: string) =>
  Effect.orDie(kubectl(["get", "events", "-n", world.namespace, "--field-selector", `reason=${reason}`, "-o", "name"]))

layer(ClusterLayer, { excludeTestServices: true })("a real application with health checks", (it) => {
  describe.concurrent("", () => {
    it.effect("whose driver hangs is ended by its liveness probe, which is said, and run again", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("hung-driver")
        yield* world.apply(
          python("hangs", ["stream"], {
            healthChecks: { preset: "streaming", driver: { liveness: brisk } },
            restartPolicy: { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 },
            driver: { terminationGracePeriodSeconds: 5 },
          }),
        )
        yield* world.until("hangs", "at work", ({ status }) => status?.progress?.batch !== undefined)
        yield* signalJvm(world, "hangs-driver", "STOP")
        const again = yield* world.until("hangs", "in attempt 2", ({ status }) => status?.attempts?.length === 2)
        const first = attempt(again, 1)
        assert.deepInclude(first, { result: "Failed", reason: "LivenessProbeFailed", failure: "ProbeFailed" })
        assert.match(first.message ?? "", /Liveness probe failed/)
        assert.isNotEmpty(yield* eventsOf(world, "Unhealthy"))
        yield* world.remove("hangs")
      }),
    )

    it.effect("whose executor hangs gets another one", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("hung-executor")
        yield* world.apply(
          python("replaced", ["hold", "4", "20"], {
            healthChecks: { preset: "batch", executor: { heartbeat: { silentSeconds: 20, replace: true } } },
            sparkConf: { "spark.network.timeout": "20s", "spark.executor.heartbeatInterval": "5s" },
            executor: { terminationGracePeriodSeconds: 1 },
          }),
        )
        yield* executorsAgree(world, "replaced", 1)
        const [first] = yield* world.executors("replaced")
        yield* signalJvm(world, first?.metadata?.name ?? "", "STOP")
        yield* eventually(
          Effect.map(world.executors("replaced"), (all) =>
            all.find((pod) => pod.metadata?.uid !== first?.metadata?.uid),
          ),
          120,
          Effect.succeed("no other executor came"),
        )
        yield* world.remove("replaced")
      }),
    )

    it.effect("that takes a minute to make its context survives the preset batch, liveness included", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("late-driver")
        yield* world.apply(
          python("late", ["late", "60"], { healthChecks: { preset: "batch", driver: { liveness: brisk } } }),
        )
        const { status } = yield* world.untilState("late", "COMPLETED", 240)
        assert.strictEqual(status?.attempts?.length, 1)
        assert.isNotEmpty(yield* eventsOf(world, "Unhealthy"), "the startup probe failed meanwhile")
        yield* world.remove("late")
      }),
    )

    it.effect("that serves Spark Connect is ready when its port answers, not before", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("connect")
        yield* world.apply(
          python("connect", ["serve", "300"], {
            healthChecks: { preset: "connect" },
            sparkConf: { "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin" },
          }),
        )
        yield* world.untilState("connect", "RUNNING")
        const started = yield* world.driver("connect")
        assert.strictEqual(condition(started, "Ready")?.status, "False")
        const ready = yield* eventually(
          Effect.map(world.driver("connect"), (pod) => (condition(pod, "Ready")?.status === "True" ? pod : undefined)),
          120,
          Effect.succeed("the driver is not ready"),
        )
        assert.deepStrictEqual(sparkContainer(ready).readinessProbe?.tcpSocket, { port: 15002 })
        yield* world.exec("connect-driver", "bash", "-c", "exec 3<>/dev/tcp/$HOSTNAME/15002")
        yield* world.remove("connect")
      }),
    )

    it.effect("in which nothing moves is stalled, and goes on", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("stalled")
        yield* world.apply(
          python("still", ["burst", "2", "60"], { healthChecks: { watchdog: { stalledSeconds: 15 } } }),
        )
        const { status } = yield* world.until("still", "stalled", ({ status }) => status?.stalled !== undefined)
        assert.strictEqual(status?.applicationState.state, "RUNNING")
        assert.isTrue(status?.conditions?.some(({ type, status }) => type === "Stalled" && status === "True"))
        yield* world.untilState("still", "COMPLETED")
        yield* world.remove("still")
      }),
    )

    it.effect("has the probes of its template byte for byte", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("pass-through")
        const numbers = { timeoutSeconds: 5, periodSeconds: 10, successThreshold: 1, failureThreshold: 30 }
        const probes = {
          livenessProbe: {
            httpGet: { path: "/", port: 4040, scheme: "HTTP" },
            initialDelaySeconds: 30,
            ...numbers,
          },
          readinessProbe: {
            exec: { command: ["sh", "-c", "curl -sf http://localhost:4040/api/v1/applications"] },
            initialDelaySeconds: 30,
            ...numbers,
          },
          lifecycle: { preStop: { exec: { command: ["sleep", "1"] } } },
        }
        const own = (name: string) => ({ spec: { containers: [{ name, ...probes }] } })
        yield* world.apply(
          python("own", ["hold", "1", "20"], {
            driver: { template: own("spark-kubernetes-driver") },
            executor: { template: own("spark-kubernetes-executor") },
          }),
        )
        yield* executorsAgree(world, "own", 1)
        const [executor] = yield* world.executors("own")
        for (const pod of [yield* world.driver("own"), executor ?? assert.fail("no executor")]) {
          const { livenessProbe, readinessProbe, lifecycle } = sparkContainer(pod)
          assert.deepStrictEqual<unknown>({ livenessProbe, readinessProbe, lifecycle }, probes)
        }
        yield* world.remove("own")
      }),
    )
  })
})
