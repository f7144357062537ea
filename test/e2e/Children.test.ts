/** Companion objects of drivers over the whole life of applications: created, followed, replaced and deleted, without delaying the run. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ConfigMap, Service } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { configMaps, events, type Resource, services } from "../../src/kube/Resource.ts"
import type { FaultPlan } from "../../src/local/apiserver/Faults.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

const ingresses: Resource = { group: "networking.k8s.io", version: "v1", plural: "ingresses", kind: "Ingress" }
const budgets: Resource = {
  group: "policy",
  version: "v1",
  plural: "poddisruptionbudgets",
  kind: "PodDisruptionBudget",
}

const everything = [
  "--enable-driver-pdb",
  "--ingress-url-format=https://spark.example.com/{{$appNamespace}}/{{$appName}}",
]

const spec = {
  driverPodDisruptionBudget: true,
  driverIngressOptions: [{ servicePort: 8888, servicePortName: "notebook" }],
  monitoring: { exposeDriverMetrics: true, exposeExecutorMetrics: true, metricsProperties: "*.sink.x.class=X" },
}

const rich = (script: Readonly<Record<string, string>>, more: object = {}): SparkApplication =>
  sparkPi("pi", script, { ...spec, ...more })

/** Names of the children of `pi` that exist; the driver's own Service and ConfigMaps, named after their submission, are not asked for. */
const childrenOf = (world: World) =>
  Effect.forEach([services, configMaps, ingresses, budgets] as ReadonlyArray<Resource>, (resource) =>
    Effect.map(world.kube.list(resource, { namespace: "default" }), ({ items }) =>
      items
        .map(({ metadata }) => metadata?.name ?? "")
        .filter((name) => !/-svc$|conf-map$/.test(name) || name.endsWith("-ui-svc")),
    ),
  ).pipe(
    Effect.map((names) => names.flat()),
    Effect.orDie,
  )

const conditionOf = (application: SparkApplication) =>
  application.status?.conditions?.find(({ type }) => type === "ChildrenReady")

const refuse =
  (plural: string, status: number, until: () => boolean = () => true): FaultPlan =>
  (request) =>
    request.verb === "create" && request.resource === plural && until() ? { _tag: "Respond", status } : undefined

const all = ["pi-driver-8888", "pi-ui-svc", "pi-prom-conf", "pi-ui-ingress", "pi-driver"]

describe("companion objects of a driver", () => {
  it.effect("exist while it runs, are reported in the status, and are deleted when the application has ended", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, everything)
      yield* world.apply(rich({ "run-seconds": "5" }))
      yield* pass(3)
      assert.sameMembers([...(yield* childrenOf(world))], all)
      const running = yield* world.reported("pi")
      assert.deepStrictEqual(
        running.status.children?.map(({ name, state }) => [name, state]),
        ["pi-prom-conf", "pi-ui-svc", "pi-ui-ingress", "pi-driver-8888", "pi-driver"].map((name) => [name, "Created"]),
      )
      assert.strictEqual(conditionOf(running)?.status, "True")
      const { driverInfo } = running.status
      assert.strictEqual(driverInfo.webUIServiceName, "pi-ui-svc")
      assert.strictEqual(driverInfo.webUIPort, 4040)
      assert.strictEqual(driverInfo.webUIIngressAddress, "https://spark.example.com/default/pi")
      yield* pass(8)
      const ended = yield* world.reported("pi")
      assert.strictEqual(ended.status.applicationState.state, "COMPLETED")
      assert.deepStrictEqual(yield* childrenOf(world), [])
      assert.isUndefined(ended.status.children)
      assert.deepStrictEqual(ended.status.driverInfo, { podName: "pi-driver" })
    }),
  )

  it.effect("that cannot be created are reported and retried, and delay neither driver nor application", () =>
    Effect.gen(function* () {
      for (const status of [403, 422, 500]) {
        const world = yield* makeWorld
        let broken = true
        yield* world.startOperator(
          refuse("ingresses", status, () => broken),
          everything,
        )
        yield* world.apply(rich({ "run-seconds": "60" }))
        yield* pass(5)
        const running = yield* world.reported("pi")
        assert.strictEqual(running.status.applicationState.state, "RUNNING", String(status))
        const condition = conditionOf(running)
        assert.strictEqual(condition?.status, "False")
        assert.match(condition?.message ?? "", /^Ingress pi-ui-ingress: /)
        const told = yield* world.kube.list(events, { namespace: "default" })
        assert.lengthOf(
          told.items.filter(({ reason }) => reason === "SparkChildFailed"),
          1,
        )
        broken = false
        yield* pass(32)
        assert.strictEqual(conditionOf(yield* world.reported("pi"))?.status, "True")
        assert.sameMembers([...(yield* childrenOf(world))], all)
        yield* pass(30)
        assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
        assert.deepStrictEqual(yield* childrenOf(world), [])
      }
    }),
  )

  it.effect("whose creation hangs are postponed, and the end of the driver is still observed", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(
        ({ verb, resource }) => (verb === "create" && resource === "ingresses" ? { _tag: "Hang" } : undefined),
        everything,
      )
      yield* world.apply(rich({ "run-seconds": "3" }))
      yield* pass(20)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
    }),
  )

  it.effect("that the driver needs fail the submission if they are rejected", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.kube.create(configMaps, "default", { metadata: { name: "pi-prom-conf" } })
      yield* world.startOperator(undefined, everything)
      yield* world.apply(rich({ "run-seconds": "1" }))
      yield* pass(4)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "FAILED")
      assert.match(status.applicationState.errorMessage ?? "", /pi-prom-conf exists already and does not belong/)
      assert.lengthOf(world.driversEver(), 0)
      yield* world.kube.get(configMaps, "default", "pi-prom-conf")
    }),
  )

  it.effect("of a kind that the cluster does not serve are named when the submission fails", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, ["--enable-batch-scheduler"])
      yield* world.apply(sparkPi("pi", {}, { batchScheduler: "volcano" }))
      yield* pass(3)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "FAILED")
      assert.match(
        status.applicationState.errorMessage ?? "",
        /^PodGroup spark-pi-pg: .*PodGroup of scheduling\.volcano\.sh\/v1beta1; is its definition installed\?$/,
      )
      assert.lengthOf(world.driversEver(), 0)
    }),
  )

  it.effect("of another owner are neither changed nor deleted", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const stranger: Service = { metadata: { name: "pi-ui-svc" }, spec: { ports: [{ port: 1 }] } }
      yield* world.kube.create(services, "default", stranger)
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "4" }))
      yield* pass(3)
      assert.strictEqual(conditionOf(yield* world.reported("pi"))?.reason, "NameConflict")
      yield* pass(40)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      const kept = yield* world.kube.get(services, "default", "pi-ui-svc")
      assert.strictEqual(kept.spec?.ports?.[0]?.port, 1)
    }),
  )

  it.effect("follow a change of the spec: new ones are created, old ones deleted", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, everything)
      yield* world.apply(rich({ "run-seconds": "30" }))
      yield* pass(3)
      const body = {
        spec: {
          driverPodDisruptionBudget: false,
          driverIngressOptions: [{ servicePort: 9999, servicePortName: "notebook" }],
          monitoring: { metricsProperties: "*.sink.y.class=Y" },
        },
      }
      yield* world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body })
      yield* pass(8)
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING")
      assert.sameMembers(
        [...(yield* childrenOf(world))],
        ["pi-driver-9999", "pi-ui-svc", "pi-prom-conf", "pi-ui-ingress"],
      )
      const metrics: ConfigMap = yield* world.kube.get(configMaps, "default", "pi-prom-conf")
      assert.deepStrictEqual(metrics.data, { "metrics.properties": "*.sink.y.class=Y" })
    }),
  )

  it.effect("are created again for the new run after a failure", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, everything)
      const restartPolicy = { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } as const
      yield* world.apply(rich({ "run-seconds": "5", "exit-codes": "1,0" }, { restartPolicy }))
      yield* pass(3)
      const uid = Effect.map(world.kube.get(services, "default", "pi-ui-svc"), ({ metadata }) => metadata?.uid)
      const first = yield* uid
      yield* pass(6)
      assert.strictEqual(yield* world.stateOf("pi"), "RUNNING")
      assert.notStrictEqual(yield* uid, first)
      yield* pass(8)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      assert.deepStrictEqual(yield* childrenOf(world), [])
    }),
  )

  it.effect("do not exist while the application is suspended, and after it was deleted", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, everything)
      yield* world.apply(rich({ "run-seconds": "30" }))
      yield* pass(3)
      const suspend = (value: boolean) =>
        world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body: { spec: { suspend: value } } })
      yield* suspend(true)
      yield* pass(5)
      assert.strictEqual(yield* world.stateOf("pi"), "SUSPENDED")
      assert.deepStrictEqual(yield* childrenOf(world), [])
      yield* suspend(false)
      yield* pass(4)
      assert.sameMembers([...(yield* childrenOf(world))], all)
      yield* world.kube.delete(sparkApplications, "default", "pi")
      yield* pass(10)
      assert.deepStrictEqual(yield* childrenOf(world), [])
    }),
  )

  it.effect("that this operator does not create are named in a warning", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator(undefined, ["--enable-ui-service=false"])
      yield* world.apply(sparkPi("pi", { "run-seconds": "5" }, { driverPodDisruptionBudget: true }))
      yield* pass(3)
      assert.deepStrictEqual(yield* childrenOf(world), [])
      const { status } = yield* world.reported("pi")
      assert.isUndefined(status.children)
      const accepted = status.conditions?.find(({ type }) => type === "Accepted")
      assert.match(accepted?.message ?? "", /--enable-driver-pdb/)
    }),
  )

  it.effect(
    "delay neither the start nor the end of a run in the status, however long the API server takes for them",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        yield* world.startOperator(({ resource, name }) =>
          resource === "services" && name === "pi-ui-svc" ? { _tag: "Delay", seconds: 6 } : undefined,
        )
        yield* world.apply(sparkPi("pi", { "run-seconds": "20" }))
        yield* pass(3)
        assert.strictEqual(yield* world.stateOf("pi"), "RUNNING")
        assert.strictEqual((yield* world.reported("pi")).status.children?.[0]?.state, "Pending")
        yield* pass(15)
        assert.include(yield* world.objectsOf("pi"), "pi-ui-svc")
        yield* pass(4)
        const ended = (yield* world.reported("pi")).status
        assert.strictEqual(ended.applicationState.state, "COMPLETED")
        assert.isBelow(Date.parse(ended.applicationState.since!) - Date.parse(ended.terminationTime!), 2000)
        yield* pass(25)
        assert.notInclude(yield* world.objectsOf("pi"), "pi-ui-svc")
        assert.isUndefined((yield* world.reported("pi")).status.children)
      }),
  )
})
