/** The number of samples that a scrape has: it is what a metrics backend is paid for, and it grows without being noticed. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { grow, labelKeys } from "../../bench/telemetry/Fleet.ts"
import { Metrics, scrape, withTelemetry } from "../support/Scrape.ts"

const samplesWith = (applications: number, fresh = false) =>
  Effect.gen(function* () {
    grow(yield* Metrics, applications, fresh)
    return (yield* scrape).size
  }).pipe(withTelemetry({ labelKeys }))

describe("a scrape", () => {
  it.effect("has at most 1000 samples at the start", () =>
    Effect.gen(function* () {
      assert.isAtMost(yield* samplesWith(0), 1_000)
    }),
  )

  it.effect("has at most 25 000 with 500 running applications of three teams in 100 namespaces", () =>
    Effect.gen(function* () {
      assert.isAtMost(yield* samplesWith(500), 25_000)
    }),
  )

  it.effect("has at most 60 000 with 5000", () =>
    Effect.gen(function* () {
      assert.isAtMost(yield* samplesWith(5_000), 60_000)
    }),
  )

  it.effect("grows by the durations of what the operator itself did, up to a limit per namespace and team", () =>
    Effect.gen(function* () {
      const few = (yield* samplesWith(500, true)) - (yield* samplesWith(500))
      const many = (yield* samplesWith(5_000, true)) - (yield* samplesWith(5_000))
      assert.isAtMost(few, 25_000)
      assert.strictEqual(many, few)
    }),
  )
})
