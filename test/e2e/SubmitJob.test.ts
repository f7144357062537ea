/** Whole lives of applications that a Job with spark-submit submits, on the embedded cluster, in virtual time. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { jobs, pods } from "../../src/kube/Resource.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

const byJob = { submission: { submitter: "job" } } as const
/** The local spark-submit knows no classes of the user's, so it fails. */
const failing = { ...byJob, sparkConf: { "spark.kubernetes.driver.pod.featureSteps": "com.example.Step" } }

const conditions = (world: World, name: string) =>
  Effect.map(
    world.reported(name),
    ({ status }) => new Map(status.conditions?.map((condition) => [condition.type, condition])),
  )

describe("an application that a Job submits", () => {
  it.effect("waits for the Job, then runs and completes like any other", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { telemetry } = yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "7" }, byJob))
      yield* pass(1)
      const waiting = (yield* world.reported("pi")).status
      assert.deepStrictEqual(waiting.applicationState, {})
      assert.match(waiting.waiting?.message ?? "", /^Job pi-[0-9a-f]{16}-submit runs spark-submit$/)
      assert.strictEqual(waiting.attempts?.[0]?.submitter, "job")
      yield* pass(7)
      const running = (yield* world.reported("pi")).status
      assert.strictEqual(running.applicationState.state, "RUNNING")
      assert.deepStrictEqual(running.executors, { pending: 0, running: 2, succeeded: 0, failed: 0 })
      assert.isUndefined(running.waiting)
      const { body } = yield* telemetry.collect()
      assert.notInclude(String(body), "submitter")
      yield* pass(8)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      assert.strictEqual(status.attempts?.length, 1)
      const native = (yield* conditions(world, "pi")).get("Native")
      assert.deepStrictEqual([native?.status, native?.reason], ["False", "JobRequested"])
    }),
  )

  it.effect("because it cannot be submitted natively reports the reason", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, ["--submitter=auto"])
      yield* world.apply(sparkPi("pi", {}, { deps: { files: ["s3a://bucket/*.csv"] } }))
      yield* world.apply(sparkPi("plain", {}))
      yield* pass(10)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      const native = (yield* conditions(world, "pi")).get("Native")
      assert.strictEqual(native?.reason, "NotNative")
      assert.match(native?.message ?? "", /spec\.deps\.files: "s3a:\/\/bucket\/\*\.csv" has a pattern/)
      assert.isFalse((yield* conditions(world, "plain")).has("Native"))
      assert.isUndefined((yield* world.reported("plain")).status.attempts?.[0]?.submitter)
    }),
  )

  it.effect("whose spark-submit fails is SUBMISSION_FAILED with its message, is retried, then fails", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const restartPolicy = {
        type: "OnFailure",
        onSubmissionFailureRetries: 1,
        onSubmissionFailureRetryInterval: 10,
      } as const
      yield* world.apply(sparkPi("pi", {}, { ...failing, restartPolicy }))
      yield* pass(6)
      const first = (yield* world.reported("pi")).status
      assert.strictEqual(first.applicationState.state, "SUBMISSION_FAILED")
      assert.strictEqual(first.attempts?.[0]?.reason, "SubmitJobFailed")
      assert.match(first.applicationState.errorMessage ?? "", /ClassNotFoundException: com\.example\.Step/)
      assert.deepStrictEqual(yield* world.objectsOf("pi"), [])
      yield* pass(20)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "FAILED")
      assert.strictEqual(status.attempts?.length, 2)
      assert.strictEqual(world.driversEver().length, 0)
    }),
  )

  it.effect("whose Job cannot start reports why, and fails at the deadline", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const deadlines = { submittedSeconds: 20 }
      yield* world.apply(sparkPi("pi", {}, { ...byJob, image: "nowhere/does-not-exist:1", deadlines }))
      yield* pass(8)
      const { waiting } = (yield* world.reported("pi")).status
      assert.strictEqual(waiting?.reason, "ImagePullBackOff")
      yield* pass(17)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "FAILED")
      assert.match(status.applicationState.errorMessage ?? "", /within 20 s|deadline/)
      assert.deepStrictEqual(yield* world.objectsOf("pi"), [])
    }),
  )

  it.effect("that is suspended before its driver exists leaves nothing, and resumes", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const suspend = (value: boolean) =>
        world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body: { spec: { suspend: value } } })
      yield* world.apply(sparkPi("pi", {}, byJob))
      yield* pass(1)
      assert.strictEqual(world.driversEver().length, 0)
      yield* suspend(true)
      yield* pass(6)
      assert.strictEqual(yield* world.stateOf("pi"), "SUSPENDED")
      assert.deepStrictEqual(yield* world.objectsOf("pi"), [])
      yield* suspend(false)
      yield* pass(12)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      assert.strictEqual(world.driversEver().length, 1)
    }),
  )

  it.effect("that failed natively runs when its annotation asks for a Job", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", {}, { sparkVersion: "3.2.4" }))
      yield* pass(2)
      const refused = (yield* world.reported("pi")).status
      assert.match(refused.applicationState.errorMessage ?? "", /or set spec\.submission\.submitter: job/)
      const metadata = { annotations: { "sparkoperator.k8s.io/submitter": "job" } }
      yield* world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body: { metadata } })
      yield* pass(12)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
    }),
  )

  it.effect("waits until the driver of an earlier run is gone, and rejects a pod of another owner", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const pod = {
        metadata: { name: "pi-driver", namespace: "default" },
        spec: { containers: [{ name: "other", image: "other" }] },
      }
      yield* world.kube.create(pods, "default", pod)
      yield* world.apply(sparkPi("pi", {}, byJob))
      yield* pass(3)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.attempts?.[0]?.reason, "NameConflict")
      assert.deepStrictEqual((yield* world.kube.list(jobs, {})).items, [])
    }),
  )
})
