/** Groups of pods through whole lives of applications, with the resources of the schedulers installed and without. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { type KubeObject, pods } from "../../src/kube/Resource.ts"
import { installVolcano, podGroups } from "../support/EveryObject.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

const grouped = (script: Record<string, string>, more: object = {}) =>
  sparkPi("pi", script, { batchScheduler: "volcano", ...more })

const submissionOf = (object: KubeObject | undefined) =>
  object?.metadata?.labels?.["sparkoperator.k8s.io/submission-id"]

describe("an application of a batch scheduler", () => {
  it.effect("has a PodGroup that is deleted with it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* installVolcano(world)
      yield* world.startOperator(undefined, ["--enable-batch-scheduler"])
      yield* world.apply(grouped({ "run-seconds": "5" }))
      yield* pass(2)
      const { spec } = yield* world.kube.get(podGroups, "default", "spark-pi-pg")
      assert.deepStrictEqual(spec?.minResources, { cpu: "3", memory: "2688Mi" })
      const driver = yield* world.kube.get(pods, "default", "pi-driver")
      assert.strictEqual(driver.spec?.schedulerName, "volcano")
      assert.strictEqual(driver.metadata?.annotations?.["scheduling.k8s.io/group-name"], "spark-pi-pg")

      yield* pass(20)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      yield* world.kube.delete(sparkApplications, "default", "pi")
      yield* pass(2)
      assert.lengthOf((yield* world.kube.list(podGroups, { namespace: "default" })).items, 0)
    }),
  )

  it.effect("has a new PodGroup in every attempt", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* installVolcano(world)
      yield* world.startOperator(undefined, ["--enable-batch-scheduler"])
      const restartPolicy = { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 5 }
      yield* world.apply(grouped({ "run-seconds": "20", "exit-code": "1" }, { restartPolicy }))
      yield* pass(2)
      const first = yield* world.kube.get(podGroups, "default", "spark-pi-pg")
      yield* pass(40)
      const second = yield* world.kube.get(podGroups, "default", "spark-pi-pg")
      const { status } = yield* world.reported("pi")
      assert.strictEqual(submissionOf(second), status.submissionID)
      assert.notStrictEqual(submissionOf(first), submissionOf(second))
      assert.notStrictEqual(first.metadata?.uid, second.metadata?.uid)
    }),
  )

  it.effect("does not start a driver if the scheduler is not installed, and reports it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, ["--enable-batch-scheduler"])
      yield* world.apply(grouped({}))
      yield* pass(5)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "FAILED")
      assert.match(
        status.applicationState.errorMessage ?? "",
        /PodGroup of scheduling\.volcano\.sh\/v1beta1; is its definition installed\?/,
      )
      assert.lengthOf(world.driversEver(), 0)
    }),
  )

  it.effect("is only placed, which is reported, if the operator does not group pods", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(grouped({ "run-seconds": "5" }))
      yield* pass(2)
      const driver = yield* world.kube.get(pods, "default", "pi-driver")
      assert.strictEqual(driver.spec?.schedulerName, "volcano")
      const { status } = yield* world.reported("pi")
      const accepted = status.conditions?.find(({ type }) => type === "Accepted")
      assert.strictEqual(accepted?.reason, "ValidWithWarnings")
      assert.match(accepted?.message ?? "", /spec.batchScheduler: only sets the scheduler/)
    }),
  )
})
