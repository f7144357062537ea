/** Schedules whose runs are real Spark: three runs and the history, a run that holds up the next ones, one that is replaced. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { seriesName } from "../../../src/Instruments.ts"
import { reflect } from "../../../src/kube/Reflector.ts"
import { pods } from "../../../src/kube/Resource.ts"
import { python } from "../support/Applications.ts"
import { kubectl } from "../support/Kubectl.ts"
import { schedulesOf, timeOf } from "../support/Schedules.ts"
import { metricsEqualTruth, untilMetric } from "../support/Truth.ts"
import { ClusterLayer, makeWorld } from "../support/World.ts"

layer(ClusterLayer, { excludeTestServices: true })("a schedule", (it) => {
  it.effect("has a definition that kubectl applies without server-side apply", () =>
    Effect.orDie(kubectl(["apply", "--dry-run=server", "-f", "crds/"])),
  )

  describe.concurrent("on a real cluster", () => {
    it.effect(
      "starts a run at each of its times, and keeps as many as its limit says",
      () =>
        Effect.gen(function* () {
          const world = yield* makeWorld("schedule")
          const schedules = yield* schedulesOf(world)
          const every = 40
          const { metadata } = yield* schedules.apply("often", python("run", ["exit", "0"]), {
            schedule: `@every ${every}s`,
            successfulRunHistoryLimit: 1,
          })
          const completed = () =>
            [...schedules.seen].filter(([, runs]) => runs.some(({ state }) => state === "COMPLETED"))
          yield* schedules.until("often", "three times done", () => completed().length >= 3, 300)
          yield* schedules.suspend("often")
          const { status } = yield* schedules.until("often", "idle", ({ active = [] }) => active.length === 0, 180)

          const names = [...schedules.seen.keys()]
          const created = Date.parse(String(metadata.creationTimestamp)) / 1000
          assert.deepStrictEqual(
            names.map(timeOf),
            names.map((_, index) => created + (index + 1) * every),
          )
          for (const [name, runs] of schedules.seen) assert.lengthOf(runs, 1, name)
          assert.deepStrictEqual(status?.pastSuccessfulRunNames, names.slice(-1))
          assert.isUndefined(status?.missedRuns || undefined)
          assert.isDefined(status?.lastSuccessfulTime)
          const left = yield* Effect.orDie(kubectl(["get", "sparkapp", "-n", world.namespace, "-o", "name"]))
          assert.strictEqual(left.trim(), `sparkapplication.sparkoperator.k8s.io/${names.at(-1)}`)
          const started = { k8s_namespace_name: world.namespace, trigger: "schedule" }
          yield* untilMetric(seriesName("spark.schedule.started"), started, names.length)
          yield* metricsEqualTruth(world, "gauges")
          yield* schedules.remove("often")
        }),
      600_000,
    )

    it.effect("skips times while a run is unfinished, says which run, and goes on when that has finished", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("forbid")
        const schedules = yield* schedulesOf(world)
        yield* schedules.apply("forbids", python("run", ["work"]), {
          schedule: "@every 20s",
          concurrencyPolicy: "Forbid",
        })
        const first = yield* schedules.until("forbids", "started", ({ lastRunName }) => lastRunName !== undefined)
        const run = first.status!.lastRunName!
        yield* world.untilState(run, "RUNNING")
        const blocked = yield* schedules.until("forbids", "blocked", ({ skippedRuns = 0 }) => skippedRuns >= 2)
        assert.strictEqual(blocked.status?.blockedBy?.name, run)
        assert.deepStrictEqual([...schedules.seen.keys()], [run])
        yield* world.finish(run)
        yield* world.untilState(run, "COMPLETED")
        const next = yield* schedules.until("forbids", "started again", ({ lastRunName }) => lastRunName !== run)
        assert.isUndefined(next.status?.blockedBy)
        yield* schedules.remove("forbids")
      }),
    )

    it.effect("replaces a run only when its driver is gone", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("replace")
        const schedules = yield* schedulesOf(world)
        const drivers = new Set<string>()
        let most = 0
        yield* Effect.forkScoped(
          Stream.runForEach(
            reflect(world.kube, pods, { namespace: world.namespace, labelSelector: "spark-role=driver" }).events,
            (event) =>
              Effect.sync(() => {
                if (event._tag === "Applied") drivers.add(event.object.metadata?.name ?? "")
                if (event._tag === "Deleted") drivers.delete(event.object.metadata?.name ?? "")
                most = Math.max(most, drivers.size)
              }),
          ),
        )
        yield* schedules.apply("replaces", python("run", ["work"]), {
          schedule: "@every 45s",
          concurrencyPolicy: "Replace",
        })
        const first = yield* schedules.until("replaces", "started", ({ lastRunName }) => lastRunName !== undefined)
        const run = first.status!.lastRunName!
        yield* world.untilState(run, "RUNNING")
        const second = yield* schedules.until("replaces", "started again", ({ lastRunName }) => lastRunName !== run)
        yield* schedules.suspend("replaces")
        yield* world.untilState(second.status!.lastRunName!, "RUNNING")
        assert.isUndefined(yield* world.application(run))
        assert.strictEqual(most, 1, "drivers at the same time")
        yield* schedules.remove("replaces")
      }),
    )
  })
})
