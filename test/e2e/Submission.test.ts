/**
 * Submissions that an operator began, and another one finds, of which no status says anything: the first operator dies when one of the
 * objects has just been created, and something happens before the other one starts.
 */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ConfigMap } from "kubernetes-types/core/v1"
import type { SparkApplicationSpec } from "../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { runSpecHash } from "../../src/application/RunSpec.ts"
import { configMaps, jobs, pods, type Resource } from "../../src/kube/Resource.ts"
import type { FaultPlan } from "../../src/local/apiserver/Faults.ts"
import * as Labels from "../../src/spark/Labels.ts"
import { submissionId } from "../../src/spark/submit/Submission.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

/**
 * The process ends when its `last` object was created, before it hears of that: it changes nothing more. Reads are still answered, so that the
 * caches of other kinds are filled and it counts as started.
 */
const dyingAfter = (last: number) => {
  let created = 0
  const plan: FaultPlan = ({ verb, resource }) => {
    if (created >= last && verb !== "list" && verb !== "watch") return { _tag: "Hang" }
    if (verb !== "create" || resource === "events") return undefined
    created++
    return created === last ? { _tag: "DropAfter" } : undefined
  }
  return { plan, died: () => created >= last }
}

const monitoring = { exposeDriverMetrics: true, exposeExecutorMetrics: false, metricsProperties: "*.sink.x.class=X" }
const specs: Readonly<Record<string, Partial<SparkApplicationSpec>>> = {
  natively: { monitoring },
  "by a Job": { monitoring, submission: { submitter: "job" } },
}

const edit = (world: World, spec: object) =>
  Effect.orDie(world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body: { spec } }))

const living = (world: World) =>
  Effect.orDie(
    Effect.map(
      world.kube.list(pods, { namespace: "default", labelSelector: "spark-role=driver" }),
      ({ items }) => items,
    ),
  )

interface Interruption {
  readonly title: string
  readonly happens: (world: World) => Effect.Effect<unknown>
  /** What must be so in the end. */
  readonly then: (world: World, where: string) => Effect.Effect<void>
}

const interruptions: ReadonlyArray<Interruption> = [
  {
    title: "finishes it, as the attempt that it is",
    happens: () => pass(7),
    then: Effect.fnUntraced(function* (world, where) {
      const { metadata, status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "RUNNING", where)
      assert.strictEqual(status.submissionID, submissionId(metadata.uid, 1), where)
      assert.deepStrictEqual(
        [status.attempts?.length, status.executionAttempts, status.submissionAttempts],
        [1, 1, 1],
        where,
      )
      assert.lengthOf(world.driversEver(), 1, where)
      assert.deepStrictEqual(
        status.children?.map(({ name, state }) => [name, state]),
        [
          ["pi-prom-conf", "Created"],
          ["pi-ui-svc", "Created"],
        ],
        where,
      )
      const started = Date.parse(status.attempts?.[0]?.startTime ?? "")
      assert.isBelow(
        started,
        Date.parse(metadata.creationTimestamp ?? "") + 4000,
        `${where}: it began before the crash`,
      )
    }),
  },
  {
    title: "and its spec was edited: runs the new spec, and leaves nothing of the old one",
    happens: (world) => edit(world, { arguments: ["7"], monitoring: null }),
    then: Effect.fnUntraced(function* (world, where) {
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "RUNNING", where)
      const [driver, ...others] = yield* living(world)
      assert.isEmpty(others, where)
      assert.strictEqual(driver?.metadata?.annotations?.[Labels.runSpecHash], status.runSpecHash, where)
      assert.strictEqual(driver?.metadata?.labels?.[Labels.submissionId], status.submissionID, where)
      assert.deepInclude(status.attempts?.[0], { number: 1, result: "Stopped", reason: "SpecChanged" }, where)
      assert.lengthOf(status.attempts ?? [], 2, where)
      const { items } = yield* Effect.orDie(world.kube.list<ConfigMap>(configMaps, { namespace: "default" }))
      const left = items.filter(({ metadata }) => {
        const id = metadata?.labels?.[Labels.submissionId]
        return metadata?.name === "pi-prom-conf" || (id !== undefined && id !== status.submissionID)
      })
      assert.deepStrictEqual(
        left.map(({ metadata }) => metadata?.name),
        [],
        where,
      )
    }),
  },
  {
    title: "and the name of its driver was edited: there are never two drivers",
    happens: (world) => edit(world, { driver: { podName: "another-driver" } }),
    then: Effect.fnUntraced(function* (world, where) {
      const names = (yield* living(world)).map(({ metadata }) => metadata?.name)
      assert.deepStrictEqual(names, ["another-driver"], where)
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING", where)
    }),
  },
  {
    title: "and it was suspended: leaves nothing",
    happens: (world) => edit(world, { suspend: true }),
    then: Effect.fnUntraced(function* (world, where) {
      assert.strictEqual(yield* world.stateOf("pi"), "SUSPENDED", where)
      assert.deepStrictEqual(yield* world.objectsOf("pi"), [], where)
      yield* edit(world, { suspend: false })
      yield* pass(8)
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING", where)
    }),
  },
  {
    title: "and its spec cannot be submitted any more: fails and leaves nothing, unless its driver exists already",
    happens: (world) => edit(world, { sparkVersion: "1.6" }),
    then: Effect.fnUntraced(function* (world, where) {
      const { status } = yield* world.reported("pi")
      if (world.driversEver().length > 0) return assert.strictEqual(status.applicationState.state, "RUNNING", where)
      assert.strictEqual(status.applicationState.state, "FAILED", where)
      assert.deepInclude(status.attempts?.[0], { result: "SubmissionFailed", reason: "InvalidSpec" }, where)
      assert.deepStrictEqual(yield* world.objectsOf("pi"), [], where)
    }),
  },
]

describe("an operator that finds a submission which the status does not record", { timeout: 60_000 }, () => {
  for (const [how, spec] of Object.entries(specs)) {
    it.effect.each(interruptions)(`${how}, $title`, ({ happens, then }) =>
      Effect.gen(function* () {
        for (let last = 1; ; last++) {
          const died = yield* Effect.scoped(
            Effect.gen(function* () {
              const world = yield* makeWorld
              const death = dyingAfter(last)
              const first = yield* world.startOperator(death.plan)
              yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }, spec))
              yield* pass(0.3)
              yield* first.kill
              if (!death.died() || (yield* world.stateOf("pi")) !== "") return false
              yield* happens(world)
              yield* world.startOperator()
              yield* pass(20)
              yield* then(world, `killed after object ${last}`)
              return true
            }),
          )
          if (!died) {
            assert.isAbove(last, 3, "a submission has more objects than this")
            break
          }
        }
      }),
    )
  }
})

describe("a submission during which the API server fails", () => {
  const failing =
    (down: () => boolean): FaultPlan =>
    ({ verb, resource }) =>
      down() && verb === "create" && resource === "pods" ? { _tag: "Respond", status: 503 } : undefined

  it.effect("is retried under the same id, and says after some seconds what it waits for", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      let down = true
      yield* world.startOperator(failing(() => down))
      yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }))
      yield* pass(3)
      const { items } = yield* Effect.orDie(world.kube.list(sparkApplications, {}))
      assert.isUndefined(items[0]?.status, "a short failure writes nothing")
      yield* pass(12)
      const { metadata, status } = yield* world.reported("pi")
      assert.deepStrictEqual(status.applicationState, {})
      assert.strictEqual(status.waiting?.reason, "Unavailable")
      const submitted = status.conditions?.find(({ type }) => type === "Submitted")
      assert.deepInclude(submitted, { status: "False", reason: "Unavailable" })
      assert.deepInclude(status.attempts?.[0], { startTime: "1970-01-01T00:00:00Z", number: 1 })
      down = false
      yield* pass(25)
      const after = (yield* world.reported("pi")).status
      assert.deepStrictEqual([after.applicationState.state, after.waiting], ["RUNNING", undefined])
      assert.strictEqual(after.attempts?.[0]?.submissionID, submissionId(metadata.uid, 1))
      assert.lengthOf(after.attempts ?? [], 1)
    }),
  )

  it.effect("fails at its deadline, which counts from its begin, with the error", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(failing(() => true))
      yield* world.apply(sparkPi("pi", {}, { deadlines: { submittedSeconds: 20 } }))
      yield* pass(35)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "FAILED")
      assert.match(status.applicationState.errorMessage ?? "", /within 20 s \(spec\.deadlines\.submittedSeconds\): /)
      assert.deepStrictEqual(yield* world.objectsOf("pi"), [])
    }),
  )
})

describe("a driver whose creation was not answered, and that was gone before the operator could look again", () => {
  it.effect("has run, and is not submitted again", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      let created = false
      let down = false
      yield* world.startOperator(({ verb, resource }) => {
        if (verb === "watch") return undefined
        if (down) return { _tag: "Respond", status: 503 }
        if (created || verb !== "create" || resource !== "pods") return undefined
        created = true
        down = true
        return { _tag: "DropAfter" }
      })
      yield* world.apply(sparkPi("pi", { "run-seconds": "1" }))
      yield* pass(5)
      const [driver] = yield* living(world)
      assert.strictEqual(driver?.status?.phase, "Succeeded")
      assert.strictEqual(yield* world.stateOf("pi"), "")
      yield* Effect.orDie(world.kube.delete(pods, "default", "pi-driver"))
      yield* pass(2)
      down = false
      yield* pass(60)
      const { status } = yield* world.reported("pi")
      assert.deepStrictEqual([status.applicationState.state, status.executionAttempts], ["COMPLETED", 1])
      assert.lengthOf(world.driversEver(), 1)
    }),
  )
})

describe("an attempt that an earlier version recorded before its submission", () => {
  /** That version made ids from the time as well, so this one cannot make it again. */
  const oldId = "8e9c1f0a-5b7d-8c3e-9f21-6a4b0d2c7e55"

  /** The status of an application as that version wrote it first. */
  const recorded = Effect.fnUntraced(function* (world: World, spec: Partial<SparkApplicationSpec>) {
    const application = yield* world.apply(sparkPi("pi", { "run-seconds": "5" }, spec))
    const attempt = { number: 1, submissionID: oldId, startTime: "1970-01-01T00:00:00Z" }
    const status = {
      applicationState: { state: "" },
      driverInfo: { podName: "pi-driver" },
      submissionID: oldId,
      lastSubmissionAttemptTime: attempt.startTime,
      submissionAttempts: 1,
      runSpecHash: runSpecHash(application.spec),
      attempts: [spec.submission === undefined ? attempt : { ...attempt, submitter: "job" }],
    }
    yield* Effect.orDie(
      world.kube.patch(sparkApplications, "default", "pi", { type: "merge", subresource: "status", body: { status } }),
    )
  })

  /** Objects of that version have no annotations of the operator. */
  const withoutAnnotations = Effect.fnUntraced(function* (world: World) {
    const annotations = { [Labels.runSpecHash]: null, [Labels.submissionRecord]: null }
    const body = { metadata: { annotations } }
    for (const resource of [configMaps, pods, jobs] as ReadonlyArray<Resource>) {
      const { items } = yield* world.kube.list(resource, { namespace: "default" })
      for (const { metadata } of items) {
        yield* world.kube.patch(resource, "default", metadata?.name ?? "", { type: "merge", body })
      }
    }
  }, Effect.orDie)

  const completes = Effect.fnUntraced(function* (world: World, where: string) {
    const { status } = yield* world.reported("pi")
    assert.strictEqual(status.applicationState.state, "COMPLETED", where)
    assert.deepInclude(status.attempts?.[0], { number: 1, submissionID: oldId, result: "Succeeded" }, where)
    assert.lengthOf(status.attempts ?? [], 1, where)
    assert.lengthOf(world.driversEver(), 1, where)
    const ids = new Set(world.driversEver().map(({ metadata }) => metadata?.labels?.[Labels.submissionId]))
    assert.deepStrictEqual([...ids], [oldId], where)
  })

  for (const [how, spec] of Object.entries(specs)) {
    it.effect(`${how}: is carried out under its id, however much of it exists`, () =>
      Effect.gen(function* () {
        for (const last of [0, 1, 2, 3, 4]) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const world = yield* makeWorld
              yield* recorded(world, spec)
              if (last > 0) {
                const first = yield* world.startOperator(dyingAfter(last).plan)
                yield* pass(0.3)
                yield* first.kill
                yield* withoutAnnotations(world)
              }
              yield* world.startOperator()
              yield* pass(20)
              yield* completes(world, `${last} objects`)
            }),
          )
        }
      }),
    )
  }

  it.effect("continues to run when it is RUNNING at the upgrade, and is restarted when its spec is edited", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* recorded(world, {})
      const first = yield* world.startOperator()
      yield* pass(2)
      yield* first.kill
      yield* withoutAnnotations(world)
      yield* world.startOperator()
      yield* pass(2)
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING")
      assert.lengthOf(world.driversEver(), 1)
      yield* edit(world, { arguments: ["7"] })
      yield* pass(3)
      const { metadata, status } = yield* world.reported("pi")
      assert.strictEqual(status.submissionID, submissionId(metadata.uid, 2))
      assert.lengthOf(world.driversEver(), 2)
    }),
  )

  it.effect("completes when only its ConfigMap exists, without the entries that this version has in it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { plan, died } = dyingAfter(1)
      const first = yield* world.startOperator(plan)
      yield* world.apply(sparkPi("pi", { "run-seconds": "5" }))
      yield* pass(1)
      assert.isTrue(died())
      yield* first.kill
      const inDefault = { namespace: "default" }
      const [made] = (yield* Effect.orDie(world.kube.list<ConfigMap>(configMaps, inDefault))).items
      const { "podspec-configmap-key": template, ...data } = made!.data ?? {}
      assert.isDefined(template)
      yield* Effect.orDie(world.kube.delete(configMaps, "default", made!.metadata!.name!))
      const { resourceVersion: _version, uid: _uid, ...metadata } = made!.metadata!
      yield* Effect.orDie(world.kube.create(configMaps, "default", { ...made!, metadata, data }))
      yield* world.startOperator()
      yield* pass(4)
      const [replaced] = (yield* Effect.orDie(world.kube.list<ConfigMap>(configMaps, inDefault))).items
      assert.deepStrictEqual(replaced?.data?.["podspec-configmap-key"], template)
      yield* pass(8)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      assert.strictEqual(status.executors?.succeeded, 2)
      assert.lengthOf(world.driversEver(), 1)
    }),
  )
})
