/** The progress of applications on the embedded cluster, whose drivers answer as Spark's REST API does. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { sample, samples } from "../support/MetricsText.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

const percentOf = (world: World, name: string) =>
  Effect.map(world.reported(name), ({ status }) => Number.parseInt(status.progress?.summary ?? "", 10))

describe("progress", () => {
  it.effect("increases in the status while the application runs, and is 100% at its end", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "120" }))
      const seen: Array<number> = []
      for (let second = 0; second < 130; second += 5) {
        yield* pass(5)
        const percent = yield* percentOf(world, "pi")
        if (!Number.isNaN(percent) && percent !== seen.at(-1)) seen.push(percent)
      }
      assert.isAbove(seen.length, 5)
      assert.isBelow(seen[0] ?? 100, 25)
      assert.deepStrictEqual(
        seen,
        [...seen].sort((a, b) => a - b),
      )
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      assert.deepStrictEqual(status.progress, { summary: "100%", lastProgressTime: status.terminationTime ?? "" })
    }),
  )

  it.effect("is in the metrics of all applications and of the application, which end with the run", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const operator = yield* world.startOperator()
      const metric = Effect.fnUntraced(function* (name: string, labels: Record<string, string> = {}) {
        return sample((yield* operator.telemetry.collect()).body, name, labels)
      })
      yield* world.apply(sparkPi("a", { "run-seconds": "40" }))
      yield* world.apply(sparkPi("b", { "run-seconds": "40" }, { executor: { instances: 3 } }))
      yield* pass(25)
      const progress = (yield* world.reported("a")).status.progress
      const own = { k8s_namespace_name: "default", app_name: "a" }
      assert.strictEqual(yield* metric("spark_stage_state", { state: "active" }), 2)
      assert.strictEqual(yield* metric("spark_job_state", { state: "active" }), 2)
      assert.strictEqual(yield* metric("spark_executor_active"), 5)
      const { completed = 0, total = 0 } = progress?.tasks ?? {}
      const completedNow = (yield* metric("spark_application_tasks", { ...own, state: "completed" })) ?? 0
      assert.isAtLeast(completedNow, completed, "the status is some readings behind")
      assert.isBelow(completedNow, total)
      assert.strictEqual(yield* metric("spark_application_executors", own), 2)
      assert.strictEqual(yield* metric("spark_application_progress_ratio", own), completedNow / total)
      assert.isAbove((yield* metric("spark_operator_progress_reads_total", { outcome: "success" })) ?? 0, 4)

      yield* pass(25)
      assert.strictEqual(yield* world.stateOf("a"), "COMPLETED")
      assert.strictEqual(yield* metric("spark_task_state"), 0)
      assert.strictEqual(yield* metric("spark_executor_active"), 0)
      assert.isUndefined(yield* metric("spark_application_progress_ratio"))
      assert.strictEqual(yield* metric("spark_operator_telemetry_faults_total"), 0)
      const ended = { role: "driver", reason: "Completed" }
      assert.strictEqual(yield* metric("spark_operator_pod_final_state_total", ended), 2)
      assert.strictEqual(
        yield* metric("spark_operator_pod_final_state_total", { ...ended, stage_state: "none" }),
        0,
        "the drivers' stages are known",
      )
      const deleted = samples((yield* operator.telemetry.collect()).body).flatMap(({ name, labels }) =>
        name === "spark_operator_pod_deletions_total" && labels["app_name"] !== undefined
          ? [`${labels["app_name"]} ${labels["stage_state"]}`]
          : [],
      )
      assert.includeMembers(deleted, ["a active", "b active"])
    }),
  )

  it.effect("of a streaming query is its newest micro-batch", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const operator = yield* world.startOperator()
      yield* world.apply(sparkPi("stream", { "run-seconds": "forever" }))
      yield* pass(30)
      const { progress } = (yield* world.reported("stream")).status
      assert.match(progress?.summary ?? "", /^batch \d+$/)
      assert.strictEqual(progress?.summary, `batch ${progress?.batch?.id}`)
      const { body } = yield* operator.telemetry.collect()
      const age = sample(body, "spark_streaming_batch_age_seconds") ?? Number.NaN
      assert.isAtLeast(age, 0)
      assert.isBelow(age, 15)
      assert.isUndefined(sample(body, "spark_application_progress_ratio"))
    }),
  )

  it.effect("of an attempt that failed is kept, and the next attempt starts from scratch", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const restartPolicy = { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 10 } as const
      yield* world.apply(sparkPi("pi", { "run-seconds": "30", "exit-codes": "1,0" }, { restartPolicy }))
      yield* pass(35)
      assert.strictEqual(yield* world.stateOf("pi"), "FAILING")
      assert.isAbove(yield* percentOf(world, "pi"), 50)
      yield* pass(7)
      assert.strictEqual((yield* world.reported("pi")).status.attempts?.length, 2)
      assert.isUndefined((yield* world.reported("pi")).status.progress, "nothing was read of the second attempt yet")
      yield* pass(10)
      assert.isBelow(yield* percentOf(world, "pi"), 50)
    }),
  )

  it.effect("is kept over a restart of the operator, with the time of the last change", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const first = yield* world.startOperator(() => undefined, ["--spark-ui-interval=1s"])
      yield* world.apply(sparkPi("pi", { "run-seconds": "6000" }))
      yield* pass(20)
      yield* first.stop
      const before = (yield* world.reported("pi")).status.progress
      assert.strictEqual(before?.summary, "0%")
      yield* world.startOperator(() => undefined, ["--spark-ui-interval=1s"])
      yield* pass(15)
      assert.deepStrictEqual((yield* world.reported("pi")).status.progress, before)
    }),
  )

  it.effect("is not read if that is disabled", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const operator = yield* world.startOperator(() => undefined, ["--spark-ui-access=off"])
      yield* world.apply(sparkPi("pi", { "run-seconds": "15" }))
      yield* pass(30)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      assert.isUndefined(status.progress)
      assert.strictEqual(sample((yield* operator.telemetry.collect()).body, "spark_operator_progress_reads_total"), 0)
    }),
  )

  it.effect("is written with every third reading, and with whatever else is written", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const { metadata } = yield* world.apply(sparkPi("pi", { "run-seconds": "100" }))
      yield* pass(10)
      const versions = new Set<string | undefined>([metadata.resourceVersion])
      for (let tenth = 0; tenth < 400; tenth++) {
        yield* pass(0.1)
        versions.add((yield* Effect.orDie(world.kube.get(sparkApplications, "default", "pi"))).metadata.resourceVersion)
      }
      assert.isAtMost(versions.size, 1 + Math.ceil(40 / 15) + 1, "40 s, a reading every 5 s")
      assert.isAtLeast(versions.size, 3)
    }),
  )
})
