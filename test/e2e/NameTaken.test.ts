/** Objects whose name is in use at the moment they are created: by one that vanishes, or by what an earlier application left. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { configMaps, events, type KubeObject, type Resource, services } from "../../src/kube/Resource.ts"
import type { FaultPlan } from "../../src/local/apiserver/Faults.ts"
import { claimName, everyObject, installVolcano, objectFlags, podGroups } from "../support/EveryObject.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

/** The first creations of this resource are refused because of an object that nothing else ever sees: it is deleted before it is read. */
const vanishing = (resource: string, times: number): FaultPlan => {
  let left = times
  return (request) =>
    request.verb === "create" && request.resource === resource && left-- > 0
      ? { _tag: "Respond", status: 409, reason: "AlreadyExists", message: `${resource} already exists` }
      : undefined
}

const natively = [
  "pods",
  "services",
  "configmaps",
  "persistentvolumeclaims",
  "networkpolicies",
  "ingresses",
  "poddisruptionbudgets",
  "podgroups",
]

describe(
  "a name that is in use when an object is created, and free when the object is read",
  { timeout: 60_000 },
  () => {
    it.effect.each(natively)("delays nothing: %s", (resource) =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        yield* installVolcano(world)
        let refused = 0
        const plan = vanishing(resource, 1)
        yield* world.startOperator((request) => {
          const fault = plan(request)
          if (fault) refused += 1
          return fault
        }, objectFlags)
        yield* world.apply(sparkPi("pi", { "run-seconds": "3" }, everyObject))
        yield* pass(3)
        assert.strictEqual(refused, 1, "the operator creates this kind of object")
        const { status } = yield* world.reported("pi")
        assert.strictEqual(status.applicationState.state, "RUNNING")
        assert.isEmpty(status.children?.filter(({ state }) => state !== "Created"))
        yield* pass(8)
        assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      }),
    )

    it.effect.each(["jobs", "configmaps", "podgroups"])("delays nothing where a Job submits: %s", (resource) =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        yield* installVolcano(world)
        yield* world.startOperator(vanishing(resource, 1), objectFlags)
        yield* world.apply(sparkPi("pi", { "run-seconds": "3" }, { ...everyObject, submission: { submitter: "job" } }))
        yield* pass(25)
        assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      }),
    )

    it.effect.each(natively)("is not final, however often it happens: %s", (resource) =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        yield* installVolcano(world)
        yield* world.startOperator(vanishing(resource, 12), objectFlags)
        yield* world.apply(sparkPi("pi", { "run-seconds": "60" }, everyObject))
        yield* pass(50)
        const { status } = yield* world.reported("pi")
        assert.strictEqual(status.applicationState.state, "RUNNING")
        assert.strictEqual(status.attempts?.length, 1)
      }),
    )
  },
)

const claims: Resource = { group: "", version: "v1", plural: "persistentvolumeclaims", kind: "PersistentVolumeClaim" }
const ingresses: Resource = { group: "networking.k8s.io", version: "v1", plural: "ingresses", kind: "Ingress" }
const budgets: Resource = {
  group: "policy",
  version: "v1",
  plural: "poddisruptionbudgets",
  kind: "PodDisruptionBudget",
}

const hold = (world: World, resource: Resource, name: string, finalizers: ReadonlyArray<string>) =>
  Effect.orDie(
    world.kube.patch<KubeObject>(resource, "default", name, { type: "merge", body: { metadata: { finalizers } } }),
  )

/** An application is deleted, and created again while this object of it still exists. */
const recreated = Effect.fnUntraced(function* (resource: Resource, name: string) {
  const world = yield* makeWorld
  yield* installVolcano(world)
  yield* world.startOperator(undefined, objectFlags)
  yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }, everyObject))
  yield* pass(4)
  yield* hold(world, resource, name, ["example.com/hold"])
  yield* Effect.orDie(world.kube.delete(sparkApplications, "default", "pi"))
  yield* pass(3)
  const old = yield* Effect.orDie(world.kube.get<KubeObject>(resource, "default", name))
  assert.isString(old.metadata?.deletionTimestamp)
  yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }, everyObject))
  yield* pass(4)
  return world
})

describe("an application that is created again while an object of the earlier one exists", { timeout: 60_000 }, () => {
  it.effect.each<readonly [string, string, Resource]>([
    ["PodGroup", "spark-pi-pg", podGroups],
    ["ConfigMap", "pi-prom-conf", configMaps],
    ["PersistentVolumeClaim", claimName, claims],
  ])("waits for it if the driver needs one of that name: %s", ([kind, name, resource]) =>
    Effect.gen(function* () {
      const world = yield* recreated(resource, name)
      const { status } = yield* world.reported("pi")
      assert.deepStrictEqual([status.attempts?.length, status.attempts?.[0]?.result], [1, undefined])
      assert.strictEqual(status.waiting?.reason, "EarlierObjectExists")
      const why = new RegExp(
        `^${kind} ${name} of an earlier run still exists: its deletion is due at .*example.com/hold$`,
      )
      assert.match(status.waiting?.message ?? "", why)
      assert.lengthOf(world.driversEver(), 1)
      yield* hold(world, resource, name, [])
      yield* pass(8)
      const after = (yield* world.reported("pi")).status
      assert.deepStrictEqual([after.applicationState.state, after.waiting], ["RUNNING", undefined])
      assert.lengthOf(world.driversEver(), 2)
    }),
  )

  it.effect.each<readonly [string, string, Resource]>([
    ["Service", "pi-ui-svc", services],
    ["Ingress", "pi-ui-ingress", ingresses],
    ["PodDisruptionBudget", "pi-driver", budgets],
  ])("runs without it meanwhile if the driver does not need it: %s", ([kind, name, resource]) =>
    Effect.gen(function* () {
      const world = yield* recreated(resource, name)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "RUNNING")
      const child = status.children?.find((child) => child.kind === kind && child.name === name)
      assert.deepInclude(child, { state: "Failed", reason: "EarlierObjectExists" })
      yield* hold(world, resource, name, [])
      yield* pass(12)
      const children = (yield* world.reported("pi")).status.children
      assert.isEmpty(children?.filter(({ state }) => state !== "Created"))
    }),
  )

  it.effect("fails with the cause if the object does not go away before the deadline", () =>
    Effect.gen(function* () {
      const world = yield* recreated(podGroups, "spark-pi-pg")
      const spec = { deadlines: { submittedSeconds: 10 } }
      yield* Effect.orDie(world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body: { spec } }))
      yield* pass(15)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "FAILED")
      assert.match(
        status.applicationState.errorMessage ?? "",
        /submittedSeconds\): PodGroup spark-pi-pg of an earlier run/,
      )
    }),
  )

  it.effect("is refused at once if the object is that of another owner", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* installVolcano(world)
      const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } }
      const claim: KubeObject & { readonly spec: object } = { metadata: { name: claimName }, spec }
      yield* Effect.orDie(world.kube.create(claims, "default", claim))
      yield* world.startOperator(undefined, objectFlags)
      yield* world.apply(sparkPi("pi", {}, everyObject))
      yield* pass(3)
      assert.strictEqual(yield* world.stateOf("pi"), "FAILED")
      const { items } = yield* Effect.orDie(world.kube.list(events, { namespace: "default" }))
      const failed = items.find(({ reason }) => reason === "SparkApplicationSubmissionFailed")
      assert.match(failed?.message ?? "", /pi-scratch exists already and does not belong to this application/)
    }),
  )
})
