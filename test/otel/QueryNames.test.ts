import { assert, describe, it } from "@effect/vitest"
import { queryNames, strangers } from "../support/QueryNames.ts"

describe("names in PromQL", () => {
  it("are found with their labels, apart from functions, words and ranges", () => {
    const query = `histogram_quantile(0.9, sum by (le, phase) (rate(a_bucket{job=~"x{y}", phase="b"}[$__rate_interval])))
      > 2 * c and on (job) absent(d{e!=""}) or vector(0)`
    assert.deepStrictEqual(queryNames(query), {
      series: [
        { name: "a_bucket", labels: ["job", "phase"] },
        { name: "c", labels: [] },
        { name: "d", labels: ["e"] },
      ],
      grouping: ["le", "phase", "job"],
    })
  })

  it("are reported if no instrument has them", () => {
    assert.deepStrictEqual(strangers(`sum by (state) (spark_application_state{job="a", state="RUNNING"})`), [])
    assert.deepStrictEqual(strangers(`spark_application_states`), ["spark_application_states"])
    assert.deepStrictEqual(strangers(`spark_application_count`), ["spark_application_count"])
    assert.deepStrictEqual(strangers(`spark_application_state{phase="run"}`), ["spark_application_state{phase}"])
    assert.deepStrictEqual(strangers(`sum by (le) (spark_application_state)`), ["le"])
    assert.deepStrictEqual(strangers(`spark_application_phase_duration_seconds`), [
      "spark_application_phase_duration_seconds",
    ])
  })
})
