/** Two operators that both act, though only one should, and one that takes over with a cache that is behind: nothing runs twice. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { pods } from "../../src/kube/Resource.ts"
import type { FaultPlan } from "../../src/local/apiserver/Faults.ts"
import { candidacy } from "../support/ElectionBench.ts"
import { kubeflowDriver } from "../support/KubeflowDriver.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"
import { applicationsEver, scheduled, schedulesOf } from "../support/Schedules.ts"

const restartPolicy = { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } as const

describe("two operators without an election", () => {
  it.effect("submit every attempt once, and bring every application to its end", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      // Answers that take their time, so that the two overlap.
      const slow: FaultPlan = ({ n, verb }) => (verb === "watch" ? undefined : { _tag: "Delay", seconds: (n % 4) / 10 })
      yield* world.startOperator(slow)
      yield* world.startOperator(slow)
      for (let index = 0; index < 4; index++) {
        yield* world.apply(sparkPi(`good-${index}`, { "run-seconds": "2" }))
        yield* world.apply(sparkPi(`flaky-${index}`, { "run-seconds": "1", "exit-codes": "1,0" }, { restartPolicy }))
        yield* world.apply(sparkPi(`job-${index}`, { "run-seconds": "2" }, { submission: { submitter: "job" } }))
      }
      yield* pass(90)
      const seen = (yield* world.applications).map(({ metadata, status }) => [
        metadata.name.replace(/-\d$/, ""),
        status?.applicationState.state,
        status?.attempts?.length,
        status?.executionAttempts,
      ])
      assert.deepStrictEqual([...new Set(seen.map((one) => one.join(" ")))].sort(), [
        "flaky COMPLETED 2 2",
        "good COMPLETED 1 1",
        "job COMPLETED 1 1",
      ])
      assert.lengthOf(world.driversEver(), 4 + 4 * 2 + 4)
    }),
  )
})

describe("kubeflow's operator, which was not stopped and is faster", () => {
  it.effect("keeps its driver, which is followed to its end", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const late: FaultPlan = ({ verb, resource }) =>
        verb === "create" && resource === "pods" ? { _tag: "Delay", seconds: 1 } : undefined
      yield* world.startOperator(late)
      const application = yield* world.apply(sparkPi("pi", { "run-seconds": "5" }))
      yield* pass(0.3)
      const submission = "9c0d3b4e-58f1-4d0c-9b0b-0d4b3f1c2a22"
      yield* Effect.orDie(world.kube.create(pods, "default", kubeflowDriver(application, submission)))
      const status = {
        applicationState: { state: "SUBMITTED" },
        driverInfo: { podName: "pi-driver" },
        submissionID: submission,
        lastSubmissionAttemptTime: "1970-01-01T00:00:00Z",
        executionAttempts: 1,
        submissionAttempts: 1,
      }
      yield* Effect.orDie(
        world.kube.patch(sparkApplications, "default", "pi", {
          type: "merge",
          subresource: "status",
          body: { status },
        }),
      )
      yield* pass(25)
      const { status: after } = yield* world.reported("pi")
      assert.strictEqual(after.applicationState.state, "COMPLETED")
      assert.deepStrictEqual(
        after.attempts?.map(({ number, submissionID, result }) => [number, submissionID, result]),
        [[1, submission, "Succeeded"]],
      )
      assert.lengthOf(world.driversEver(), 1)
    }),
  )
})

describe("an operator that takes over with a cache that is behind", () => {
  it.effect("does not submit again what an earlier leader has run to its end", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const late: FaultPlan = ({ verb, resource }) =>
        verb === "create" && resource === "configmaps" ? { _tag: "Delay", seconds: 5 } : undefined
      const first = yield* world.startOperator(late, [], undefined, candidacy("first"))
      yield* world.apply(sparkPi("pi", { "run-seconds": "2" }))
      let cut = true
      // Its watches never begin: it knows the application only as it was when it was listed, without a status.
      const deaf: FaultPlan = ({ verb }) => (verb === "watch" && cut ? { _tag: "Hang" } : undefined)
      yield* world.startOperator(deaf, [], undefined, candidacy("second"))
      yield* pass(20)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      yield* Effect.orDie(world.kube.delete(pods, "default", "pi-driver"))
      yield* first.stop
      yield* pass(20)
      assert.lengthOf(world.driversEver(), 1)
      cut = false
      yield* world.apply(sparkPi("next", { "run-seconds": "2" }))
      yield* pass(60)
      assert.lengthOf(world.driversEver(), 2)
      assert.strictEqual(yield* world.stateOf("next"), "COMPLETED")
      assert.lengthOf((yield* world.reported("pi")).status.attempts ?? [], 1)
    }),
  )

  it.effect("does not start again a scheduled run that has ended and was pruned", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { apply, statusOf } = schedulesOf(world)
      const ever = yield* applicationsEver(world)
      const first = yield* world.startOperator(undefined, [], undefined, candidacy("first"))
      yield* apply(scheduled("pi", { "run-seconds": "1" }, { schedule: "@every 30s", successfulRunHistoryLimit: 0 }))
      yield* pass(1)
      let cut = true
      const deaf: FaultPlan = ({ verb }) => (verb === "watch" && cut ? { _tag: "Hang" } : undefined)
      yield* world.startOperator(deaf, [], undefined, candidacy("second"))
      const planned = Date.parse((yield* statusOf("pi")).nextRun!) / 1000
      yield* pass(35)
      assert.strictEqual((yield* statusOf("pi")).lastRunName, `pi-${planned}`)
      assert.lengthOf(yield* world.applications, 0)
      yield* first.stop
      yield* pass(15)
      assert.deepStrictEqual([...ever.keys()], [`pi-${planned}`])
      assert.lengthOf([...ever.get(`pi-${planned}`)!], 1)
      cut = false
      yield* pass(90)
      assert.isAbove(ever.size, 1, "it follows the schedule when its cache is right")
      for (const [name, uids] of ever) assert.strictEqual(uids.size, 1, name)
    }),
  )
})
