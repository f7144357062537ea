/** A kind that knows no Spark, next to the operator's own in one list: what the operator gives to every element of it. */

import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Result, Scope } from "effect"
import { TestClock } from "effect/testing"
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import { crds } from "../../src/api/Crds.ts"
import { kinds } from "../../src/Kinds.ts"
import { Kube, type KubeApi } from "../../src/kube/Kube.ts"
import { leases, resource } from "../../src/kube/Resource.ts"
import * as Cluster from "../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../src/local/apiserver/EmbeddedKube.ts"
import { type FaultPlan, withFaults } from "../../src/local/apiserver/Faults.ts"
import { startOperator } from "../../src/Operator.ts"
import { decodeSettings } from "../../src/settings/Settings.ts"
import { Telemetry } from "../../src/telemetry/Telemetry.ts"
import { candidacy } from "../support/ElectionBench.ts"
import { sample } from "../support/MetricsText.ts"
import { pass } from "../support/OperatorBench.ts"
import { widgetCrd } from "../support/WidgetCluster.ts"
import { makeWidgetKind, type Widget, type WidgetLog, widgets } from "../support/WidgetKind.ts"

const definitions = resource<CustomResourceDefinition>(
  "apiextensions.k8s.io",
  "v1",
  "customresourcedefinitions",
  "CustomResourceDefinition",
)

const widget = (name: string, size: number) =>
  ({
    apiVersion: "example.com/v1",
    kind: "Widget",
    metadata: { name, namespace: "default" },
    spec: { size },
  }) as unknown as Widget

interface Operator {
  readonly kube: KubeApi
  readonly log: WidgetLog
  readonly telemetry: typeof Telemetry.Service
  /** Status and lines of a health endpoint. */
  readonly health: (path: string) => Effect.Effect<readonly [number, string]>
  readonly lost: Effect.Effect<never, { readonly message: string }>
}

/** An operator that stands for election, with widgets as one more element of its list of kinds. */
const start = Effect.fnUntraced(function* (
  check?: (key: string) => Effect.Effect<void>,
  faults: FaultPlan = () => undefined,
  flags: ReadonlyArray<string> = [],
): Effect.fn.Return<Operator, never, Scope.Scope> {
  const cluster = yield* Cluster.make({ seed: 3 })
  const kube = EmbeddedKube.make(cluster)
  for (const definition of [...crds, widgetCrd]) {
    yield* Effect.orDie(kube.create(definitions, "", definition as unknown as CustomResourceDefinition))
  }
  const log: WidgetLog = { reconciled: [], committed: [], leading: false }
  const args = ["--metrics-bind-address=0", "--health-probe-bind-address=127.0.0.1:0", "--shutdown-grace=0", ...flags]
  const settings = { ...Result.getOrThrow(decodeSettings(args, {})), election: candidacy("first") }
  const services = yield* Layer.build(
    Layer.mergeAll(
      Layer.succeed(Kube, EmbeddedKube.make(withFaults(cluster, faults))),
      Telemetry.layer({ serviceVersion: "0.0.0" }),
    ),
  )
  const scope = yield* Scope.make()
  const operator = yield* startOperator(settings, {}, [...kinds, makeWidgetKind(log, check)]).pipe(
    Effect.provideContext(services),
    Effect.provideService(Scope.Scope, scope),
    Effect.orDie,
  )
  // Time must pass for an operator to end.
  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      const closing = yield* Effect.forkDetach(Scope.close(scope, Exit.void))
      while (closing.pollUnsafe() === undefined) yield* TestClock.adjust(100)
    }),
  )
  yield* pass(1)
  return {
    kube,
    log,
    telemetry: Context.get(services, Telemetry),
    lost: operator.lost,
    health: (path) =>
      Effect.promise(async () => {
        const answer = await fetch(`${operator.healthUrl}${path}`, { headers: { connection: "close" } })
        return [answer.status, await answer.text()] as const
      }),
  }
})

describe("a kind in the list of the operator", () => {
  it.effect("is watched and reconciled, and its status writes are committed once", () =>
    Effect.gen(function* () {
      const { kube, log } = yield* start()
      yield* Effect.orDie(kube.create(widgets, "default", widget("chair", 3)))
      yield* pass(1)
      const { status } = yield* Effect.orDie(kube.get(widgets, "default", "chair"))
      assert.deepStrictEqual(status, { size: 3 })
      assert.deepStrictEqual(log.committed, ["chair 3"])
      assert.isTrue(log.leading)
      yield* Effect.orDie(kube.patch(widgets, "default", "chair", { type: "merge", body: { spec: { size: 4 } } }))
      yield* pass(1)
      assert.deepStrictEqual(log.committed, ["chair 3", "chair 4"])
    }),
  )

  it.effect("has a work queue of its own in the metrics", () =>
    Effect.gen(function* () {
      const { kube, telemetry, log } = yield* start()
      yield* Effect.orDie(kube.create(widgets, "default", widget("chair", 3)))
      yield* pass(1)
      const { body } = yield* telemetry.collect()
      const worked = sample(body, "workqueue_work_duration_seconds_count", { name: "widget_controller" })
      assert.strictEqual(worked, log.reconciled.length)
      assert.isAbove(worked ?? 0, 0)
      const ofOther = { name: "spark_application_controller" }
      assert.strictEqual(sample(body, "workqueue_adds_total", ofOther), 0)
      assert.isUndefined(sample(body, "workqueue_work_duration_seconds_count", ofOther))
    }),
  )

  it.effect("contributes to the health of the operator: its first list, and a reconcile that hangs", () =>
    Effect.gen(function* () {
      const starting = yield* start(undefined, ({ resource }) =>
        resource === "widgets" ? { _tag: "Hang" } : undefined,
      )
      assert.deepStrictEqual(yield* starting.health("/readyz"), [
        503,
        "failed\ncaches are not synced yet\nnot the leader: no replica holds the Lease\n",
      ])

      // The API server forbids to list namespaces.
      const unaware = yield* start(
        undefined,
        ({ resource }) =>
          resource === "namespaces" ? { _tag: "Respond", status: 403, message: "no right" } : undefined,
        ["--namespace-selector=team=a"],
      )
      const [unready, reasons] = yield* unaware.health("/readyz")
      assert.strictEqual(unready, 503)
      assert.match(reasons, /caches are not synced yet\nwatch namespaces failed \d+ times in a row: .*no right/)
      assert.strictEqual((yield* unaware.health("/healthz"))[0], 200)

      const { kube, health } = yield* start(() => Effect.uninterruptible(Effect.sleep("10 minutes")))
      assert.deepStrictEqual(yield* health("/readyz"), [200, "ok\n"])
      yield* Effect.orDie(kube.create(widgets, "default", widget("chair", 3)))
      yield* TestClock.adjust("400 seconds")
      const [status, text] = yield* health("/healthz")
      assert.strictEqual(status, 503)
      assert.match(text, /^failed\na reconcile of queue widget_controller has run for \d+ s\n$/)
      yield* TestClock.adjust("300 seconds")
    }),
  )

  it.effect("whose definition drops its status does nothing, says so, and resumes when the definition is right", () =>
    Effect.gen(function* () {
      const { kube, log, health, telemetry } = yield* start()
      const [version] = widgetCrd.spec.versions
      const path = "/spec/versions/0/schema/openAPIV3Schema/properties/status"
      const define = (value: object) =>
        Effect.orDie(
          kube.patch(definitions, "", "widgets.example.com", { type: "json", body: [{ op: "replace", path, value }] }),
        )
      const gauge = Effect.map(telemetry.collect(), ({ body }) =>
        sample(body, "spark_operator_definitions_incomplete", { definition: "widgets.example.com" }),
      )
      yield* define({ type: "object" })
      yield* Effect.orDie(kube.create(widgets, "default", widget("chair", 3)))
      yield* pass(2)
      assert.deepStrictEqual(log.committed, [])
      const problem =
        "the CustomResourceDefinition widgets.example.com lacks status.size; measurements wait until it is replaced: kubectl apply -f widgets.yaml"
      assert.deepStrictEqual(yield* health("/readyz"), [503, `failed\n${problem}\n`])
      assert.strictEqual((yield* health("/healthz"))[0], 200)
      assert.strictEqual(yield* gauge, 1)
      yield* define(version!.schema.openAPIV3Schema.properties.status)
      yield* pass(12)
      assert.deepStrictEqual(log.committed, ["chair 3"])
      assert.deepStrictEqual(yield* health("/readyz"), [200, "ok\n"])
      assert.strictEqual(yield* gauge, 0)
    }),
  )

  it.effect("stops when leadership is lost", () =>
    Effect.gen(function* () {
      const { kube, log, lost } = yield* start()
      const body = {
        spec: { holderIdentity: "second", leaseDurationSeconds: 3600, renewTime: "2037-01-01T00:00:00.000000Z" },
      }
      yield* Effect.orDie(kube.patch(leases, "default", "firesteel", { type: "merge", body }))
      yield* pass(15)
      assert.match((yield* Effect.flip(lost)).message, /lost the Lease default\/firesteel/)
      assert.isFalse(log.leading)
      const before = log.reconciled.length
      yield* Effect.orDie(kube.create(widgets, "default", widget("table", 2)))
      yield* pass(5)
      assert.strictEqual(log.reconciled.length, before)
      const { status } = yield* Effect.orDie(kube.get(widgets, "default", "table"))
      assert.isUndefined(status)
    }),
  )
})
