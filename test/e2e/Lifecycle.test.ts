/** Whole lives of applications on the embedded cluster, in virtual time. */

import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { reflect } from "../../src/kube/Reflector.ts"
import { events, pods } from "../../src/kube/Resource.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

describe("an application", () => {
  it.effect("is submitted, runs with its executors and completes", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "6" }))
      yield* pass(5)
      const running = (yield* world.reported("pi")).status
      assert.strictEqual(running.applicationState.state, "RUNNING")
      assert.deepStrictEqual(running.executors, { pending: 0, running: 2, succeeded: 0, failed: 0 })
      yield* pass(7)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      assert.deepStrictEqual(status.executors, { pending: 0, running: 0, succeeded: 2, failed: 0 })
      assert.deepStrictEqual(
        status.conditions?.map(({ type, status }) => `${type}=${status}`),
        ["Accepted=True", "Submitted=True", "Running=False", "Succeeded=True"],
      )
      const told = yield* world.kube.list(events, { namespace: "default" })
      assert.sameMembers(
        told.items.map(({ reason }) => reason),
        ["SparkApplicationSubmitted", "SparkDriverRunning", "SparkApplicationCompleted"],
      )
    }),
  )

  it.effect("has Events of all its steps and executors where that is wished", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, ["--events=all"])
      yield* world.apply(sparkPi("pi", { "run-seconds": "5" }))
      yield* pass(15)
      const { items } = yield* world.kube.list(events, { namespace: "default" })
      assert.includeMembers(
        items.map(({ reason }) => reason),
        ["SparkApplicationAdded", "SparkExecutorRunning", "SparkExecutorCompleted", "SparkDriverCompleted"],
      )
    }),
  )

  it.effect("counts an executor as failed that is killed and that its driver deletes within the second", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }))
      yield* pass(4)
      const { items } = yield* world.kube.list(pods, { namespace: "default", labelSelector: "spark-role=executor" })
      const body = { metadata: { annotations: { "local.firesteel.dev/exit": "137" } } }
      const killed = items[0]!.metadata!.name!
      yield* world.kube.patch(pods, "default", killed, { type: "merge", body })
      yield* pass(5)
      const { status } = yield* world.reported("pi")
      assert.deepInclude(status.executors, { running: 2, succeeded: 0, failed: 1, failures: { Killed: 1 } })
    }),
  )

  it.effect("reports many executors with few writes", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const versions = new Set<string>()
      yield* Effect.forkScoped(
        Stream.runForEach(reflect(world.kube, sparkApplications, { namespace: "default" }).events, (event) =>
          Effect.sync(() => {
            if (event._tag === "Applied") versions.add(event.object.metadata.resourceVersion ?? "")
          }),
        ),
      )
      yield* world.apply(sparkPi("pi", { "run-seconds": "20" }, { executor: { instances: 20 } }))
      yield* pass(10)
      assert.strictEqual((yield* world.reported("pi")).status.executors?.running, 20)
      yield* pass(20)
      assert.strictEqual((yield* world.reported("pi")).status.applicationState.state, "COMPLETED")
      assert.isBelow(versions.size, 15)
    }),
  )

  it.effect("that fails is retried under OnFailure until it succeeds, with one driver per attempt", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const restartPolicy = { type: "OnFailure", onFailureRetries: 3, onFailureRetryInterval: 2 } as const
      yield* world.apply(sparkPi("pi", { "run-seconds": "1", "exit-codes": "1,3,0" }, { restartPolicy }))
      yield* pass(30)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      assert.deepStrictEqual(
        status.attempts?.map(({ result, exitCode }) => [result, exitCode]),
        [
          ["Failed", 1],
          ["Failed", 3],
          ["Succeeded", 0],
        ],
      )
      assert.strictEqual(world.driversEver().length, 3)
    }),
  )

  it.effect("whose image cannot be pulled reports it, and fails at its deadline", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", {}, { image: "nowhere/does-not-exist:1", deadlines: { startedSeconds: 20 } }))
      yield* pass(10)
      assert.match((yield* world.reported("pi")).status.waiting?.reason ?? "", /ErrImagePull|ImagePullBackOff/)
      yield* pass(15)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "FAILED")
      assert.match(status.applicationState.errorMessage ?? "", /did not start within 20 s/)
    }),
  )

  it.effect("is suspended, leaves nothing running, and resumes", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "5" }))
      yield* pass(3)
      const suspend = (value: boolean) =>
        world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body: { spec: { suspend: value } } })
      yield* suspend(true)
      yield* pass(5)
      assert.strictEqual((yield* world.reported("pi")).status.applicationState.state, "SUSPENDED")
      assert.deepStrictEqual(yield* world.objectsOf("pi"), [])
      yield* suspend(false)
      yield* pass(12)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      assert.deepStrictEqual(
        status.attempts?.map(({ result }) => result),
        ["Stopped", "Succeeded"],
      )
    }),
  )

  it.effect("is run again when its spec changes, also while the operator was down", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const operator = yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "30" }))
      yield* pass(3)
      yield* operator.stop
      yield* world.kube.patch(sparkApplications, "default", "pi", {
        type: "merge",
        body: { spec: { arguments: ["7"] } },
      })
      yield* world.startOperator()
      yield* pass(5)
      const { status, metadata } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "RUNNING")
      assert.strictEqual(status.observedGeneration, metadata.generation)
      assert.deepStrictEqual(
        status.attempts?.map(({ result, reason }) => [result, reason]),
        [
          ["Stopped", "SpecChanged"],
          [undefined, undefined],
        ],
      )
    }),
  )

  it.effect(
    "with podTemplate has its labels on the driver and executors, and a change to template does not restart it",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        yield* world.startOperator()
        const podTemplate = { metadata: { labels: { mine: "1" } } }
        const spec = { driver: { podTemplate }, executor: { instances: 2, podTemplate } }
        const applied = yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }, spec))
        yield* pass(4)
        const { items } = yield* world.kube.list(pods, { namespace: "default", labelSelector: "mine=1" })
        assert.strictEqual(items.length, 3)
        const before = yield* world.reported("pi")
        const toTemplate = { podTemplate: null, template: podTemplate }
        const body = { spec: { driver: toTemplate, executor: toTemplate } }
        yield* world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body })
        yield* pass(5)
        const { status, metadata } = yield* world.reported("pi")
        assert.isAbove(metadata.generation ?? 0, applied.metadata.generation ?? 0)
        assert.strictEqual(status.observedGeneration, metadata.generation)
        assert.strictEqual(status.runSpecHash, before.status.runSpecHash)
        assert.strictEqual(status.applicationState.state, "RUNNING")
        assert.strictEqual(world.driversEver().length, 1)
      }),
  )

  it.effect("with both template and podTemplate is refused when it is applied", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const both = { driver: { template: {}, podTemplate: {} } }
      const error = yield* Effect.flip(world.kube.create(sparkApplications, "default", sparkPi("pi", {}, both)))
      assert.match(
        error.message,
        /spec\.driver\.podTemplate and spec\.driver\.template are the same setting; remove one/,
      )
    }),
  )

  it.effect("that is deleted while it runs leaves nothing behind", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "30" }))
      yield* pass(3)
      yield* world.kube.delete(sparkApplications, "default", "pi")
      yield* pass(10)
      assert.deepStrictEqual(yield* world.objectsOf("pi"), [])
    }),
  )

  it.effect("with an invalid spec fails with the field and the remedy, and others continue", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("odd", {}, { sparkVersion: "1.6.0" }))
      yield* world.apply(sparkPi("pi", { "run-seconds": "1" }))
      yield* pass(8)
      const { status } = yield* world.reported("odd")
      assert.strictEqual(status.applicationState.state, "FAILED")
      assert.match(
        status.applicationState.errorMessage ?? "",
        /spec\.sparkVersion: Spark "1\.6\.0" is not supported; use a version of/,
      )
      assert.strictEqual((yield* world.reported("pi")).status.applicationState.state, "COMPLETED")
    }),
  )

  it.effect("is deleted when its time to live is over", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "1" }, { timeToLiveSeconds: 10 }))
      yield* pass(8)
      assert.strictEqual((yield* world.applications).length, 1)
      yield* pass(10)
      assert.strictEqual((yield* world.applications).length, 0)
    }),
  )

  it.effect("whose driver is deleted by hand is retried according to its restart policy", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const restartPolicy = { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } as const
      yield* world.apply(sparkPi("pi", { "run-seconds": "6" }, { restartPolicy }))
      yield* pass(3)
      yield* world.kube.delete(pods, "default", "pi-driver")
      yield* pass(20)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      assert.strictEqual(status.attempts?.length, 2)
    }),
  )

  it.effect("with the name of one that was just deleted waits until the old driver is gone", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "30" }))
      yield* pass(3)
      yield* world.kube.delete(sparkApplications, "default", "pi")
      yield* world.apply(sparkPi("pi", { "run-seconds": "1" }))
      yield* pass(20)
      assert.strictEqual((yield* world.reported("pi")).status.applicationState.state, "COMPLETED")
    }),
  )

  it.effect("is not submitted while a pod of another owner has its driver's name, and reports it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const stranger = { metadata: { name: "pi-driver" }, spec: { containers: [{ name: "a", image: "a" }] } }
      yield* world.kube.create(pods, "default", stranger)
      yield* world.apply(sparkPi("pi"))
      yield* pass(3)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "FAILED")
      assert.match(
        status.applicationState.errorMessage ?? "",
        /Pod pi-driver exists already and does not belong to this application/,
      )
      yield* world.kube.get(pods, "default", "pi-driver")
    }),
  )
})
