/** After all examples have run, every number on `/metrics` is compared with the objects in the API; and again after a restart. */

import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../../src/api/application/SparkApplicationStatus.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { arrivalPhases, attemptPhases, phases } from "../../src/application/lifecycle/running/Timeline.ts"
import { applicationReasons } from "../../src/application/telemetry/KnownValues.ts"
import { readExamples } from "../../src/cli/local/Examples.ts"
import { seriesName } from "../../src/Instruments.ts"
import { reflect } from "../../src/kube/Reflector.ts"
import { configMaps, type KubeObject, pods, type Resource } from "../../src/kube/Resource.ts"
import { sample } from "../support/MetricsText.ts"
import { makeWorld, pass, type World } from "../support/OperatorBench.ts"

/** Every status that was ever written, by submission: counts of earlier attempts are in no status any more. */
const witness = Effect.fnUntraced(function* (world: World) {
  const last = new Map<string, SparkApplicationStatus>()
  const podsEver = new Set<string>()
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(world.kube, sparkApplications).events, (event) =>
      Effect.sync(() => {
        const status = event._tag === "Applied" ? event.object.status : undefined
        if (status?.submissionID) last.set(status.submissionID, status)
      }),
    ),
  )
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(world.kube, pods, { labelSelector: "spark-role" }).events, (event) =>
      Effect.sync(() => {
        if (event._tag === "Applied") podsEver.add(event.object.metadata?.uid ?? "")
      }),
    ),
  )
  return { last, podsEver }
})

/** What of the examples an application needs here; service accounts and roles are not checked by the embedded cluster. */
const resources: Readonly<Record<string, Resource<KubeObject>>> = {
  SparkApplication: sparkApplications as Resource<KubeObject>,
  ConfigMap: configMaps as Resource<KubeObject>,
  Secret: { group: "", version: "v1", plural: "secrets", kind: "Secret" },
}

const sum = <A>(items: Iterable<A>, of: (item: A) => number) => [...items].reduce((total, item) => total + of(item), 0)

/** What exists now: also true for an operator that has just started. */
const gauges = (applications: ReadonlyArray<SparkApplication>, runningExecutors: number) => ({
  "spark.application.running": sum(applications, (it) => (it.status?.applicationState.state === "RUNNING" ? 1 : 0)),
  "spark.application.state": applications.length,
  "spark.executor.running": runningExecutors,
})

const counters = (applications: ReadonlyArray<SparkApplication>, last: ReadonlyMap<string, SparkApplicationStatus>) => {
  const inState = (state: string) => sum(applications, (it) => (it.status?.applicationState.state === state ? 1 : 0))
  const attempts = applications.flatMap((it) => it.status?.attempts ?? [])
  const afterFailure = applications.flatMap((it) =>
    (it.status?.attempts ?? [])
      .slice(0, -1)
      .filter(({ result }) => result === "Failed" || result === "SubmissionFailed"),
  )
  return {
    "spark.application.created": applications.length,
    "spark.application.submitted": sum(attempts, ({ submittedTime }) => (submittedTime ? 1 : 0)),
    "spark.application.submission.failed": sum(attempts, ({ result }) => (result === "SubmissionFailed" ? 1 : 0)),
    "spark.application.succeeded": inState("COMPLETED"),
    "spark.application.failed": inState("FAILED"),
    "spark.application.retries": afterFailure.length,
    "spark.executor.succeeded": sum(last.values(), ({ executors }) => executors?.succeeded ?? 0),
    "spark.executor.failed": sum(last.values(), ({ executors }) => executors?.failed ?? 0),
  } as const
}

/** How often each phase and each reason of a failed attempt is in the statuses. */
const timeline = (applications: ReadonlyArray<SparkApplication>) => {
  const spans = applications.flatMap((it) => [
    ...(refusedFirst(it) ? [] : arrivalPhases(it)),
    ...(it.status?.attempts ?? []).flatMap(attemptPhases),
  ])
  const failures = applications.flatMap((it) => it.status?.attempts ?? []).flatMap(({ failure }) => failure ?? [])
  return {
    phases: Object.fromEntries(phases.map((name) => [name, sum(spans, ({ phase }) => (phase === name ? 1 : 0))])),
    seconds: sum(spans, ({ from, to }) => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000)),
    failures: Object.fromEntries(
      applicationReasons.map((reason) => [reason, sum(failures, (it) => (it === reason ? 1 : 0))]),
    ),
  }
}

const refusedFirst = ({ status }: SparkApplication) =>
  status?.conditions?.some(({ type, status }) => type === "Accepted" && status === "False")

const timelineOf = (body: string | Uint8Array): ReturnType<typeof timeline> => {
  const name = "spark_application_phase_duration_seconds"
  const of = (reason: string) => [reason, sample(body, "spark_application_attempt_failed_total", { reason }) ?? NaN]
  return {
    phases: Object.fromEntries(phases.map((phase) => [phase, sample(body, `${name}_count`, { phase }) ?? NaN])),
    seconds: sample(body, `${name}_sum`) ?? NaN,
    failures: Object.fromEntries(applicationReasons.map(of)),
  }
}

const valuesOf = (body: string | Uint8Array, names: ReadonlyArray<string>) =>
  Object.fromEntries(names.map((name) => [name, sample(body, seriesName(name as Parameters<typeof seriesName>[0]))]))

describe("metrics", () => {
  it.effect(
    "equal the state of the cluster after all examples, and the gauges also after a restart",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        const { last, podsEver } = yield* witness(world)
        const operator = yield* world.startOperator()
        const examples = yield* readExamples(join(import.meta.dirname, "../../examples"))
        const zero = (yield* operator.telemetry.collect()).body
        for (const name of Object.keys(counters([], new Map()))) {
          assert.strictEqual(valuesOf(zero, [name])[name], 0, `${name} before the first application`)
        }
        for (const { object } of examples) {
          const resource = resources[object.kind ?? ""]
          if (resource) yield* world.kube.create(resource, "default", object)
        }
        yield* pass(4)
        yield* world.kube.patch(sparkApplications, "default", "suspended", {
          type: "merge",
          body: { spec: { suspend: false } },
        })
        yield* pass(26)

        const applications = yield* world.applications
        const expected = Object.fromEntries(
          examples.flatMap(({ object, expectation }) =>
            expectation.state ? [[object.metadata?.name, expectation.state]] : [],
          ),
        )
        assert.deepStrictEqual(
          Object.fromEntries(
            applications.map(({ metadata, status }) => [metadata.name, status?.applicationState.state]),
          ),
          expected,
        )
        const executors = (yield* world.kube.list(pods, { labelSelector: "spark-role=executor" })).items
        const runningExecutors = sum(executors, ({ status }) => (status?.phase === "Running" ? 1 : 0))
        const now = gauges(applications, runningExecutors)
        const counted = counters(applications, last)
        assert.isAbove(counted["spark.executor.failed"], 0, "some executors fail in the examples")

        const { body } = yield* operator.telemetry.collect()
        assert.deepStrictEqual(valuesOf(body, Object.keys(now)), now)
        assert.deepStrictEqual(valuesOf(body, Object.keys(counted)), counted)
        assert.deepStrictEqual(timelineOf(body), timeline(applications))
        for (const [phase, count] of Object.entries(timeline(applications).phases)) {
          assert.isAbove(count, 0, `the examples have a phase ${phase}`)
        }
        assert.strictEqual(sample(body, "spark_operator_pod_creations_total"), podsEver.size)
        const handled = sample(body, "spark_operator_pod_event_duration_seconds_count", { event: "created" }) ?? 0
        assert.isTrue(handled > 0 && handled <= podsEver.size, `${handled} of ${podsEver.size} pods were handled`)
        assert.strictEqual(
          sample(body, "spark_application_execution_duration_seconds_count"),
          sum(
            applications.flatMap((it) => it.status?.attempts ?? []),
            ({ submittedTime, finishTime }) => (submittedTime && finishTime ? 1 : 0),
          ),
        )
        assert.strictEqual(sample(body, "spark_operator_telemetry_faults_total"), 0)
        assert.strictEqual(sample(body, "spark_app_success_count"), counted["spark.application.succeeded"])

        yield* operator.stop
        const successor = yield* world.startOperator()
        yield* pass(2)
        const later = (yield* successor.telemetry.collect()).body
        assert.deepStrictEqual(valuesOf(later, Object.keys(now)), now)
        assert.deepStrictEqual(
          valuesOf(later, Object.keys(counted)),
          Object.fromEntries(Object.keys(counted).map((name) => [name, 0])),
          "nothing is counted again",
        )
      }).pipe(Effect.provide(NodeServices.layer)),
    60_000,
  )
})
