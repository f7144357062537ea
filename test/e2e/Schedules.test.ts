/** Schedules in the embedded cluster, as their users see them. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { scheduledSparkApplications, sparkApplications } from "../../src/api/Kinds.ts"
import { scheduledSparkApplicationCrd } from "../../src/api/schedule/CustomResource.ts"
import { type KubeObject, pods, resource } from "../../src/kube/Resource.ts"
import { sample } from "../support/MetricsText.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"
import { scheduled, schedulesOf } from "../support/Schedules.ts"
import { withSkew } from "../support/SkewedClock.ts"

const start = Effect.gen(function* () {
  const world = yield* makeWorld
  const operator = yield* world.startOperator()
  return { world, operator, ...schedulesOf(world) }
})

const definitions = resource("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition")

const namesOf = (runs: ReadonlyArray<KubeObject>) => runs.map(({ metadata }) => metadata?.name)

describe("a schedule", { timeout: 60_000 }, () => {
  it.effect("starts a run at each of its times, and keeps as many as the history limits say", () =>
    Effect.gen(function* () {
      const { apply, statusOf, runsOf, reasonsOf, operator } = yield* start
      yield* apply(scheduled("pi", { "run-seconds": "2" }, { successfulRunHistoryLimit: 2 }))
      yield* pass(63.9)
      const runs = yield* runsOf("pi")
      assert.deepStrictEqual(namesOf(runs), ["pi-40", "pi-60"])
      const status = yield* statusOf("pi")
      assert.deepStrictEqual(status.pastSuccessfulRunNames, ["pi-60", "pi-40"])
      assert.deepStrictEqual([status.lastRunName, status.nextRun], ["pi-60", "1970-01-01T00:01:20Z"])
      assert.deepStrictEqual(yield* reasonsOf("pi"), ["RunStarted"])
      const { body } = yield* operator.telemetry.collect()
      const here = { k8s_namespace_name: "default" }
      assert.strictEqual(sample(body, "spark_schedule_started_total", { ...here, trigger: "schedule" }), 3)
      assert.strictEqual(sample(body, "spark_schedule_start_latency_seconds_count", here), 3)
      assert.strictEqual(sample(body, "spark_schedule_state", { ...here, state: "SCHEDULED" }), 1)
      assert.strictEqual(sample(body, "spark_schedule_success_age_seconds", { ...here, schedule: "pi" }), 2)
      assert.strictEqual(sample(body, "spark_schedule_success_overdue_seconds", { ...here, schedule: "pi" }), 0)
    }),
  )

  it.effect("gives its runs labels, annotations and an owner, but not those of GitOps tools", () =>
    Effect.gen(function* () {
      const { apply, runsOf, world } = yield* start
      const { metadata, ...rest } = scheduled(
        "pi",
        { "run-seconds": "1" },
        { templateMetadata: { labels: { tier: "gold" }, annotations: { note: "nightly" } } },
      )
      const labels = { team: "data", "app.kubernetes.io/instance": "apps", "sparkoperator.k8s.io/app-name": "x" }
      const annotations = { "argocd.argoproj.io/tracking-id": "apps:x" }
      const { metadata: owner } = yield* apply({ ...rest, metadata: { ...metadata, labels, annotations } })
      yield* pass(21)
      const [run] = yield* runsOf("pi")
      assert.deepStrictEqual(run?.metadata.labels, {
        team: "data",
        tier: "gold",
        "sparkoperator.k8s.io/scheduled-app-name": "pi",
      })
      assert.deepStrictEqual(run?.metadata.annotations, {
        note: "nightly",
        "sparkoperator.k8s.io/scheduled-time": "1970-01-01T00:00:20Z",
        "sparkoperator.k8s.io/template-generation": "1",
      })
      assert.deepStrictEqual(run?.metadata.ownerReferences, [
        {
          apiVersion: "sparkoperator.k8s.io/v1beta2",
          kind: "ScheduledSparkApplication",
          name: "pi",
          uid: owner.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ])
      yield* Effect.orDie(world.kube.delete(scheduledSparkApplications, "default", "pi"))
      yield* pass(2)
      assert.deepStrictEqual(yield* runsOf("pi"), [], "runs go with their schedule")
    }),
  )

  it.effect("with Replace starts the next run only when the driver of the last one is gone", () =>
    Effect.gen(function* () {
      const { apply, statusOf, runsOf, reasonsOf, world } = yield* start
      const { kube } = world
      const drivers = Effect.map(
        Effect.orDie(kube.list(pods, { labelSelector: "spark-role=driver" })),
        ({ items }) => items,
      )
      const finalizers = (name: string, held: ReadonlyArray<string>) =>
        Effect.orDie(kube.patch(pods, "default", name, { type: "merge", body: { metadata: { finalizers: held } } }))
      yield* apply(scheduled("pi", { "run-seconds": "forever" }, { concurrencyPolicy: "Replace" }))
      yield* pass(25)
      yield* finalizers("pi-20-driver", ["test/held"])
      yield* pass(25)
      assert.deepStrictEqual(namesOf(yield* drivers), ["pi-20-driver"])
      const waiting = yield* statusOf("pi")
      assert.strictEqual(waiting.blockedBy?.scheduledTime, "1970-01-01T00:00:40Z")
      assert.strictEqual(waiting.conditions?.find(({ type }) => type === "Scheduled")?.reason, "Replacing")
      yield* finalizers("pi-20-driver", [])
      yield* pass(5)
      assert.deepStrictEqual([namesOf(yield* drivers), namesOf(yield* runsOf("pi"))], [["pi-40-driver"], ["pi-40"]])
      yield* pass(15)
      assert.deepStrictEqual(namesOf(yield* drivers), ["pi-60-driver"])
      assert.includeMembers([...(yield* reasonsOf("pi"))], ["RunStarted", "RunsReplaced"])
      const { missedRuns, skippedRuns, active } = yield* statusOf("pi")
      assert.deepStrictEqual([missedRuns, skippedRuns, active?.length], [undefined, undefined, 1])
    }),
  )

  it.effect("with Forbid skips while a run is unfinished, and starts again after it", () =>
    Effect.gen(function* () {
      const { apply, statusOf, runsOf, reasonsOf, operator } = yield* start
      yield* apply(scheduled("pi", { "run-seconds": "45" }, { concurrencyPolicy: "Forbid" }))
      yield* pass(65)
      const blocked = yield* statusOf("pi")
      assert.deepStrictEqual([blocked.skippedRuns, blocked.blockedBy?.name], [2, "pi-20"])
      const { body } = yield* operator.telemetry.collect()
      const skipped = { k8s_namespace_name: "default", reason: "forbid" }
      assert.strictEqual(sample(body, "spark_schedule_skipped_total", skipped), 2)
      yield* pass(18)
      assert.deepStrictEqual(namesOf(yield* runsOf("pi")), ["pi-20", "pi-80"])
      assert.isUndefined((yield* statusOf("pi")).blockedBy)
      assert.deepStrictEqual(yield* reasonsOf("pi"), ["RunStarted", "RunSkipped"])
    }),
  )

  it.effect("starts one run for each value of the trigger annotation", () =>
    Effect.gen(function* () {
      const { apply, edit, statusOf, runsOf } = yield* start
      yield* apply(scheduled("pi", { "run-seconds": "forever" }, { schedule: "0 3 * * *" }))
      const trigger = (token: string) =>
        edit("pi", { metadata: { annotations: { "sparkoperator.k8s.io/trigger": token } } })
      yield* trigger("one")
      yield* pass(1)
      yield* trigger("one")
      yield* pass(1)
      yield* trigger("two")
      yield* pass(1)
      const runs = yield* runsOf("pi")
      assert.lengthOf(runs, 2)
      for (const { metadata } of runs) {
        assert.match(metadata.name, /^pi-manual-[0-9a-f]{8}$/)
        assert.strictEqual(metadata.annotations?.["sparkoperator.k8s.io/trigger"], "manual")
      }
      const { nextRun, lastTrigger, lastScheduleTime } = yield* statusOf("pi")
      assert.deepStrictEqual(
        [nextRun, lastTrigger?.token, lastScheduleTime],
        ["1970-01-01T03:00:00Z", "two", undefined],
      )
    }),
  )

  it.effect("does not change an application of another owner that has the name of a run, and continues", () =>
    Effect.gen(function* () {
      const { apply, statusOf, reasonsOf, runsOf, world } = yield* start
      const foreign = yield* world.apply(sparkPi("pi-20", { "run-seconds": "1" }))
      yield* apply(scheduled("pi", { "run-seconds": "1" }))
      yield* pass(30)
      const { skippedRuns, conditions } = yield* statusOf("pi")
      assert.strictEqual(skippedRuns, 1)
      const { status, reason, message } = conditions?.find(({ type }) => type === "Scheduled") ?? {}
      assert.deepStrictEqual([status, reason], ["False", "NameConflict"])
      assert.match(message!, /SparkApplication pi-20 exists already and does not belong to this schedule/)
      yield* pass(15)
      assert.deepStrictEqual(namesOf(yield* runsOf("pi")), ["pi-40"])
      assert.deepStrictEqual(yield* reasonsOf("pi"), ["RunNameTaken", "RunStarted"])
      const { metadata } = yield* Effect.orDie(world.kube.get(sparkApplications, "default", "pi-20"))
      assert.strictEqual(metadata.uid, foreign.metadata.uid)
    }),
  )
})

describe("an operator", { timeout: 60_000 }, () => {
  it.effect("that was down over several times starts one run, and counts the others as missed", () =>
    Effect.gen(function* () {
      const { apply, statusOf, runsOf, world, operator } = yield* start
      yield* apply(scheduled("pi", { "run-seconds": "1" }))
      yield* pass(25)
      yield* operator.stop
      yield* pass(80)
      const { telemetry } = yield* world.startOperator()
      yield* pass(5)
      assert.deepStrictEqual(namesOf(yield* runsOf("pi")).at(-1), "pi-100")
      assert.strictEqual((yield* statusOf("pi")).missedRuns, 3)
      const { body } = yield* telemetry.collect()
      assert.strictEqual(sample(body, "spark_schedule_missed_total", { k8s_namespace_name: "default" }), 3)
      assert.strictEqual(sample(body, "spark_schedule_state", { k8s_namespace_name: "default", state: "SCHEDULED" }), 1)
    }),
  )

  it.effect("whose clock is set starts what has become due within seconds, and nothing again", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { apply, runsOf } = schedulesOf(world)
      let skew = 0
      yield* withSkew(world.startOperator(), () => skew)
      yield* apply(scheduled("pi", { "run-seconds": "1" }, { schedule: "0 3 * * *", successfulRunHistoryLimit: 9 }))
      yield* pass(5)
      skew = 3 * 3_600_000
      yield* pass(12)
      assert.deepStrictEqual(namesOf(yield* runsOf("pi")), [`pi-${3 * 3600}`])
      skew = 2 * 3_600_000
      yield* pass(12)
      skew = 4 * 3_600_000
      yield* pass(12)
      assert.deepStrictEqual(namesOf(yield* runsOf("pi")), [`pi-${3 * 3600}`])
    }),
  )

  it.effect("starts nothing while the definition of another operator drops the status, and says so", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { apply, runsOf, reasonsOf } = schedulesOf(world)
      const { spec, metadata, ...rest } = scheduledSparkApplicationCrd
      const kubeflowStatus = {
        type: "object",
        properties: {
          lastRun: { type: "string", format: "date-time", nullable: true },
          nextRun: { type: "string", format: "date-time", nullable: true },
          lastRunName: { type: "string" },
          scheduleState: { type: "string" },
          reason: { type: "string" },
        },
      }
      const [version] = spec.versions
      const { openAPIV3Schema: whole } = version!.schema
      const schema = { openAPIV3Schema: { ...whole, properties: { ...whole.properties, status: kubeflowStatus } } }
      const foreign = { ...rest, metadata, spec: { ...spec, versions: [{ ...version, schema }] } }
      yield* Effect.orDie(world.kube.delete(definitions, "", metadata.name))
      yield* Effect.orDie(world.kube.create(definitions, "", foreign as unknown as KubeObject))
      yield* world.startOperator()
      yield* apply(scheduled("pi", { "run-seconds": "1" }))
      yield* pass(45)
      assert.deepStrictEqual(yield* runsOf("pi"), [])
      assert.deepStrictEqual(yield* reasonsOf("pi"), ["DefinitionIncomplete"])
    }),
  )

  it.effect("runs applications while the cluster has no definition of schedules, and follows them when it has", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const definitions = resource(
        "apiextensions.k8s.io",
        "v1",
        "customresourcedefinitions",
        "CustomResourceDefinition",
      )
      yield* Effect.orDie(world.kube.delete(definitions, "", scheduledSparkApplicationCrd.metadata.name))
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "1" }))
      yield* pass(10)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
      yield* Effect.orDie(world.kube.create(definitions, "", scheduledSparkApplicationCrd as unknown as KubeObject))
      yield* pass(31)
      const { apply, runsOf } = schedulesOf(world)
      yield* apply(scheduled("nightly", { "run-seconds": "1" }))
      yield* pass(25)
      assert.lengthOf(yield* runsOf("nightly"), 1)
    }),
  )
})
