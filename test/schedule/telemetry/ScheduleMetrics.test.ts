import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ScheduledSparkApplication } from "../../../src/api/schedule/ScheduledSparkApplication.ts"
import { decide } from "../../../src/schedule/decide/Decide.ts"
import { noCounts } from "../../../src/schedule/decide/Step.ts"
import { samples } from "../../support/MetricsText.ts"
import { type Given, schedule, situation } from "../../support/ScheduleSituations.ts"
import { run } from "../../support/ScheduleSituations.ts"
import { Metrics, scrapeText, withTelemetry } from "../../support/Scrape.ts"

const reported = (given: Given, name = "nightly"): ScheduledSparkApplication => ({
  ...schedule(given.spec, { name, uid: name }),
  status: decide(situation(given)).status,
})

const states = Effect.map(scrapeText, (text) =>
  Object.fromEntries(
    samples(text).flatMap(({ name, labels, value }) =>
      name === "spark_schedule_state" && value !== 0 ? [[labels["state"], value]] : [],
    ),
  ),
)

describe("schedules in the metrics", () => {
  it.effect("are counted in one state each, as the cache has them", () =>
    Effect.gen(function* () {
      const { schedules: metrics } = yield* Metrics
      const fresh = schedule({}, { name: "new", uid: "new" })
      const all = [
        fresh,
        reported({}, "followed"),
        reported({ spec: { suspend: true } }, "suspended"),
        reported({ spec: { schedule: "" } }, "invalid"),
        reported(
          { spec: { concurrencyPolicy: "Forbid" }, now: Date.parse("2026-11-20T13:00:01Z"), runs: [run("12:00:00")] },
          "blocked",
        ),
      ]
      for (const one of all) metrics.observed(undefined, one)
      assert.deepStrictEqual(yield* states, { NEW: 1, SCHEDULED: 1, SUSPENDED: 1, INVALID: 1, BLOCKED: 1 })
      metrics.observed(fresh, reported({}, "new"))
      for (const one of all.slice(2)) metrics.observed(one, undefined)
      assert.deepStrictEqual(yield* states, { SCHEDULED: 2 })
    }).pipe(withTelemetry()),
  )

  it.effect("have series of their own as long as they exist, unless that is switched off", () =>
    Effect.gen(function* () {
      const { schedules: metrics } = yield* Metrics
      const one = reported({})
      metrics.observed(undefined, one)
      const own = Effect.map(
        scrapeText,
        (text) => samples(text).filter(({ labels }) => labels["schedule"] === "nightly").length,
      )
      assert.strictEqual(yield* own, 2)
      metrics.observed(one, undefined)
      assert.strictEqual(yield* own, 0)
    }).pipe(withTelemetry()),
  )

  it.effect("start at zero in each namespace, so that an increase can be computed", () =>
    Effect.gen(function* () {
      const { schedules: metrics } = yield* Metrics
      metrics.committed(reported({}), noCounts)
      const text = yield* scrapeText
      const zeros = samples(text).filter(({ labels }) => labels["k8s_namespace_name"] === "default")
      assert.deepStrictEqual(
        zeros
          .map(({ name, labels, value }) => `${name} ${labels["trigger"] ?? labels["reason"] ?? ""} ${value}`)
          .toSorted(),
        [
          "spark_schedule_missed_total  0",
          "spark_schedule_skipped_total forbid 0",
          "spark_schedule_skipped_total name_conflict 0",
          "spark_schedule_skipped_total refused 0",
          "spark_schedule_skipped_total replace 0",
          "spark_schedule_started_total manual 0",
          "spark_schedule_started_total schedule 0",
        ],
      )
      assert.notInclude(text, 'schedule="nightly"')
    }).pipe(withTelemetry({ perApplication: false })),
  )
})
