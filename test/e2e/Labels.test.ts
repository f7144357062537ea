/** Labels of an application that are edited while it runs. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { pods, services } from "../../src/kube/Resource.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

const labelled = (spec: object = {}, script: Record<string, string> = { "run-seconds": "forever" }) => {
  const { metadata, ...application } = sparkPi("pi", script, spec)
  return { ...application, metadata: { ...metadata, labels: { user: "alice", stage: "test" } } }
}

const label = (world: World, labels: Record<string, string | null>) =>
  Effect.orDie(world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body: { metadata: { labels } } }))

/** The label of each pod, by the end of its name. */
const labelOf = (world: World, key: string) =>
  Effect.orDie(
    Effect.map(world.kube.list(pods, { namespace: "default" }), ({ items }) =>
      Object.fromEntries(
        items.map(({ metadata }) => [
          metadata?.name?.replace(/^.*-(?=driver$|exec-\d+$)/, "") ?? "",
          metadata?.labels?.[key] ?? "",
        ]),
      ),
    ),
  )

describe("labels that are edited while an application runs", { timeout: 30_000 }, () => {
  it.effect("are set on its driver and its executors, and nothing restarts", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(labelled())
      yield* pass(4)
      assert.deepStrictEqual(yield* labelOf(world, "user"), { driver: "alice", "exec-1": "alice", "exec-2": "alice" })
      yield* label(world, { user: "bob", "kueue.x-k8s.io/queue-name": "q" })
      yield* pass(2)
      assert.deepStrictEqual(yield* labelOf(world, "user"), { driver: "bob", "exec-1": "bob", "exec-2": "bob" })
      assert.deepStrictEqual(Object.values(yield* labelOf(world, "stage")), ["test", "test", "test"])
      assert.deepStrictEqual(Object.values(yield* labelOf(world, "kueue.x-k8s.io/queue-name")), ["", "", ""])
      const { status } = yield* world.reported("pi")
      assert.deepStrictEqual([status.applicationState.state, status.attempts?.length], ["RUNNING", 1])
      assert.lengthOf(world.driversEver(), 1)
    }),
  )

  it.effect("are set on executors that are created later, which have those of the submission", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const dynamicAllocation = { enabled: true, initialExecutors: 1, minExecutors: 1, maxExecutors: 3 }
      yield* world.apply(labelled({ dynamicAllocation }, { "run-seconds": "forever", dynamic: "1@0, 3@6" }))
      yield* pass(4)
      yield* label(world, { user: "bob" })
      yield* pass(8)
      const users = yield* labelOf(world, "user")
      assert.deepStrictEqual(users, { driver: "bob", "exec-1": "bob", "exec-2": "bob", "exec-3": "bob" })
      assert.deepInclude((yield* world.reported("pi")).status.executors, { running: 3, failed: 0 })
    }),
  )

  it.effect("do not hide the driver from its executors, also where spark-submit made its Service", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const dynamicAllocation = { enabled: true, initialExecutors: 1, minExecutors: 1, maxExecutors: 2 }
      const script = { "run-seconds": "forever", dynamic: "1@0, 2@10" }
      yield* world.apply(labelled({ dynamicAllocation, submission: { submitter: "job" } }, script))
      yield* pass(8)
      yield* label(world, { user: "bob" })
      yield* pass(12)
      assert.deepInclude((yield* world.reported("pi")).status.executors, { running: 2, failed: 0 })
      const { items } = yield* Effect.orDie(world.kube.list(services, { namespace: "default" }))
      const selectors = items.map(({ spec }) => spec?.selector?.["user"])
      assert.deepStrictEqual(
        [...new Set(selectors)],
        [undefined],
        "no Service selects by a label that may be edited again",
      )
    }),
  )

  it.effect("in the middle of a submission do not hide the driver from its executors", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      let refused = 0
      yield* world.startOperator(({ verb, resource }) =>
        verb === "create" && resource === "pods" && refused++ < 3 ? { _tag: "Respond", status: 503 } : undefined,
      )
      yield* world.apply(labelled())
      yield* pass(0.5)
      yield* label(world, { user: "bob" })
      yield* pass(20)
      assert.isAtLeast(refused, 4, "the Service was there before the driver")
      assert.deepInclude((yield* world.reported("pi")).status.executors, { running: 2, failed: 0 })
    }),
  )

  it.effect("are not set on a driver that its Service would lose", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(({ verb, resource }) =>
        verb === "patch" && resource === "services" ? { _tag: "Respond", status: 403 } : undefined,
      )
      yield* world.apply(labelled())
      yield* pass(4)
      yield* label(world, { user: "bob" })
      yield* pass(2)
      assert.strictEqual((yield* labelOf(world, "user"))["driver"], "alice")
    }),
  )

  it.effect("while no operator runs are found by the next one", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const first = yield* world.startOperator()
      yield* world.apply(labelled())
      yield* pass(4)
      yield* first.stop
      yield* label(world, { user: "bob" })
      yield* world.startOperator()
      yield* pass(2)
      assert.deepStrictEqual(yield* labelOf(world, "user"), { driver: "bob", "exec-1": "bob", "exec-2": "bob" })
    }),
  )

  it.effect("do not change what the spec sets for a role", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(labelled({ executor: { labels: { user: "carol" } } }))
      yield* pass(4)
      yield* label(world, { user: "bob" })
      yield* pass(2)
      assert.deepStrictEqual(yield* labelOf(world, "user"), { driver: "bob", "exec-1": "carol", "exec-2": "carol" })
    }),
  )

  it.effect("that cannot be written to the pods do not stop the run from being followed", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(({ verb, resource }) =>
        verb === "patch" && resource === "pods" ? { _tag: "Respond", status: 403 } : undefined,
      )
      yield* world.apply(labelled({}, { "run-seconds": "6" }))
      yield* pass(4)
      yield* label(world, { user: "bob" })
      yield* pass(10)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
    }),
  )

  it.effect("cause no request while they are what the pods have", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(labelled({}, { "run-seconds": "5" }))
      yield* pass(12)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      assert.isFalse(world.accesses().has("patch pods"))
    }),
  )
})
