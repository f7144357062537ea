/**
 * kubeflow's definition of SparkApplication takes the place of ours while applications are submitted, run and end: the API server then drops
 * from the status what the operator has to remember.
 */

import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import type { Attempt } from "../../src/api/application/SparkApplicationStatus.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { events, pods } from "../../src/kube/Resource.ts"
import { foreignDefinition, olderDefinition, ourDefinition, redefine } from "../support/ForeignDefinition.ts"
import { sample } from "../support/MetricsText.ts"
import { makeWorld, pass, type RunningOperator, sparkPi, type World } from "../support/OperatorBench.ts"

/** Lines of the operator's log at level error. */
const errorLog = () => {
  const errors: Array<string> = []
  const logger = Logger.make(({ logLevel, message }) => {
    if (logLevel === "Error" || logLevel === "Fatal") errors.push([message].flat().map(String).join(" "))
  })
  return { errors, layer: Logger.layer([logger]) as Layer.Layer<never> }
}

const started = Effect.fnUntraced(function* () {
  const world = yield* makeWorld
  const { errors, layer } = errorLog()
  const start = world.startOperator(undefined, undefined, layer)
  return { world, errors, start, operator: yield* start }
})

/** Objects that have the Event about the definition, once for each time that it was recorded. */
const told = Effect.fnUntraced(function* ({ kube }: World) {
  const { items } = yield* Effect.orDie(kube.list(events, { namespace: "default" }))
  const ours = items.filter(({ reason }) => reason === "DefinitionIncomplete")
  return ours
    .flatMap(({ involvedObject, count }) => Array.from({ length: count ?? 1 }, () => involvedObject.name))
    .sort()
})

const states = (world: World, ...names: ReadonlyArray<string>) => Effect.forEach(names, (name) => world.stateOf(name))

const driversOf = (world: World, name: string) =>
  world.driversEver().filter(({ metadata }) => metadata?.labels?.["sparkoperator.k8s.io/app-name"] === name)

const incomplete = Effect.fnUntraced(function* (operator: RunningOperator) {
  const { body } = yield* operator.telemetry.collect()
  return sample(body, "spark_operator_definitions_incomplete", {
    definition: "sparkapplications.sparkoperator.k8s.io",
  })
})

/** An attempt without what was read of its driver meanwhile. */
const recorded = ({ usage, ...attempt }: Attempt) => ({ ...attempt, counted: usage?.counted })

describe("a definition that is not ours", () => {
  it.effect(
    "applied while applications are submitted, run and end: nothing happens twice, it is said once, and it heals",
    () =>
      Effect.gen(function* () {
        const { world, errors, operator } = yield* started()
        yield* world.apply(sparkPi("long", { "run-seconds": "60" }))
        yield* world.apply(sparkPi("short", { "run-seconds": "10" }))
        yield* pass(5)
        assert.deepStrictEqual(yield* states(world, "long", "short"), ["RUNNING", "RUNNING"])
        assert.strictEqual(yield* incomplete(operator), 0)

        yield* redefine(world.kube, foreignDefinition)
        yield* pass(2)
        const names = ["a", "b", "c"]
        for (const name of names) yield* world.apply(sparkPi(name, { "run-seconds": "3" }))
        yield* pass(20)
        assert.deepStrictEqual(yield* states(world, "long", "short"), ["RUNNING", "COMPLETED"])
        for (const name of ["long", "short", ...names]) assert.isAtMost(driversOf(world, name).length, 1, name)
        for (const name of ["b", "c"]) assert.deepStrictEqual(yield* world.objectsOf(name), [], name)
        assert.lengthOf(errors, 1)
        assert.match(
          errors[0]!,
          /^the CustomResourceDefinition sparkapplications\.sparkoperator\.k8s\.io lacks status\..*; submissions and restarts wait until it is replaced: kubectl apply --server-side --force-conflicts -f crds\/, or helm upgrade firesteel-crds/,
        )
        assert.strictEqual(yield* incomplete(operator), 1)

        yield* redefine(world.kube, ourDefinition)
        yield* pass(40)
        for (const name of ["long", "short", ...names]) {
          const { status } = yield* world.reported(name)
          assert.strictEqual(status.applicationState.state, "COMPLETED", name)
          assert.deepStrictEqual(
            status.attempts?.map(({ result }) => result),
            ["Succeeded"],
            name,
          )
          assert.strictEqual(status.conditions?.find(({ type }) => type === "Succeeded")?.status, "True", name)
          assert.strictEqual(status.submissionAttempts, 1, name)
          assert.lengthOf(driversOf(world, name), 1, name)
        }
        assert.strictEqual(yield* incomplete(operator), 0)
        assert.lengthOf(errors, 1)
        // Whether there is an Event for `long` depends on whether its progress was to be written meanwhile.
        const namesTold = yield* told(world)
        assert.deepStrictEqual(
          namesTold.filter((name) => name !== "long"),
          ["a", "b", "c", "short"],
        )
        assert.strictEqual(namesTold.length, new Set(namesTold).size, "one Event for each")
      }),
  )

  it.effect("that is there when the operator starts is noticed before anything is submitted", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* redefine(world.kube, foreignDefinition)
      const { errors, layer } = errorLog()
      yield* world.startOperator(undefined, undefined, layer)
      for (const name of ["a", "b"]) yield* world.apply(sparkPi(name, { "run-seconds": "3" }))
      yield* pass(30)
      assert.deepStrictEqual(world.driversEver(), [])
      for (const { metadata, status } of yield* world.applications) {
        assert.deepStrictEqual([status, yield* world.objectsOf(metadata.name)], [undefined, []])
      }
      assert.lengthOf(errors, 1)
      assert.deepStrictEqual(yield* told(world), ["a", "b"])
      yield* redefine(world.kube, ourDefinition)
      yield* pass(30)
      assert.deepStrictEqual(yield* states(world, "a", "b"), ["COMPLETED", "COMPLETED"])
      assert.lengthOf(world.driversEver(), 2)
    }),
  )

  it.effect("of an earlier version counts, too, although it lacks one nested field", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* redefine(world.kube, olderDefinition())
      const { errors, layer } = errorLog()
      yield* world.startOperator(undefined, undefined, layer)
      yield* world.apply(sparkPi("pi"))
      yield* pass(5)
      assert.deepStrictEqual(world.driversEver(), [])
      assert.match(errors.join(), /lacks status\.attempts\[\]\.failure; submissions/)
    }),
  )

  it.effect(
    "does not restart a run whose spec is edited meanwhile, and follows it; it is restarted when that is ours again",
    () =>
      Effect.gen(function* () {
        const { world, errors } = yield* started()
        for (const name of ["long", "short"]) {
          yield* world.apply(sparkPi(name, { "run-seconds": name === "long" ? "60" : "20" }))
        }
        yield* pass(5)
        yield* redefine(world.kube, foreignDefinition)
        yield* pass(2)
        const body = { spec: { arguments: ["7"] } }
        // Nothing was written since, so the edits are the first to show it.
        for (const name of ["long", "short"]) {
          yield* Effect.orDie(world.kube.patch(sparkApplications, "default", name, { type: "merge", body }))
        }
        yield* pass(25)
        assert.lengthOf(errors, 1)
        assert.deepStrictEqual(yield* states(world, "long", "short"), ["RUNNING", "COMPLETED"])
        for (const name of ["long", "short"]) {
          assert.lengthOf(driversOf(world, name), 1)
          assert.isUndefined(driversOf(world, name)[0]?.metadata?.deletionTimestamp)
        }
        yield* redefine(world.kube, ourDefinition)
        yield* pass(20)
        assert.deepStrictEqual(yield* states(world, "long", "short"), ["RUNNING", "RUNNING"])
        const results = yield* Effect.forEach(["long", "short"], (name) =>
          Effect.map(world.reported(name), ({ status }) => status.attempts?.map(({ result }) => result)),
        )
        assert.deepStrictEqual(results, [
          ["Stopped", undefined],
          ["Succeeded", undefined],
        ])
      }),
  )

  it.effect("keeps its record of an application that another client edits meanwhile", () =>
    Effect.gen(function* () {
      const { world, errors } = yield* started()
      yield* world.apply(sparkPi("pi", { "run-seconds": "60" }))
      yield* pass(8)
      const before = yield* world.reported("pi")
      yield* redefine(world.kube, foreignDefinition)
      const body = { metadata: { annotations: { edited: "yes" } } }
      yield* Effect.orDie(world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body }))
      yield* pass(5)
      assert.isUndefined((yield* world.reported("pi")).status.attempts)
      assert.lengthOf(errors, 1)
      yield* redefine(world.kube, ourDefinition)
      yield* pass(15)
      const { attempts, conditions, children } = (yield* world.reported("pi")).status
      assert.deepStrictEqual(
        [attempts?.map(recorded), conditions, children],
        [before.status.attempts?.map(recorded), before.status.conditions, before.status.children],
      )
    }),
  )

  it.effect("is not what removes fields of a status by hand", () =>
    Effect.gen(function* () {
      const { world, errors, operator } = yield* started()
      yield* world.apply(sparkPi("pi", { "run-seconds": "60" }))
      yield* pass(8)
      const body = { status: { conditions: null, executors: null } }
      yield* Effect.orDie(
        world.kube.patch(sparkApplications, "default", "pi", { type: "merge", subresource: "status", body }),
      )
      yield* pass(5)
      assert.deepStrictEqual([errors, yield* told(world), yield* incomplete(operator)], [[], [], 0])
      const { status } = yield* world.reported("pi")
      assert.deepStrictEqual([status.applicationState.state, status.executors?.running], ["RUNNING", 2])
    }),
  )

  it.effect(
    "leaves failed runs as they are until their retry can be remembered, and the retries that were used stay used",
    () =>
      Effect.gen(function* () {
        const { world } = yield* started()
        const restartPolicy = { type: "OnFailure", onFailureRetries: 2, onFailureRetryInterval: 10 } as const
        yield* world.apply(sparkPi("pi", { "run-seconds": "2", "exit-codes": "1,1,1,1,1" }, { restartPolicy }))
        yield* pass(8)
        assert.strictEqual(yield* world.stateOf("pi"), "FAILING")
        yield* redefine(world.kube, foreignDefinition)
        // The write of the state in which the run is deleted is the first to show it.
        yield* pass(20)
        assert.include(yield* world.objectsOf("pi"), "pi-driver")
        assert.lengthOf(driversOf(world, "pi"), 1)
        yield* redefine(world.kube, ourDefinition)
        yield* pass(60)
        const { status } = yield* world.reported("pi")
        assert.strictEqual(status.applicationState.state, "FAILED")
        assert.lengthOf(driversOf(world, "pi"), 3)
        assert.deepStrictEqual(
          status.attempts?.map(({ number, result }) => [number, result]),
          [
            [1, "Failed"],
            [2, "Failed"],
            [3, "Failed"],
          ],
        )
      }),
  )

  it.effect("still lets users suspend and delete", () =>
    Effect.gen(function* () {
      const { world } = yield* started()
      for (const name of ["suspended", "deleted"]) yield* world.apply(sparkPi(name, { "run-seconds": "60" }))
      yield* pass(5)
      yield* redefine(world.kube, foreignDefinition)
      yield* world.apply(sparkPi("other"))
      yield* pass(5)
      const body = { spec: { suspend: true } }
      yield* Effect.orDie(world.kube.patch(sparkApplications, "default", "suspended", { type: "merge", body }))
      yield* Effect.orDie(world.kube.delete(sparkApplications, "default", "deleted"))
      yield* pass(10)
      assert.strictEqual(yield* world.stateOf("suspended"), "SUSPENDED")
      for (const name of ["suspended", "deleted"]) assert.deepStrictEqual(yield* world.objectsOf(name), [], name)
    }),
  )

  it.effect("makes an operator that starts meanwhile forget nothing of what is not written meanwhile", () =>
    Effect.gen(function* () {
      const { world, operator, start } = yield* started()
      const restartPolicy = { type: "OnFailure", onFailureRetries: 2, onFailureRetryInterval: 1 } as const
      yield* world.apply(sparkPi("ended", { "run-seconds": "2", "exit-codes": "1,0" }, { restartPolicy }))
      yield* world.apply(sparkPi("runs", { "run-seconds": "15", "exit-codes": "1,0" }, { restartPolicy }))
      yield* world.apply(sparkPi("stopped", { "run-seconds": "60" }, { suspend: true }))
      yield* pass(20)
      const names = ["ended", "runs", "stopped"]
      assert.deepStrictEqual(yield* states(world, ...names), ["COMPLETED", "RUNNING", "SUSPENDED"])
      const past = Effect.forEach(names, (name) =>
        Effect.map(world.reported(name), ({ status }) =>
          status.attempts?.map(({ number, startTime }) => [number, startTime]),
        ),
      )
      const before = yield* past
      yield* operator.kill
      yield* redefine(world.kube, foreignDefinition)
      yield* start
      yield* pass(3)
      yield* redefine(world.kube, ourDefinition)
      yield* pass(20)
      assert.deepStrictEqual(yield* past, before)
      assert.deepStrictEqual(yield* states(world, ...names), ["COMPLETED", "COMPLETED", "SUSPENDED"])
      assert.lengthOf(world.driversEver(), 4)
    }),
  )

  it.effect("while the operator is killed and starts again: no run is submitted twice, and none is lost", () =>
    Effect.gen(function* () {
      const { world, operator, start } = yield* started()
      yield* world.apply(sparkPi("long", { "run-seconds": "90" }))
      yield* world.apply(sparkPi("short", { "run-seconds": "10" }))
      yield* pass(5)
      yield* redefine(world.kube, foreignDefinition)
      yield* pass(2)
      yield* world.apply(sparkPi("late", { "run-seconds": "3" }))
      yield* pass(3)
      yield* operator.kill
      const second = yield* start
      yield* pass(15)
      yield* second.kill
      yield* start
      yield* pass(15)
      assert.deepStrictEqual(yield* states(world, "long", "short"), ["RUNNING", "COMPLETED"])
      yield* redefine(world.kube, ourDefinition)
      yield* pass(80)
      for (const name of ["long", "short", "late"]) {
        const { status } = yield* world.reported(name)
        assert.strictEqual(status.applicationState.state, "COMPLETED", name)
        assert.lengthOf(driversOf(world, name), 1, name)
        assert.isTrue(
          status.attempts?.every(({ result }) => result === "Succeeded"),
          name,
        )
      }
      const { items } = yield* Effect.orDie(world.kube.list(pods, { namespace: "default" }))
      assert.isAtMost(items.length, 3)
    }),
  )
})
