/** Drivers that have a node and do not start: the cause is in the status within seconds, wherever Kubernetes reports it. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ConfigMap } from "kubernetes-types/core/v1"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { configMaps, events, pods } from "../../src/kube/Resource.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

const statusOf = (world: World, name: string) => Effect.map(world.reported(name), ({ status }) => status)

const pendingNotes = (world: World) =>
  Effect.orDie(
    Effect.map(world.kube.list(events, { namespace: "default" }), ({ items }) =>
      items.filter(({ reason }) => reason === "SparkDriverPending").map(({ message }) => message),
    ),
  )

const cm = (name: string): ConfigMap => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default" },
})

const driver = { cores: 1, memory: "512m" } as const
const volume = (name: string, source: object) => ({ volumes: [{ name, ...source }] })
const mounted = (...names: ReadonlyArray<string>) => ({
  driver: { ...driver, volumeMounts: names.map((name) => ({ name, mountPath: `/${name}` })) },
})
const missing = { ...mounted("c"), ...volume("c", { configMap: { name: "nowhere" } }) }

describe("a driver that does not start", { timeout: 60_000 }, () => {
  it.effect.each([
    ['configmap "nowhere" not found', { configMap: { name: "nowhere" } }],
    ['secret "nowhere" not found', { secret: { secretName: "nowhere" } }],
  ] as const)("since of a volume the %s says so in status, condition and Event", ([why, source]) =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", {}, { ...mounted("c"), ...volume("c", source) }))
      yield* pass(8)
      const status = yield* statusOf(world, "pi")
      const message = `MountVolume.SetUp failed for volume "c" : ${why}`
      assert.strictEqual(status.applicationState.state, "SUBMITTED")
      assert.deepInclude(status.waiting, { reason: "FailedMount", message })
      const running = status.conditions?.find(({ type }) => type === "Running")
      assert.deepInclude(running, { status: "False", reason: "FailedMount", message })
      assert.deepStrictEqual(yield* pendingNotes(world), [`Driver pi-driver is waiting: FailedMount: ${message}`])
    }),
  )

  it.effect("starts when the ConfigMap is created, and waits for nothing then", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }, missing))
      yield* pass(8)
      yield* Effect.orDie(world.kube.create(configMaps, "default", cm("nowhere")))
      yield* pass(5)
      const status = yield* statusOf(world, "pi")
      assert.deepStrictEqual([status.applicationState.state, status.waiting], ["RUNNING", undefined])
    }),
  )

  it.effect.each([
    [
      "FailedAttachVolume",
      'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) other',
      "ContainerStart",
    ],
    ["FailedMapVolume", 'MapVolume.SetUpDevice failed for volume "raw"', "ContainerStart"],
    ["FailedCreatePodSandBox", "Failed to create pod sandbox: plugin type=calico failed (add)", "ContainerStart"],
    ["NetworkNotReady", "network is not ready: cni plugin not initialized", "ContainerStart"],
    ["FailedPrepareDynamicResources", "Failed to prepare dynamic resources: gpu is gone", "ContainerStart"],
  ] as const)("for %s says so within seconds, and when its deadline passes", ([reason, message, failure]) =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const script = { "start-fails": `${reason}: ${message}` }
      yield* world.apply(sparkPi("pi", script, { deadlines: { startedSeconds: 20 } }))
      yield* pass(8)
      assert.deepInclude((yield* statusOf(world, "pi")).waiting, { reason, message })
      yield* pass(20)
      const status = yield* statusOf(world, "pi")
      const text = `driver did not start within 20 s (spec.deadlines.startedSeconds): ${message}`
      assert.deepInclude(status.attempts?.at(-1), { result: "Failed", reason, failure, message: text })
      assert.strictEqual(status.applicationState.errorMessage, text)
    }),
  )

  it.effect("says so also to an operator that starts later, and for as long as it lasts", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const first = yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "start-fails": "FailedAttachVolume: no", "start-fails-seconds": "400" }))
      yield* pass(2)
      yield* first.stop
      yield* pass(30)
      yield* world.startOperator()
      yield* pass(2)
      assert.deepInclude((yield* statusOf(world, "pi")).waiting, { reason: "FailedAttachVolume", message: "no" })
      yield* pass(300)
      assert.deepInclude((yield* statusOf(world, "pi")).waiting, { reason: "FailedAttachVolume", message: "no" })
    }),
  )

  it.effect("for an init container that runs for long names it, and since when", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const init = { ...driver, initContainers: [{ name: "wait-db", image: "busybox" }] }
      const annotations = { "local.firesteel.dev/init-seconds": "forever" }
      const spec = { driver: { ...init, annotations }, deadlines: { startedSeconds: 60 } }
      yield* world.apply(sparkPi("pi", {}, spec))
      yield* pass(8)
      assert.isUndefined((yield* statusOf(world, "pi")).waiting, "an ordinary init container takes a while")
      yield* pass(6)
      const { waiting } = yield* statusOf(world, "pi")
      assert.strictEqual(waiting?.reason, "PodInitializing")
      assert.match(waiting?.message ?? "", /^init container wait-db has been running since 1970-01-01T00:00:0\dZ$/)
      yield* pass(60)
      const attempt = (yield* statusOf(world, "pi")).attempts?.at(-1)
      assert.deepInclude(attempt, { reason: "PodInitializing", failure: "InitContainer" })
      assert.match(attempt?.message ?? "", /startedSeconds\): init container wait-db has been running since/)
    }),
  )

  it.effect("runs, and says why its executors do not", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const executor = { instances: 2, volumeMounts: [{ name: "c", mountPath: "/c" }] }
      yield* world.apply(
        sparkPi("pi", { "run-seconds": "forever" }, { ...volume("c", { configMap: { name: "nowhere" } }), executor }),
      )
      yield* pass(8)
      assert.isUndefined((yield* statusOf(world, "pi")).waiting, "an ordinary start takes a while")
      yield* pass(8)
      const status = yield* statusOf(world, "pi")
      assert.deepStrictEqual([status.applicationState.state, status.waiting?.reason], ["RUNNING", "FailedMount"])
      const message =
        /executor pi-[0-9a-f]+-exec-1: MountVolume.SetUp failed for volume "c" : configmap "nowhere" not found/
      assert.match(status.waiting?.message ?? "", message)
      const { items } = yield* Effect.orDie(world.kube.list(events, { namespace: "default" }))
      const notes = items.filter(({ reason, type }) => reason === "SparkExecutorPending" && type === "Warning")
      assert.strictEqual(notes.length, 1)
      assert.match(notes[0]?.message ?? "", message)
      yield* Effect.orDie(world.kube.create(configMaps, "default", cm("nowhere")))
      yield* pass(5)
      assert.isUndefined((yield* statusOf(world, "pi")).waiting)
    }),
  )

  it.effect("as the Job that submits it says so, too", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", {}, { ...missing, submission: { submitter: "job" } }))
      yield* pass(12)
      const { waiting } = yield* statusOf(world, "pi")
      assert.strictEqual(waiting?.reason, "FailedMount")
      assert.match(waiting?.message ?? "", /MountVolume.SetUp failed for volume "c" : configmap "nowhere" not found/)
    }),
  )

  it.effect("is not reported for an ordinary start, and no Events are asked for then", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, ["--follow-probes=false"])
      yield* world.apply(sparkPi("pi", { "run-seconds": "2" }))
      yield* world.apply(sparkPi("slow", { "pull-seconds": "4", "run-seconds": "2" }))
      yield* pass(12)
      assert.strictEqual(yield* world.stateOf("slow"), "COMPLETED")
      assert.deepStrictEqual(yield* pendingNotes(world), [])
      assert.isFalse(world.accesses().has("watch events"))
    }),
  )
})

const finalizers = (world: World, values: ReadonlyArray<string>) =>
  Effect.orDie(
    world.kube.patch(pods, "default", "pi-driver", { type: "merge", body: { metadata: { finalizers: values } } }),
  )
/** A world in which `pi` runs, and its driver pod has a finalizer that is not removed. */
const worldWithHeldDriver = Effect.gen(function* () {
  const world = yield* makeWorld
  yield* world.startOperator()
  yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }))
  yield* pass(3)
  yield* finalizers(world, ["example.com/hold"])
  return world
})
const held =
  /driver pod pi-driver of the earlier run still exists: its deletion is due at \S+Z, and its finalizers are not removed: example\.com\/hold/
const conditionOf = (world: World, type: string) =>
  Effect.map(statusOf(world, "pi"), ({ conditions }) => conditions?.find((condition) => condition.type === type))
const edit = (world: World, spec: object) =>
  Effect.orDie(world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body: { spec } }))

describe("a pod of an earlier run that does not go away", { timeout: 60_000 }, () => {
  it.effect("is named while the application is PENDING_RERUN, until it is gone", () =>
    Effect.gen(function* () {
      const world = yield* worldWithHeldDriver
      yield* edit(world, { arguments: ["10"] })
      yield* pass(3)
      assert.isUndefined((yield* statusOf(world, "pi")).waiting, "an ordinary deletion takes a while")
      yield* pass(9)
      const { applicationState, waiting } = yield* statusOf(world, "pi")
      assert.deepStrictEqual([applicationState.state, waiting?.reason], ["PENDING_RERUN", "DriverPodExists"])
      assert.match(waiting?.message ?? "", held)
      assert.match((yield* conditionOf(world, "Running"))?.message ?? "", held)
      const { items } = yield* world.kube.list(events, { namespace: "default" })
      const notes = items.filter(({ reason }) => reason === "SparkApplicationPendingRerun")
      assert.strictEqual(notes.length, 1)
      assert.match(notes[0]?.message ?? "", held)
      yield* finalizers(world, [])
      yield* pass(10)
      const after = yield* statusOf(world, "pi")
      assert.deepStrictEqual([after.applicationState.state, after.waiting], ["RUNNING", undefined])
    }),
  )

  it.effect("is named while the application is SUSPENDING, until it is gone", () =>
    Effect.gen(function* () {
      const world = yield* worldWithHeldDriver
      yield* edit(world, { suspend: true })
      yield* pass(12)
      const { applicationState, waiting } = yield* statusOf(world, "pi")
      assert.strictEqual(applicationState.state, "SUSPENDING")
      assert.match(waiting?.message ?? "", held)
      yield* finalizers(world, [])
      yield* pass(8)
      const after = yield* statusOf(world, "pi")
      assert.deepStrictEqual([after.applicationState.state, after.waiting], ["SUSPENDED", undefined])
    }),
  )

  it.effect("is named with its finalizers when it was of a deleted application, also by the deadline", () =>
    Effect.gen(function* () {
      const world = yield* worldWithHeldDriver
      yield* Effect.orDie(world.kube.delete(sparkApplications, "default", "pi"))
      yield* pass(3)
      yield* world.apply(sparkPi("pi", {}, { deadlines: { submittedSeconds: 20 } }))
      yield* pass(3)
      const why =
        /driver pod pi-driver of an earlier run still exists: its deletion is due at \S+, and its finalizers .*: example\.com\/hold/
      assert.match((yield* statusOf(world, "pi")).waiting?.message ?? "", why)
      yield* pass(25)
      assert.match((yield* statusOf(world, "pi")).applicationState.errorMessage ?? "", why)
    }),
  )
})
