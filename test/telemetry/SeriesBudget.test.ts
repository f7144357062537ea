/** The number of samples that a scrape has: it is what a metrics backend is paid for, and it grows without being noticed. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { grow, labelKeys, type Seen } from "../../bench/telemetry/Fleet.ts"
import { Metrics, scrape, withTelemetry } from "../support/Scrape.ts"

const samplesWith = (applications: number, seen: Seen = "running") =>
  Effect.gen(function* () {
    grow(yield* Metrics, applications, seen)
    return (yield* scrape).size
  }).pipe(withTelemetry({ labelKeys }))

const fleets: ReadonlyArray<readonly [title: string, seen: Seen]> = [
  ["that were running when the operator started", "running"],
  ["that the operator started", "started"],
  ["after applications of every team in every namespace have succeeded and failed", "worked"],
]

describe("a scrape", () => {
  it.effect("has at most 1000 samples at the start", () =>
    Effect.gen(function* () {
      assert.isAtMost(yield* samplesWith(0), 1_000)
    }),
  )

  it.effect.each(fleets)("has at most 25 000 with 500 applications of three teams in 100 namespaces, %s", ([, seen]) =>
    Effect.gen(function* () {
      assert.isAtMost(yield* samplesWith(500, seen), 25_000)
    }),
  )

  it.effect(
    "has at most 60 000 with 5000, after such a history",
    () =>
      Effect.gen(function* () {
        assert.isAtMost(yield* samplesWith(5_000, "worked"), 60_000)
      }),
    20_000,
  )
})
