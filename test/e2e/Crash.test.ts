/**
 * The operator dies, without a word, at every single request of an application's life, before the request arrives or after it was
 * carried out; another one takes over. Nothing may be lost, doubled or left behind, and the gauges must tell the truth.
 */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { pods } from "../../src/kube/Resource.ts"
import { type Death, dying } from "../support/Dying.ts"
import { sample } from "../support/MetricsText.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

/** One life with one death; answers whether the fatal request was ever reached. */
const lifeWithDeath = Effect.fnUntraced(function* (
  world: World,
  application: SparkApplication,
  fatal: number,
  how: Death,
) {
  let died = false
  const death = dying(fatal, how, () => {
    died = true
  })
  const first = yield* world.startOperator(death.plan)
  death.arm()
  yield* world.apply(application)
  for (let look = 0; look < 60; look++) {
    yield* pass(0.5)
    if (died) break
    if (["COMPLETED", "FAILED"].includes(yield* world.stateOf(application.metadata.name))) break
  }
  yield* first.kill
  const second = yield* world.startOperator()
  yield* pass(25)
  return { died, telemetry: second.telemetry }
})

interface Life {
  readonly application: SparkApplication
  readonly attempts: number
  /** Attempts that came to a driver; all where it is left out. */
  readonly runs?: number
  readonly state: string
}

const lives: Readonly<Record<string, Life>> = {
  "that completes": { application: sparkPi("pi", { "run-seconds": "2" }), attempts: 1, state: "COMPLETED" },
  "with every kind of companion object": {
    application: sparkPi(
      "pi",
      { "run-seconds": "1" },
      {
        driverPodDisruptionBudget: true,
        driverIngressOptions: [{ servicePort: 8888, servicePortName: "notebook" }],
        monitoring: { exposeDriverMetrics: true, exposeExecutorMetrics: false, metricsProperties: "*.sink.x.class=X" },
      },
    ),
    attempts: 1,
    state: "COMPLETED",
  },
  "that fails once and is retried": {
    application: sparkPi(
      "pi",
      { "run-seconds": "1", "exit-codes": "1,0" },
      { restartPolicy: { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } },
    ),
    attempts: 2,
    state: "COMPLETED",
  },
  "that is stopped at its deadline": {
    application: sparkPi("pi", { "run-seconds": "forever" }, { deadlines: { runningSeconds: 2 } }),
    attempts: 1,
    state: "FAILED",
  },
  "that a Job submits": {
    application: sparkPi("pi", { "run-seconds": "2" }, { submission: { submitter: "job" } }),
    attempts: 1,
    state: "COMPLETED",
  },
  "whose Job fails, and fails again": {
    application: sparkPi(
      "pi",
      {},
      {
        submission: { submitter: "job" },
        // The local spark-submit knows no classes of the user's.
        sparkConf: { "spark.kubernetes.driver.pod.featureSteps": "com.example.Step" },
        restartPolicy: { type: "OnFailure", onSubmissionFailureRetries: 1, onSubmissionFailureRetryInterval: 1 },
      },
    ),
    attempts: 2,
    runs: 0,
    state: "FAILED",
  },
}

describe("an operator that is killed at any request of an application", () => {
  for (const [title, { application, attempts, runs = attempts, state }] of Object.entries(lives)) {
    for (const how of ["DropBefore", "DropAfter"] as const) {
      const moment = how === "DropBefore" ? "before it arrives" : "after it was carried out"
      it.effect(
        `${title}, ${moment}, is replaced without losing or repeating anything`,
        () =>
          Effect.gen(function* () {
            for (let fatal = 1; ; fatal++) {
              const reached = yield* Effect.scoped(
                Effect.gen(function* () {
                  const world = yield* makeWorld
                  const { died, telemetry } = yield* lifeWithDeath(world, application, fatal, how)
                  const { status } = yield* world.reported("pi")
                  const where = `killed at request ${fatal}`
                  assert.isUndefined(status.children, where)
                  const beside = (yield* world.objectsOf("pi")).filter((name) =>
                    /^pi-(ui-svc|prom-conf|driver-\d+)$/.test(name),
                  )
                  assert.deepStrictEqual(beside, [], where)
                  assert.strictEqual(status.applicationState.state, state, where)
                  assert.strictEqual(status.attempts?.length, attempts, where)
                  assert.strictEqual(world.driversEver().length, runs, where)
                  const { items } = yield* Effect.orDie(world.kube.list(pods, { labelSelector: "spark-role=driver" }))
                  const running = items.filter(({ status }) => status?.phase === "Running")
                  assert.isEmpty(running, `${where}: a driver still runs`)
                  assert.strictEqual(status.executionAttempts ?? 0, runs, where)
                  const { body } = yield* telemetry.collect()
                  assert.strictEqual(sample(body, "spark_application_running"), 0, where)
                  assert.strictEqual(sample(body, "spark_executor_running"), 0, where)
                  assert.strictEqual(
                    sample(body, "spark_application_state", { k8s_namespace_name: "default", state }),
                    1,
                    where,
                  )
                  return died
                }),
              )
              if (!reached) {
                assert.isAbove(fatal, 10, "a life has more requests than this")
                break
              }
            }
          }),
        60_000,
      )
    }
  }
})
