/**
 * Airflow's `SparkKubernetesOperator` on 200 applications at once: it waits while there is no state or SUBMITTED, takes any other state for
 * that of a job that has started, and then reads the driver pod. If there is none, its task fails although the application runs on.
 */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { SparkApplicationSpec } from "../../src/api/application/SparkApplication.ts"
import { find } from "../../src/kube/Kube.ts"
import { pods } from "../../src/kube/Resource.ts"
import type { FaultPlan } from "../../src/local/apiserver/Faults.ts"
import { promisesDriver } from "../support/DriverPromise.ts"
import { makeWorld, sparkPi } from "../support/OperatorBench.ts"

const tasks = 200

/** Every request takes a moment, as it does over a network, so that what is written in between can be read. */
const network: FaultPlan = ({ verb }) => (verb === "watch" ? undefined : { _tag: "Delay", seconds: 0.02 })

const restartPolicy = { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } as const
const fates: ReadonlyArray<readonly [Record<string, string>, Partial<SparkApplicationSpec>]> = [
  [{ "run-seconds": "1" }, {}],
  [{ "run-seconds": "1", "exit-codes": "1,0" }, { restartPolicy }],
  [{ "run-seconds": "1", "exit-code": "3" }, {}],
  [{ waiting: "ImagePullBackOff" }, { deadlines: { startedSeconds: 1 }, restartPolicy }],
]

describe("Airflow, which polls every few milliseconds,", { timeout: 120_000 }, () => {
  it.effect("finds the driver of every application, whether it is submitted natively or by a Job", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(network)
      for (let task = 0; task < tasks; task++) {
        const [script, fate] = fates[task % fates.length]!
        const submission = task % 8 < 4 ? {} : { submission: { submitter: "job" } as const }
        yield* world.apply(sparkPi(`task-${task}`, script, { executor: { instances: 1 }, ...submission, ...fate }))
      }
      const started = new Set<string>()
      const lost: Array<string> = []
      const poll = Effect.gen(function* () {
        for (const { metadata, status } of yield* world.applications) {
          const { state } = status?.applicationState ?? {}
          if (started.has(metadata.name) || !promisesDriver(state)) continue
          started.add(metadata.name)
          const driver = yield* Effect.orDie(find(world.kube, pods, "default", `${metadata.name}-driver`))
          if (driver === undefined) lost.push(`${metadata.name} in state ${state}`)
        }
      })
      for (let step = 0; step < 2000 && started.size < tasks; step++) {
        yield* TestClock.adjust(5)
        yield* poll
      }
      assert.deepStrictEqual(lost, [])
      assert.strictEqual(started.size, tasks)
    }),
  )
})
