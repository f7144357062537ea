/**
 * What real backends get: a Prometheus that scrapes, and a Collector that is sent to, hold the same series with the same values. Alone on
 * the cluster, so that nothing changes between two readings.
 */

import { spawnSync } from "node:child_process"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { instrumentNames, seriesName } from "../../../src/Instruments.ts"
import type { Sample } from "../../support/MetricsText.ts"
import { sample, samples } from "../../support/MetricsText.ts"
import { python } from "../support/Applications.ts"
import { metricsEqualTruth, scrape } from "../support/Truth.ts"
import { ClusterLayer, eventually, makeWorld, type World } from "../support/World.ts"
import { collected, collectorLog, query, startBackends, switchTo } from "./Backends.ts"

/** Series of the process itself change all the time; legacy names and target_info exist only where Prometheus scrapes. */
const moving =
  /^(process|nodejs|v8js)_|^kubernetes_client_|^spark_operator_telemetry_|^spark_operator_pod_event_latency/
const own = /^(spark_application_|spark_executor_|spark_operator_|workqueue_|kubernetes_client_|process_|nodejs_|v8js_)/

const labelsOf = ({ labels }: Sample) => {
  const { job: _job, instance: _instance, ...rest } = labels
  return JSON.stringify(Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))))
}

/** `name{labels}` → value, of what both paths have. */
const series = (text: string) => new Map(samples(text).map((it) => [`${it.name} ${labelsOf(it)}`, it.value]))

/** Ages grow by themselves; what a Collector shows of them is older than a scrape by the export interval and its own delays. */
const ageing = /_age(_max|_p95)?_seconds$/

/** Both readers add up the same durations, each in its own groups: the last digits of a sum may differ. */
const isSame = (key: string, a: number, b: number) =>
  a === b || Math.abs(a - b) <= (ageing.test(key.split(" ")[0]!) ? 10 : 1e-9 * Math.max(Math.abs(a), Math.abs(b)))

/** Only what OTLP has as well is compared: histograms without a record, and the names of earlier operators, exist on Prometheus' path only. */
const compared = Effect.gen(function* () {
  const scraped = series(yield* scrape)
  const exported = series(yield* collected)
  const missing = [...exported.keys()].filter((key) => own.test(key) && !scraped.has(key))
  const different = [...exported].filter(
    ([key, value]) => !moving.test(key) && scraped.has(key) && !isSame(key, scraped.get(key)!, value),
  )
  return { missing, different, size: exported.size }
})

const pathsAgree = eventually(
  Effect.map(compared, (it) =>
    it.missing.length === 0 && it.different.length === 0 && it.size > 100 ? it : undefined,
  ),
  // Objects of the tests before this one are still being deleted and reconciled.
  90,
  Effect.map(compared, (it) => `scrape and OTLP differ: ${JSON.stringify(it, undefined, 1)}`),
)

/** What promtool reports about our own names; those of earlier operators violate its rules, and must. */
const complaints = (text: string) => {
  const { stderr } = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" })
  const ours = new Set(instrumentNames.map(seriesName))
  return stderr.split("\n").filter((line) => line.startsWith("error") || ours.has(line.split(" ")[0] ?? ""))
}

/** An application that only needs the operator: created, and suspended before it runs. */
const handled = Effect.fnUntraced(function* (world: World, name: string) {
  yield* world.apply(python(name, [], { suspend: true }))
  yield* world.untilState(name, "SUSPENDED", 10)
})

layer(ClusterLayer, { excludeTestServices: true })("telemetry of a real operator", (it) => {
  it.effect("is the same in Prometheus and in a Collector, and a Collector in trouble costs nothing", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld("metered")
      const sparkConf = { "spark.ui.prometheus.enabled": "true" }
      yield* world.apply(python("metered", ["hold", "1", "600"], { sparkConf }))
      yield* startBackends(world, "metered")
      yield* world.untilState("metered", "RUNNING")
      yield* pathsAgree

      assert.deepStrictEqual(complaints(yield* scrape), [])

      for (const job of ["operator", "otlp", "driver"]) {
        yield* eventually(
          Effect.map(query(`up{job="${job}"}`), ([result]) => (result?.value[1] === "1" ? result : undefined)),
          60,
          Effect.succeed(`Prometheus cannot scrape ${job}`),
        )
      }
      const running = (job: string) =>
        query(`sum(spark_application_running{job="${job}",k8s_namespace_name="${world.namespace}"})`)
      for (const job of ["operator", "otlp"]) {
        yield* eventually(
          Effect.map(running(job), ([result]) => (result?.value[1] === "1" ? result : undefined)),
          30,
          Effect.map(running(job), (result) => `${job}: ${JSON.stringify(result)}`),
        )
      }
      yield* eventually(
        Effect.map(query('metrics_executor_completedTasks_total{job="driver"}'), (result) => result[0]),
        60,
        Effect.succeed("Prometheus has nothing from the driver"),
      )
      // While there was no Collector, what goes out in batches was given up, and is tried again after a minute.
      let traced = 0
      const seen = Effect.gen(function* () {
        yield* handled(world, `traced-${traced++}`)
        yield* Effect.sleep("6 seconds")
        const log = yield* collectorLog
        return /Name +: reconcile/.test(log) && log.includes("→ SUSPENDED") ? true : undefined
      })
      yield* eventually(seen, 90, Effect.succeed("no span or no log line reached the Collector"))

      for (const trouble of ["slow", "refusing", "nobody"] as const) {
        yield* switchTo(trouble)
        yield* handled(world, `during-${trouble}`)
        yield* metricsEqualTruth(world)
      }
      const failed = Effect.map(scrape, (text) =>
        sample(text, "spark_operator_telemetry_exports_total", { signal: "metrics", outcome: "failure" }),
      )
      yield* eventually(
        Effect.map(failed, (count) => (count !== undefined && count > 0 ? count : undefined)),
        30,
        Effect.succeed("no export is counted as failed"),
      )
      yield* switchTo("collector")
      yield* pathsAgree
      yield* Effect.forEach(["metered", "during-slow", "during-refusing", "during-nobody"], world.remove, {
        concurrency: 4,
      })
    }),
  )
})
