/** Health checks on the embedded cluster: presets and the operator's ConfigMap in pods, probes that fail, runs that do not get on. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ConfigMap, Pod } from "kubernetes-types/core/v1"
import type { SparkApplicationSpec } from "../../src/api/application/SparkApplication.ts"
import { configMaps, events, pods } from "../../src/kube/Resource.ts"
import { sample } from "../support/MetricsText.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

const config = "--health-checks-config=default/checks"
const configMap = (data: Record<string, string>): ConfigMap => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "checks", namespace: "default" },
  data,
})
const podOf = (world: World, name: string) => Effect.orDie(world.kube.get(pods, "default", name))
const livenessOf = (pod: Pod) => pod.spec?.containers.at(-1)?.livenessProbe
const reasonsOf = (world: World, namespace = "default") =>
  Effect.orDie(
    Effect.map(world.kube.list(events, { namespace }), ({ items }) => items.map(({ reason }) => reason ?? "")),
  )
const stringify = (data: object) => JSON.stringify(data)

/** Probes as quick as a test wants them. */
const hasty = { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 3 }
const checked = (healthChecks: NonNullable<SparkApplicationSpec["healthChecks"]>, more: object = {}) => ({
  healthChecks,
  ...more,
})

describe("the operator's ConfigMap of health checks", { timeout: 30_000 }, () => {
  it.effect(
    "has a default for applications without health checks, and templates; a change applies to the next run",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        yield* Effect.orDie(world.kube.create(configMaps, "default", configMap({ default: "policy-minimal" })))
        yield* world.startOperator(undefined, [config])
        yield* world.apply(sparkPi("first", { "run-seconds": "forever" }))
        yield* pass(2)
        assert.strictEqual(livenessOf(yield* podOf(world, "first-driver"))?.failureThreshold, 60)

        const nightly = stringify({ preset: "streaming", driver: { liveness: { failureThreshold: 7 } } })
        const body = { data: { default: "batch", nightly } }
        yield* Effect.orDie(world.kube.patch(configMaps, "default", "checks", { type: "merge", body }))
        yield* pass(1)
        yield* world.apply(sparkPi("second", { "run-seconds": "forever" }))
        yield* world.apply(sparkPi("third", { "run-seconds": "forever" }, checked({ template: "nightly" })))
        yield* pass(2)
        assert.isUndefined(livenessOf(yield* podOf(world, "second-driver")))
        assert.strictEqual(livenessOf(yield* podOf(world, "third-driver"))?.failureThreshold, 7)
        assert.strictEqual(yield* world.stateOf("first"), "RUNNING", "what runs is left alone")
      }),
  )

  it.effect("that is not valid is reported, and its last valid content stays in use", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* Effect.orDie(world.kube.create(configMaps, "default", configMap({ default: "policy-minimal" })))
      yield* world.startOperator(undefined, [config])
      const body = { data: { default: "pollicy-minimal" } }
      yield* Effect.orDie(world.kube.patch(configMaps, "default", "checks", { type: "merge", body }))
      yield* pass(3)
      const { items } = yield* Effect.orDie(world.kube.list(events, { namespace: "default" }))
      const { reason, message, involvedObject } = items[0] ?? assert.fail("no Event")
      assert.deepStrictEqual([reason, involvedObject.kind], ["InvalidHealthChecks", "ConfigMap"])
      assert.match(message ?? "", /data\["default"\]\.preset: .*pollicy-minimal/)
      yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }))
      yield* pass(2)
      assert.strictEqual(livenessOf(yield* podOf(world, "pi-driver"))?.failureThreshold, 60)
    }),
  )

  it.effect("that does not exist delays nothing, and a template from it is rejected by name", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, [config])
      yield* world.apply(sparkPi("plain", { "run-seconds": "forever" }))
      yield* world.apply(sparkPi("named", {}, checked({ template: "nightly" })))
      yield* pass(3)
      assert.strictEqual(yield* world.stateOf("plain"), "RUNNING")
      const { status } = yield* world.reported("named")
      assert.strictEqual(status.applicationState.state, "FAILED")
      assert.match(
        status.applicationState.errorMessage ?? "",
        /spec.healthChecks.template: ConfigMap default\/checks has no/,
      )
    }),
  )
})

describe("a probe that fails", { timeout: 30_000 }, () => {
  it.effect("ends a driver that hangs, which is reported, counted and retried", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const operator = yield* world.startOperator()
      const spec = checked(
        { preset: "streaming", driver: { liveness: hasty } },
        { restartPolicy: { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } },
      )
      yield* world.apply(sparkPi("pi", { "run-seconds": "12", "probe-fails": "liveness@5, none" }, spec))
      yield* pass(9)
      const failed = (yield* world.reported("pi")).status.attempts?.[0]
      assert.deepInclude(failed, {
        result: "Failed",
        reason: "LivenessProbeFailed",
        failure: "ProbeFailed",
        exitCode: 143,
      })
      assert.match(
        failed?.message ?? "",
        /LivenessProbeFailed: Liveness probe failed: HTTP probe failed with statuscode: 503/,
      )
      const { body } = yield* operator.telemetry.collect()
      const labels = { role: "driver", probe: "liveness", preset: "streaming" }
      assert.strictEqual(sample(body, "spark_operator_probe_failures_total", labels), 3)
      assert.strictEqual(sample(body, "spark_operator_probe_kills_total", labels), 1)
      assert.strictEqual(sample(body, "spark_operator_probe_kills_total"), 1, "and nothing else")
      const why = { reason: "ProbeFailed" }
      assert.strictEqual(sample(body, "spark_application_attempt_failed_total", why), 1)
      yield* pass(20)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
    }),
  )

  it.effect("ends an executor whose block manager is dead, and the driver creates another", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const operator = yield* world.startOperator()
      const annotations = { "local.firesteel.dev/probe-fails": "liveness@6" }
      const spec = checked(
        { preset: "policy-minimal", executor: { liveness: hasty } },
        { executor: { instances: 1, annotations } },
      )
      yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }, spec))
      yield* pass(13)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "RUNNING")
      assert.strictEqual(status.executors?.running, 1)
      assert.deepStrictEqual(status.executors?.failures, { ProbeFailed: 1 })
      assert.match(status.recentExecutorFailures?.[0]?.message ?? "", /Liveness probe failed: dial tcp/)
      const labels = { role: "executor", probe: "liveness", preset: "policy_minimal" }
      const { body } = yield* operator.telemetry.collect()
      assert.strictEqual(sample(body, "spark_operator_probe_kills_total", labels), 1)
    }),
  )

  it.effect("of readiness ends nothing", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const operator = yield* world.startOperator()
      const spec = checked({ preset: "connect", driver: { readiness: hasty } })
      yield* world.apply(sparkPi("pi", { "run-seconds": "forever", "probe-fails": "readiness@2" }, spec))
      yield* pass(8)
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING")
      const ready = (yield* podOf(world, "pi-driver")).status?.conditions?.find(({ type }) => type === "Ready")
      assert.strictEqual(ready?.status, "False")
      const { body } = yield* operator.telemetry.collect()
      const labels = { role: "driver", probe: "readiness", preset: "connect" }
      assert.isAbove(sample(body, "spark_operator_probe_failures_total", labels) ?? 0, 3)
      assert.strictEqual(sample(body, "spark_operator_probe_kills_total"), 0)
    }),
  )

  it.effect("is not followed if that is disabled, and not by an operator that started later", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const first = yield* world.startOperator(undefined, ["--follow-probes=false"])
      const spec = checked({ preset: "streaming", driver: { liveness: hasty } })
      yield* world.apply(sparkPi("pi", { "run-seconds": "forever", "probe-fails": "liveness@2" }, spec))
      yield* pass(8)
      assert.strictEqual((yield* world.reported("pi")).status.attempts?.[0]?.failure, "Killed")
      yield* first.stop
      const second = yield* world.startOperator()
      yield* pass(2)
      assert.strictEqual(sample((yield* second.telemetry.collect()).body, "spark_operator_probe_failures_total"), 0)
    }),
  )
})

describe("an executor that its driver does not list", { timeout: 30_000 }, () => {
  const annotations = { "local.firesteel.dev/silent-after": "5" }
  const pi = (heartbeat: object) =>
    sparkPi(
      "pi",
      { "run-seconds": "forever" },
      {
        healthChecks: { executor: { heartbeat: { silentSeconds: 20, ...heartbeat } } },
        executor: { instances: 1, annotations },
      },
    )
  const quick = ["--spark-ui-interval=2s"]
  const heartbeatsOf = (world: World) =>
    Effect.map(world.reported("pi"), ({ status }) => status.conditions?.find(({ type }) => type === "ExecutorsHeard"))
  const executorsOf = (world: World) =>
    Effect.map(world.reported("pi"), ({ status }) => Object.keys(status.executorState ?? {}))

  it.effect("is reported after a while in status, Event and metric, and not deleted", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const operator = yield* world.startOperator(undefined, quick)
      yield* world.apply(pi({}))
      yield* pass(15)
      assert.isUndefined(yield* heartbeatsOf(world))
      yield* pass(45)
      assert.deepInclude(yield* heartbeatsOf(world), { status: "False", reason: "ExecutorsSilent" })
      assert.strictEqual(sample((yield* operator.telemetry.collect()).body, "spark_executor_silent"), 1)
      assert.strictEqual((yield* reasonsOf(world)).filter((reason) => reason === "SparkExecutorSilent").length, 1)
      assert.match((yield* executorsOf(world))[0] ?? "", /-exec-1$/)
      yield* operator.stop
      const next = yield* world.startOperator(undefined, quick)
      yield* pass(10)
      assert.deepInclude(yield* heartbeatsOf(world), { status: "False" }, "it is kept after a restart of the operator")
      assert.strictEqual((yield* reasonsOf(world)).filter((reason) => reason === "SparkExecutorSilent").length, 1)
      yield* next.stop
    }),
  )

  it.effect("is replaced only if the spec asks for it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const operator = yield* world.startOperator(undefined, quick)
      yield* world.apply(pi({ replace: true }))
      yield* pass(50)
      assert.match((yield* executorsOf(world)).at(-1) ?? "", /-exec-[23]$/)
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING")
      assert.strictEqual(sample((yield* operator.telemetry.collect()).body, "spark_executor_silent"), 0)
    }),
  )

  it.effect("is not reported if that is disabled", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, quick)
      yield* world.apply(pi({ disabled: true }))
      yield* pass(60)
      assert.isUndefined((yield* world.reported("pi")).status.silentExecutors)
    }),
  )
})

describe("a run that makes no progress", { timeout: 30_000 }, () => {
  /** A run so long that its progress stands at 0 % for a minute. */
  const still = { "run-seconds": "6000" }

  it.effect("is reported as stalled, once, and as making progress again", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const operator = yield* world.startOperator(undefined, ["--spark-ui-interval=2s"])
      yield* world.apply(sparkPi("pi", still, checked({ watchdog: { stalledSeconds: 30 } })))
      yield* pass(25)
      const condition = Effect.map(world.reported("pi"), ({ status }) =>
        status.conditions?.find(({ type }) => type === "Stalled"),
      )
      assert.isUndefined(yield* condition)
      yield* pass(25)
      assert.deepInclude(yield* condition, { status: "True", reason: "NoProgress" })
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING")
      const body = (yield* operator.telemetry.collect()).body
      assert.strictEqual(sample(body, "spark_application_stalled"), 1)
      assert.strictEqual(sample(body, "spark_application_stalls_total", { reason: "NoProgress" }), 1)
      assert.isAbove(sample(body, "spark_application_progress_age_max_seconds") ?? 0, 30)
      yield* pass(30)
      assert.deepInclude(yield* condition, { status: "False", reason: "Progressing" })
      const after = (yield* operator.telemetry.collect()).body
      assert.strictEqual(sample(after, "spark_application_stalled"), 0)
      assert.strictEqual(sample(after, "spark_application_stalls_total"), 1)
      const told = (yield* reasonsOf(world)).filter((reason) => /^SparkApplication(Stalled|Moving)$/.test(reason))
      assert.deepStrictEqual(told.toSorted(), ["SparkApplicationMoving", "SparkApplicationStalled"])
    }),
  )

  it.effect("is ended and retried only if the spec asks for it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, ["--spark-ui-interval=2s"])
      const spec = checked(
        { watchdog: { stalledSeconds: 20, restart: true } },
        { restartPolicy: { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } },
      )
      yield* world.apply(sparkPi("pi", { "run-seconds": "6000, 5" }, spec))
      yield* pass(55)
      const { status } = yield* world.reported("pi")
      assert.deepInclude(status.attempts?.[0], { result: "Failed", reason: "Stalled", failure: "Stalled" })
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      assert.isUndefined(status.stalled)
    }),
  )

  it.effect("is not assumed of a driver that cannot be read", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, ["--spark-ui-access=off"])
      yield* world.apply(sparkPi("pi", still, checked({ watchdog: { stalledSeconds: 10, restart: true } })))
      yield* pass(60)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "RUNNING")
      assert.isUndefined(status.stalled)
      const accepted = status.conditions?.find(({ type }) => type === "Accepted")
      assert.match(accepted?.message ?? "", /spec.healthChecks.watchdog: has no effect: .*--spark-ui-access/)
    }),
  )

  it.effect("stays stalled after a restart of the operator, without being reported twice", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const first = yield* world.startOperator(undefined, ["--spark-ui-interval=2s"])
      yield* world.apply(sparkPi("pi", still, checked({ watchdog: { stalledSeconds: 20 } })))
      yield* pass(40)
      assert.isDefined((yield* world.reported("pi")).status.stalled)
      yield* first.stop
      const second = yield* world.startOperator(undefined, ["--spark-ui-interval=2s"])
      yield* pass(10)
      assert.isDefined((yield* world.reported("pi")).status.stalled)
      assert.strictEqual(sample((yield* second.telemetry.collect()).body, "spark_application_stalled"), 1)
      const told = (yield* reasonsOf(world)).filter((reason) => reason === "SparkApplicationStalled")
      assert.strictEqual(told.length, 1)
    }),
  )
})
