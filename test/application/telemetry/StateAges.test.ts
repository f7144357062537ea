import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as StateAges from "../../../src/application/telemetry/StateAges.ts"
import { application, Metrics, scrape, withTelemetry } from "../../support/Scrape.ts"

const ml = { "k8s.namespace.name": "ml" }
const max = "spark.application.state.age.max"
const p95 = "spark.application.state.age.p95"
const values = (ages: StateAges.StateAges, name: typeof max | typeof p95, now: number) =>
  Object.fromEntries(
    ages.points(name, now).map(({ attributes, value }) => [Object.values(attributes).join(" "), value]),
  )

describe("the age of states", () => {
  it("is that of the oldest, and the 95th percentile of all", () => {
    const ages = StateAges.make()
    for (let age = 1; age <= 100; age++) ages.place(`u${age}`, ml, "SUBMITTED", 200_000 - age * 1000)
    assert.deepStrictEqual(values(ages, max, 200_000), { "ml SUBMITTED": 100 })
    assert.deepStrictEqual(values(ages, p95, 200_000), { "ml SUBMITTED": 95 })
  })

  it("follows the application to its next state, and ends with its end or deletion", () => {
    const ages = StateAges.make()
    ages.place("a", ml, "SUBMITTED", 0)
    ages.place("b", ml, "RUNNING", 5000)
    ages.place("a", ml, "RUNNING", 8000)
    assert.deepStrictEqual(values(ages, max, 10_000), { "ml SUBMITTED": 0, "ml RUNNING": 5 })
    ages.place("b", ml, "COMPLETED", 9000)
    assert.deepStrictEqual(values(ages, max, 10_000), { "ml SUBMITTED": 0, "ml RUNNING": 2 })
    ages.forget("a")
    assert.deepStrictEqual(values(ages, max, 10_000), { "ml SUBMITTED": 0, "ml RUNNING": 0 })
  })

  const event = Schema.Struct({
    uid: Schema.Literals(["a", "b", "c"]),
    state: Schema.Literals(["RUNNING", "SUBMITTED", "FAILED", "gone"]),
    since: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })),
  })
  it.prop("equals the ages of all applications, after any history", [Schema.Array(event)], ([events]) => {
    const ages = StateAges.make()
    const truth = new Map<string, { readonly state: string; readonly since: number }>()
    for (const { uid, state, since } of events) {
      if (state === "gone") ages.forget(uid)
      else ages.place(uid, ml, state, since * 1000)
      if (state === "gone") truth.delete(uid)
      else truth.set(uid, { state, since })
    }
    return ["RUNNING", "SUBMITTED", "FAILED"].every((state) => {
      const sinces = [...truth.values()].filter((it) => it.state === state).map(({ since }) => since)
      const oldest = sinces.length === 0 || state === "FAILED" ? 0 : 20 - Math.min(...sinces)
      return (values(ages, max, 20_000)[`ml ${state}`] ?? 0) === oldest
    })
  })

  it.effect(
    "is on /metrics for every state that is not final once an application was in it, and 0 when none is in it any longer",
    () =>
      Effect.gen(function* () {
        const telemetry = yield* Metrics
        yield* TestClock.setTime(Date.parse("2030-01-01T01:00:00Z"))
        const pending = application("SUBMITTED", {
          status: { applicationState: { state: "SUBMITTED", since: "2030-01-01T00:50:00Z" } },
        })
        telemetry.applicationObserved(undefined, application("", { metadata: { uid: "u0", name: "new" } }))
        telemetry.applicationObserved(undefined, pending)
        const age = (name: string, state: string) =>
          Effect.map(scrape, (series) =>
            series.get(`spark_application_state_age_${name}_seconds{k8s_namespace_name="ml",state="${state}"}`),
          )
        assert.strictEqual(yield* age("max", "NEW"), 3600)
        assert.strictEqual(yield* age("max", "SUBMITTED"), 600)
        assert.isUndefined(yield* age("max", "RUNNING"))
        telemetry.applicationObserved(pending, application("FAILED"))
        assert.isUndefined(yield* age("max", "FAILED"))
        for (const name of ["max", "p95"]) assert.strictEqual(yield* age(name, "SUBMITTED"), 0)
      }).pipe(withTelemetry()),
  )
})
