/**
 * What users see on the first day: every query of the dashboards, and every alert, finds something in a Prometheus that scraped a run of real
 * Spark, and the same in the series received over OTLP. Runs alone on the cluster, as the comparison does.
 */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { driverContainerName } from "../../../src/spark/pod/SparkPod.ts"
import { python } from "../support/Applications.ts"
import { connectsOf } from "../support/Connects.ts"
import { schedulesOf } from "../support/Schedules.ts"
import { executorsAgree } from "../support/Truth.ts"
import { ClusterLayer, makeWorld, signalJvm, type World } from "../support/World.ts"
import { startBackends } from "./Backends.ts"
import { differing, empty } from "./DashboardAnswers.ts"
import { alertQuestions, dashboardQuestions } from "./DashboardQueries.ts"
import { prometheusOfCluster } from "./Prometheus.ts"

/** A readiness probe that never succeeds: no one but the UI's Service minds. */
const unready = {
  spec: { containers: [{ name: driverContainerName, readinessProbe: { exec: { command: ["false"] } } }] },
}

/**
 * One that streams, one that has ended, and one that runs, with a probe that fails and an executor that was lost in the middle of a stage; and a
 * schedule; and a Connect server whose pod was replaced. Together they have everything that a dashboard can show.
 */
const startApplications = Effect.fnUntraced(function* (world: World) {
  yield* world.apply(python("batch", ["hold", "2", "900"], { driver: { template: unready } }))
  yield* world.apply(python("stream", ["stream"]))
  yield* world.apply(python("over", ["hold", "1", "1"]))
  const connects = connectsOf(world)
  yield* connects.apply("server")
  // Its runs need no pods.
  const schedules = yield* schedulesOf(world)
  yield* schedules.apply("often", python("run", ["exit", "0"], { suspend: true }), { schedule: "@every 20s" })
  yield* connects.untilReady("server", 1)
  yield* signalJvm(world, "server-server", "KILL")
  yield* world.untilState("over", "COMPLETED", 240)
  yield* world.until("stream", "a micro-batch", ({ status }) => status?.progress?.batch !== undefined)
  yield* world.until("batch", "running tasks", ({ status }) => (status?.progress?.tasks?.active ?? 0) > 0)
  const [lost] = yield* world.executors("batch")
  yield* signalJvm(world, lost!.metadata!.name!, "KILL")
  yield* world.until("batch", "without an executor", ({ status }) => (status?.executors?.failed ?? 0) > 0)
  yield* executorsAgree(world, "batch", 1)
  yield* connects.untilReady("server", 2)
})

layer(ClusterLayer, { excludeTestServices: true })("dashboards and alerts", (it) => {
  it.effect(
    "find data in a real Prometheus, the same in what it scraped and in what came over OTLP",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("shown")
        yield* Effect.all([startBackends(world, "stream"), startApplications(world)], { concurrency: 2 })
        const run = { prometheus: yield* prometheusOfCluster, namespace: world.namespace, apps: ["batch", "stream"] }

        const questions = [...dashboardQuestions, ...alertQuestions]
        for (const job of ["operator", "otlp"])
          assert.deepStrictEqual(yield* empty(run, questions, job), [], `without data from ${job}`)
        const different = yield* differing(run, questions, "operator", "otlp")
        assert.deepStrictEqual(different, [], "not the same in a scrape and over OTLP")
        yield* Effect.forEach(["batch", "stream", "over"], world.remove, { concurrency: 3 })
        yield* (yield* schedulesOf(world)).remove("often")
        yield* connectsOf(world).remove("server")
      }),
    600_000,
  )
})
