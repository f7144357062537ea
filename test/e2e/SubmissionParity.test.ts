/** Whole lives of applications whose objects are just those of spark-submit: without our labels, everything is still found and cleaned up. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { configMaps, type Resource, services } from "../../src/kube/Resource.ts"
import type { FaultPlan, FaultRequest } from "../../src/local/apiserver/Faults.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

const policies: Resource = {
  group: "networking.k8s.io",
  version: "v1",
  plural: "networkpolicies",
  kind: "NetworkPolicy",
}
const claims: Resource = { group: "", version: "v1", plural: "persistentvolumeclaims", kind: "PersistentVolumeClaim" }

const strict = ["--submission-parity=strict", "--enable-ui-service=false"]
const volume = "spark.kubernetes.driver.volumes.persistentVolumeClaim.data"
const spec = {
  sparkVersion: "4.3.0",
  sparkConf: {
    [`${volume}.mount.path`]: "/data",
    [`${volume}.options.claimName`]: "OnDemand",
    [`${volume}.options.storageClass`]: "fast",
    [`${volume}.options.sizeLimit`]: "1Gi",
  },
}

const objects = (world: World, resource: Resource) =>
  Effect.orDie(Effect.map(world.kube.list(resource, { namespace: "default" }), ({ items }) => items))

/** How many Services, ConfigMaps, NetworkPolicies and claims of drivers there are; the executors' own ConfigMap is not counted. */
const counts = (world: World) =>
  Effect.forEach([services, configMaps, policies, claims] as ReadonlyArray<Resource>, (resource) =>
    Effect.map(
      objects(world, resource),
      (items) => items.filter(({ metadata }) => !/-exec-/.test(metadata?.name ?? "")).length,
    ),
  )

describe("strict parity", () => {
  it.effect("creates Spark's objects without labels of the operator, owned by the application", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, strict)
      yield* world.apply(sparkPi("pi", { "run-seconds": "5" }, spec))
      yield* pass(3)
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING")
      assert.deepStrictEqual(yield* counts(world), [1, 2, 1, 1])
      for (const resource of [services, policies, claims] as ReadonlyArray<Resource>) {
        const [object] = yield* objects(world, resource)
        assert.deepStrictEqual(Object.keys(object?.metadata?.labels ?? {}), ["spark-app-selector"], resource.plural)
        assert.strictEqual(object?.metadata?.ownerReferences?.[0]?.kind, "SparkApplication", resource.plural)
      }
      yield* pass(10)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
    }),
  )

  it.effect("leaves nothing of an earlier attempt behind", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, strict)
      const restartPolicy = { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } as const
      yield* world.apply(sparkPi("pi", { "run-seconds": "8", "exit-codes": "1,0" }, { ...spec, restartPolicy }))
      yield* pass(3)
      const isSecond = Effect.map(
        world.reported("pi"),
        ({ status }) => status.executionAttempts === 2 && status.applicationState.state === "RUNNING",
      )
      for (let second = 0; second < 30 && !(yield* isSecond); second++) yield* pass(1)
      assert.isTrue(yield* isSecond)
      assert.deepStrictEqual(yield* counts(world), [1, 2, 1, 1])
    }),
  )

  const deaths: Readonly<Record<string, (request: FaultRequest) => boolean>> = {
    "before the Service": ({ resource }) => resource === "services",
    "after the ConfigMaps": ({ resource, name }) => resource === "configmaps" && name?.endsWith("conf-map") === true,
    "at the driver pod": ({ resource }) => resource === "pods",
  }
  for (const [when, fatal] of Object.entries(deaths)) {
    it.effect(`finds its objects again when the operator dies ${when}`, () =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        let dead = false
        const plan: FaultPlan = (request) => {
          if (dead) return { _tag: "Hang" }
          dead = request.verb === "create" && fatal(request)
          return dead ? { _tag: "DropAfter" } : undefined
        }
        const first = yield* world.startOperator(plan, strict)
        yield* world.apply(sparkPi("pi", { "run-seconds": "3" }, spec))
        yield* pass(2)
        assert.isTrue(dead)
        yield* first.kill
        yield* world.startOperator(undefined, strict)
        yield* pass(12)
        const { status } = yield* world.reported("pi")
        assert.strictEqual(status.applicationState.state, "COMPLETED")
        assert.strictEqual(status.executionAttempts, 1)
        assert.lengthOf(world.driversEver(), 1)
      }),
    )
  }
})
