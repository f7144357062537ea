import { assert, describe, it } from "@effect/vitest"
import { Accumulations, Sum } from "../../../src/telemetry/meter/Accumulations.ts"

const sums = (limit: number) => new Accumulations(limit, (labels) => new Sum(labels))

const seriesOf = (all: Accumulations<Sum>) => all.values().map(({ labels, value }) => `${labels} ${value}`)

describe("accumulations", () => {
  it("have one series per attribute set, whatever the order of its keys", () => {
    const all = sums(10)
    all.at({ verb: "get", code: "200" }).value += 1
    all.at({ code: "200", verb: "get" }).value += 2
    all.at({ code: "200", verb: "get" }).value += 4
    all.at({ verb: "get" }).value += 8
    assert.deepStrictEqual(seriesOf(all), ['verb="get",code="200" 7', 'verb="get" 8'])
  })

  it("keep attribute sets apart that look alike", () => {
    const all = sums(10)
    for (const attributes of [{ a: "1,b=1:2" }, { a: "1", b: "2" }, { a: "", b: "" }, { a: "b=0:," }]) {
      all.at(attributes).value += 1
    }
    assert.strictEqual(all.values().length, 4)
  })

  it("put what comes after the limit into one series, and forget nothing that was there", () => {
    const all = sums(3)
    for (const name of ["a", "b", "c", "d", "a"]) all.at({ name }).value += 1
    assert.deepStrictEqual(seriesOf(all), ['name="a" 2', 'name="b" 1', 'otel_metric_overflow="true" 2'])
  })
})
