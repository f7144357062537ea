/** Init containers that fail: the application and its users learn which one it was, and no executor that failed counts as succeeded. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { events } from "../../src/kube/Resource.ts"
import { sample } from "../support/MetricsText.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

const withInit = (name: string, script: Record<string, string>) => ({
  initContainers: [{ name, image: "busybox" }],
  annotations: Object.fromEntries(Object.entries(script).map(([key, value]) => [`local.firesteel.dev/${key}`, value])),
})

const messagesOf = (world: World, reason: string) =>
  Effect.orDie(
    Effect.map(world.kube.list(events, { namespace: "default" }), ({ items }) =>
      items.filter((event) => event.reason === reason).map(({ message }) => message ?? ""),
    ),
  )

describe("an init container that fails", { timeout: 30_000 }, () => {
  it.effect.each([
    ["7", 7, "Error", "InitContainer"],
    ["OOMKilled", 137, "OOMKilled", "OOMKilled"],
  ] as const)("of the driver (%s) is named in the failure", ([cause, exitCode, reason, failure]) =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const operator = yield* world.startOperator()
      const driver = withInit("wait-db", { "init-fails": `wait-db:${cause}`, message: "no database" })
      yield* world.apply(sparkPi("initfail", {}, { driver: { cores: 1, memory: "512m", ...driver } }))
      yield* pass(5)
      const { status } = yield* world.reported("initfail")
      assert.strictEqual(status.applicationState.state, "FAILED")
      const message = `init container wait-db failed with ExitCode: ${exitCode}, Reason: ${reason}: no database`
      assert.strictEqual(status.applicationState.errorMessage, message)
      const facts = { result: "Failed", initContainer: "wait-db", exitCode, reason, failure, message } as const
      assert.deepInclude(status.attempts?.at(-1), facts)
      assert.deepStrictEqual(yield* messagesOf(world, "SparkDriverFailed"), [
        `Driver initfail-driver failed: ${message}`,
      ])
      const { body } = yield* operator.telemetry.collect()
      assert.strictEqual(sample(body, "spark_application_attempt_failed_total", { reason: failure }), 1)
    }),
  )

  it.effect.each([
    ["7", 7, "InitContainer", ""],
    ["OOMKilled", 137, "OOMKilled", ""],
    ["143", 143, "Killed", ""],
    ["7", 7, "InitContainer", "deleted late"],
  ] as const)(
    "of executors (%s) counts as failed, whenever the driver deletes the pod",
    ([cause, exitCode, failure, when]) =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        yield* world.startOperator()
        const executor = withInit("warm-cache", { "init-fails": `warm-cache:${cause}` })
        const sparkConf = when === "" ? {} : { "spark.kubernetes.executor.deleteOnTermination": "false" }
        yield* world.apply(sparkPi("execinit", { "run-seconds": "6" }, { executor, sparkConf }))
        yield* pass(12)
        const { status } = yield* world.reported("execinit")
        assert.strictEqual(status.applicationState.state, "COMPLETED")
        assert.strictEqual(status.executors?.succeeded, 0, "none has ever run")
        const failed = status.executors?.failed ?? 0
        assert.isAtLeast(failed, 2)
        assert.deepStrictEqual(status.executors?.failures, { [failure]: failed })
        const facts = { initContainer: "warm-cache", exitCode, failure } as const
        assert.deepInclude(status.recentExecutorFailures?.at(-1), facts)
        const told = yield* messagesOf(world, "SparkExecutorFailed")
        assert.include(told.join("; "), "(init container warm-cache: ")
      }),
  )
})
