/** Any component can have a table of instruments: what it records and holds is on `/metrics`. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Instrument } from "../../src/telemetry/meter/Instrument.ts"
import { cardinalityLimit } from "../../src/telemetry/meter/Overflow.ts"
import { Telemetry } from "../../src/telemetry/Telemetry.ts"

const common = { unit: "{thing}", description: "Things", changes: "always", attributes: {} } as const
const table = {
  "some.things": { ...common, kind: "counter", identity: "operator", attributes: { color: ["red", "blue"] } },
  "some.duration": { ...common, kind: "histogram", identity: "operator", unit: "s", buckets: [1, 2] },
  "some.present": { ...common, kind: "positive-gauge", identity: "operator" },
  "some.single": { ...common, kind: "produced-gauge", identity: "namespace", attributes: { app_name: [] } },
} as const satisfies Record<string, Instrument>

const lines = Effect.gen(function* () {
  const { body } = yield* (yield* Telemetry).collect()
  return String(body)
    .split("\n")
    .filter((line) => line.startsWith("some_"))
})

describe("a table of instruments", () => {
  it.effect("is on /metrics with recorded and produced values, and with zeros before that", () =>
    Effect.gen(function* () {
      const telemetry = yield* Telemetry
      const meters = telemetry.meters(table, { "some.duration": [5] })
      let present = [{ attributes: { app_name: "a" }, value: 7 }]
      telemetry.produce(table, () => present)
      assert.include(yield* lines, 'some_things_total{color="blue"} 0')

      meters.add("some.things", 2, { color: "red" })
      meters.record("some.duration", 3, {})
      meters.gauge("some.present").add(1, {})
      assert.sameMembers(yield* lines, [
        'some_things_total{color="red"} 2',
        'some_things_total{color="blue"} 0',
        'some_duration_seconds_bucket{le="5"} 1',
        'some_duration_seconds_bucket{le="+Inf"} 1',
        "some_duration_seconds_sum 3",
        "some_duration_seconds_count 1",
        "some_present 1",
        'some_single{app_name="a"} 7',
      ])

      present = []
      assert.notInclude((yield* lines).join("\n"), "some_single")
    }).pipe(Effect.provide(Telemetry.layer({ serviceVersion: "0.0.0" }))),
  )

  it.effect("counts a gauge that would become negative as a fault, whichever table it is of", () =>
    Effect.gen(function* () {
      const telemetry = yield* Telemetry
      telemetry.meters(table).gauge("some.present").add(-1, {})
      const { body } = yield* telemetry.collect()
      assert.include(String(body), 'spark_operator_telemetry_faults_total{fault="negative_gauge"} 1')
    }).pipe(Effect.provide(Telemetry.layer({ serviceVersion: "0.0.0" }))),
  )

  it.effect("counts attribute sets beyond the limit of the SDK as a fault, once per collection that lost some", () =>
    Effect.gen(function* () {
      const telemetry = yield* Telemetry
      const meters = telemetry.meters(table)
      const faults = Effect.gen(function* () {
        yield* telemetry.collect()
        return /faults_total\{fault="attribute_overflow"\} (\d+)/.exec(String((yield* telemetry.collect()).body))?.[1]
      })
      for (let n = 0; n < cardinalityLimit + 10; n++) meters.add("some.things", 1, { color: String(n) })
      assert.strictEqual(yield* faults, "1")
      assert.strictEqual(yield* faults, "1")
    }).pipe(Effect.provide(Telemetry.layer({ serviceVersion: "0.0.0" }))),
  )
})
