/**
 * The requests that an application costs the API server, for its submission and for its whole life. Each is work for it, so their number is a
 * budget: a change that needs more says why.
 */

import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import type { SparkApplicationSpec } from "../../src/api/application/SparkApplication.ts"
import type { FaultPlan } from "../../src/local/apiserver/Faults.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

/** Seconds that each request takes. */
const delay = 0.1
const statusPatch = "patch sparkapplications/status"

/** The operator's requests, but watches and Events, from the creation of an application to the write that says SUBMITTED. */
const untilSubmitted = Effect.fnUntraced(function* (spec: Partial<SparkApplicationSpec>) {
  const world = yield* makeWorld
  const clock = yield* Clock.Clock
  const now = () => clock.currentTimeMillisUnsafe()
  let requests: Array<readonly [sentAt: number, request: string]> | undefined
  const counting: FaultPlan = ({ verb, resource, subresource }) => {
    if (verb === "watch" || resource === "events") return undefined
    requests?.push([now(), `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`])
    // Requests that take their time come one after the other.
    return { _tag: "Delay", seconds: delay }
  }
  yield* world.startOperator(counting)
  // The first submission of an operator also confirms that its cache is up to date.
  yield* world.apply(sparkPi("first", { "run-seconds": "1" }))
  yield* pass(10)
  requests = []
  yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }, spec))
  for (let i = 0; i < 200 && (yield* world.stateOf("pi")) !== "SUBMITTED"; i++) yield* TestClock.adjust(50)
  assert.strictEqual(yield* world.stateOf("pi"), "SUBMITTED")
  // Without what follows the write that says SUBMITTED at once.
  const answered = now() - delay * 1000
  const sent = requests.flatMap(([sentAt, request]) => (sentAt <= answered ? [request] : []))
  return sent.slice(0, sent.lastIndexOf(statusPatch) + 1)
})

describe("until an application is SUBMITTED, the operator sends", () => {
  it.effect("four requests: one for each object, and one status write", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* untilSubmitted({}), [
        "create configmaps",
        "create services",
        "create pods",
        statusPatch,
      ])
    }),
  )

  it.effect("two status writes where a Job submits: it is being submitted, and it is", () =>
    Effect.gen(function* () {
      const requests = yield* untilSubmitted({ submission: { submitter: "job" } })
      assert.lengthOf(
        requests.filter((request) => request === statusPatch),
        2,
      )
      assert.deepStrictEqual(requests.slice(0, 5), [
        "get jobs",
        "get pods",
        "create configmaps",
        "create jobs",
        statusPatch,
      ])
    }),
  )
})

describe("in the life of an application, the operator sends", () => {
  /** All requests but watches, and with the Events, of one application from its creation to some time after its end. */
  const inLife = Effect.fnUntraced(function* (
    spec: Partial<SparkApplicationSpec>,
    annotations: Record<string, string>,
  ) {
    const world = yield* makeWorld
    const requests: Array<string> = []
    const asksNoDriver = ["--spark-ui-access=off"]
    yield* world.startOperator(({ verb, resource, subresource, name }) => {
      const isOurs = verb !== "watch" && resource !== "leases" && !name?.startsWith("first")
      if (isOurs) requests.push(`${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`)
      return undefined
    }, asksNoDriver)
    // The first submission of an operator also confirms that its cache is up to date.
    yield* world.apply(sparkPi("first", { "run-seconds": "1" }))
    yield* pass(20)
    requests.length = 0
    yield* world.apply(sparkPi("pi", annotations, spec))
    yield* pass(30)
    const { status } = yield* world.reported("pi")
    return { requests: requests.toSorted(), status }
  })

  it.effect("thirteen requests for a run with five executors", () =>
    Effect.gen(function* () {
      const { requests, status } = yield* inLife({ executor: { instances: 5 } }, { "run-seconds": "10" })
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      assert.deepStrictEqual(status.executors, { pending: 0, running: 0, succeeded: 5, failed: 0 })
      assert.deepStrictEqual(requests, [
        "create configmaps",
        "create events",
        "create events",
        "create events",
        "create pods",
        "create services",
        "create services",
        "delete services",
        // Where the watch shows the new driver later than the submission ends.
        "get pods",
        // Submitted; running; the executors run; completed.
        statusPatch,
        statusPatch,
        statusPatch,
        statusPatch,
      ])
    }),
  )
})
