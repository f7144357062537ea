/**
 * A whole world in virtual time: the embedded cluster with the SparkApplication resource, the local kubelet, and operators that can be
 * started, stopped, and killed between any two of their requests.
 */

import { assert } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Result, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication, SparkApplicationSpec } from "../../src/api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../../src/api/application/SparkApplicationStatus.ts"
import { crds } from "../../src/api/Crds.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { Kube, type KubeApi } from "../../src/kube/Kube.ts"
import { reflect } from "../../src/kube/Reflector.ts"
import { configMaps, jobs, pods, type Resource, services } from "../../src/kube/Resource.ts"
import * as Cluster from "../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../src/local/apiserver/EmbeddedKube.ts"
import { type FaultPlan, withFaults } from "../../src/local/apiserver/Faults.ts"
import * as DeploymentController from "../../src/local/node/DeploymentController.ts"
import * as JobController from "../../src/local/node/JobController.ts"
import * as Kubelet from "../../src/local/node/Kubelet.ts"
import * as SparkPods from "../../src/local/spark/SparkPods.ts"
import { startOperator } from "../../src/Operator.ts"
import type { ElectionSettings } from "../../src/runtime/LeaderElection.ts"
import type { LeadershipLost } from "../../src/runtime/Leadership.ts"
import { decodeSettings } from "../../src/settings/Settings.ts"
import { Telemetry, type TelemetryApi } from "../../src/telemetry/Telemetry.ts"
import { type Access, rightsOf, type Witnessed, witnessing } from "./ChartRights.ts"
import { promising } from "./DriverPromise.ts"

const definitions: Resource<CustomResourceDefinition> = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
}

export interface RunningOperator {
  readonly telemetry: TelemetryApi
  /** Graceful: as on SIGTERM. */
  readonly stop: Effect.Effect<void>
  /** At once, with requests in flight: as on SIGKILL. */
  readonly kill: Effect.Effect<void>
  readonly lost: Effect.Effect<never, LeadershipLost>
  readonly consoleUrl: string | undefined
}

export interface World {
  /** The cluster as its other users see it: without faults. */
  readonly kube: KubeApi
  /** With a candidacy it stands by until it is elected; `exports` takes traces and logs. */
  readonly startOperator: (
    faults?: FaultPlan,
    flags?: ReadonlyArray<string>,
    exports?: Layer.Layer<never>,
    candidacy?: ElectionSettings,
  ) => Effect.Effect<RunningOperator>
  readonly apply: (application: SparkApplication) => Effect.Effect<SparkApplication>
  /** The state of an application; empty while it has none. */
  readonly stateOf: (name: string) => Effect.Effect<string>
  /** An application that has a status. */
  readonly reported: (name: string) => Effect.Effect<SparkApplication & { readonly status: SparkApplicationStatus }>
  /** Names of the pods, Services, ConfigMaps and Jobs of an application. */
  readonly objectsOf: (name: string) => Effect.Effect<ReadonlyArray<string>>
  readonly applications: Effect.Effect<ReadonlyArray<SparkApplication>>
  /** What operators of this world asked the API server for. The chart must give them the right to, or the test fails at its end. */
  readonly accesses: () => ReadonlySet<Access>
  /** Every driver pod that ever existed, by uid. */
  readonly driversEver: () => ReadonlyArray<Pod>
}

/** Lets time pass in small steps, so that everything keeps up as in real time. */
export const pass = (seconds: number): Effect.Effect<void> =>
  Effect.forEach(Array.from({ length: Math.round(seconds * 10) }), () => TestClock.adjust(100), { discard: true })

/** Waits for something that needs time to pass. */
const whileTimePasses = Effect.fnUntraced(function* (effect: Effect.Effect<void>) {
  const waiting = yield* Effect.forkDetach(effect)
  while (waiting.pollUnsafe() === undefined) yield* TestClock.adjust(100)
})

/** SparkPi; its driver's script and anything else of the spec as the test says. */
export const sparkPi = (
  name: string,
  script: Record<string, string> = {},
  spec: Partial<SparkApplicationSpec> = {},
): SparkApplication =>
  ({
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "SparkApplication",
    metadata: { name, namespace: "default" },
    spec: {
      type: "Scala",
      sparkVersion: "4.0.4",
      image: "spark:4.0.4",
      mainClass: "org.apache.spark.examples.SparkPi",
      mainApplicationFile: "local:///opt/spark/examples/jars/spark-examples.jar",
      ...spec,
      driver: {
        cores: 1,
        memory: "512m",
        annotations: Object.fromEntries(
          Object.entries(script).map(([key, value]) => [`local.firesteel.dev/${key}`, value]),
        ),
        ...spec.driver,
      },
      executor: { instances: 2, cores: 1, memory: "512m", ...spec.executor },
    },
  }) as SparkApplication

const quiet = [
  "--metrics-bind-address=0",
  "--health-probe-bind-address=0",
  "--shutdown-grace=0",
  "--spark-ui-access=proxy",
]

/** A fresh world; it ends with the scope of the test. */
export const makeWorld = Effect.gen(function* (): Effect.fn.Return<World, never, Scope.Scope> {
  const cluster = yield* Cluster.make({ seed: 1, podBackend: SparkPods.podBackend })
  const kube = EmbeddedKube.make(cluster)
  for (const crd of crds) yield* Effect.orDie(kube.create(definitions, "", crd as unknown as CustomResourceDefinition))
  yield* Effect.forkScoped(Effect.provideService(Kubelet.run(SparkPods.programs), Kube, kube))
  yield* Effect.forkScoped(Effect.provideService(JobController.run, Kube, kube))
  yield* Effect.forkScoped(Effect.provideService(DeploymentController.run, Kube, kube))

  const drivers = new Map<string, Pod>()
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(kube, pods, { labelSelector: "spark-role=driver" }).events, (event) =>
      Effect.sync(() => {
        if (event._tag === "Applied") drivers.set(event.object.metadata?.uid ?? "", event.object)
      }),
    ),
  )
  const world = yield* Effect.scope
  const witnessed: Witnessed = { asked: new Set(), denied: new Set() }
  const broken: Array<string> = []
  const promised = promising(cluster, () => [...drivers.values()], broken)
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      assert.deepStrictEqual([...witnessed.denied], [], "the chart gives the operator no right to")
      assert.deepStrictEqual(broken, [], "a state promised a driver pod")
    }),
  )

  return {
    kube,
    accesses: () => witnessed.asked,
    driversEver: () => [...drivers.values()],
    startOperator: Effect.fnUntraced(function* (
      faults = () => undefined,
      flags = [],
      exports = Layer.empty,
      candidacy,
    ) {
      const args = [...quiet, ...flags]
      const settings = Result.getOrThrow(decodeSettings(args, {}))
      const scope = yield* Scope.make()
      let alive = true
      const faulty = EmbeddedKube.make(withFaults(promised, (request) => (alive ? faults(request) : { _tag: "Hang" })))
      const services = yield* Layer.build(
        Layer.mergeAll(
          exports,
          Layer.succeed(Kube, witnessing(faulty, rightsOf(args, candidacy !== undefined), witnessed)),
          Telemetry.layer({ serviceVersion: "0.0.0" }),
        ),
      ).pipe(Effect.provideService(Scope.Scope, scope))
      const operator = yield* startOperator({ ...settings, election: candidacy }, {}).pipe(
        Effect.provideContext(services),
        Effect.provideService(Scope.Scope, scope),
        Effect.orDie,
      )
      yield* whileTimePasses(operator.ready)
      const close = whileTimePasses(Scope.close(scope, Exit.void))
      // Time must pass for an operator to end, also at the end of a test.
      yield* Scope.addFinalizer(world, close)
      return {
        lost: operator.lost,
        consoleUrl: operator.consoleUrl,
        telemetry: Context.get(services, Telemetry),
        stop: close,
        kill: Effect.andThen(
          Effect.sync(() => {
            alive = false
          }),
          close,
        ),
      }
    }),
    apply: (application) => Effect.orDie(kube.create(sparkApplications, "default", application)),
    stateOf: (name) =>
      Effect.orDie(
        Effect.map(kube.get(sparkApplications, "default", name), ({ status }) => status?.applicationState.state ?? ""),
      ),
    reported: (name) =>
      Effect.orDie(
        Effect.map(kube.get(sparkApplications, "default", name), ({ status, ...application }) =>
          status === undefined ? assert.fail(`${name} has no status`) : { ...application, status },
        ),
      ),
    objectsOf: (name) =>
      Effect.orDie(
        Effect.forEach([pods, services, configMaps, jobs] as ReadonlyArray<Resource>, (resource) =>
          Effect.map(kube.list(resource, { labelSelector: `sparkoperator.k8s.io/app-name=${name}` }), ({ items }) =>
            items.map(({ metadata }) => metadata?.name ?? ""),
          ),
        ).pipe(Effect.map((names) => names.flat())),
      ),
    applications: Effect.orDie(Effect.map(kube.list(sparkApplications, {}), ({ items }) => items)),
  }
})
