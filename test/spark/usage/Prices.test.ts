import { assert, describe, it } from "vitest"
import { noPrices, priceOn, type Prices, readPrices } from "../../../src/spark/usage/Prices.ts"

const data = {
  currency: "EUR",
  cpuCoreHour: "0.031",
  memoryGibHour: "0.004",
  gpuHour: "2.5",
  nodes: `
- labels: { pool: spot, zone: a }
  cpuCoreHour: 0.01
- labels: { pool: spot }
  cpuCoreHour: "0.012"
  gpuHour: 1
`,
}
const valid = readPrices(data)

describe("the ConfigMap of prices", () => {
  it("has a price for each node: that of the first entry with its labels, else the general one", () => {
    assert.deepStrictEqual(valid.problems, [])
    const on = (labels: Record<string, string>) => priceOn(valid.value, labels)
    const general = { currency: "EUR", cpuCoreHour: 0.031, memoryGibHour: 0.004, gpuHour: 2.5 }
    assert.deepStrictEqual(on({}), general)
    assert.deepStrictEqual(on({ pool: "spot", zone: "a" }), { ...general, cpuCoreHour: 0.01 })
    assert.deepStrictEqual(on({ pool: "spot", zone: "b" }), { ...general, cpuCoreHour: 0.012, gpuHour: 1 })
  })

  it("has no prices where it does not name a currency, or does not exist", () => {
    assert.isUndefined(priceOn(noPrices, {}))
    const { value, problems } = readPrices({ cpuCoreHour: "1" })
    assert.isUndefined(priceOn(value, {}))
    assert.deepStrictEqual(problems, [
      { field: 'data["currency"]', message: "is missing, so nothing has a price; use its code, such as EUR" },
    ])
  })

  it.each<readonly [string, Record<string, string>, string, RegExp]>([
    ["a price that is no number", { gpuHour: "free" }, 'data["gpuHour"]', /"free" is not a price; use a number/],
    ["a price with a comma", { cpuCoreHour: "0,031" }, 'data["cpuCoreHour"]', /"0,031" is not a price/],
    ["a negative price", { cpuCoreHour: "-1" }, 'data["cpuCoreHour"]', /not negative/],
    ["an empty price", { memoryGibHour: "" }, 'data["memoryGibHour"]', /use a number/],
    ["a symbol as currency", { currency: "€" }, 'data["currency"]', /use its code, such as EUR/],
    [
      "a key that is no price",
      { cpuHour: "1" },
      'data["cpuHour"]',
      /use cpuCoreHour, memoryGibHour, gpuHour, currency, nodes/,
    ],
    ["nodes that are no list", { nodes: "pool: spot" }, 'data["nodes"]', /is not a list/],
    ["nodes that are no YAML", { nodes: "- {" }, 'data["nodes"]', /is not valid YAML: line/],
    ["nodes without labels", { nodes: "- cpuCoreHour: 1" }, 'data["nodes"][0].labels', /names no label/],
    [
      "a price of nodes that is no number",
      { nodes: "- labels: {pool: spot}\n  gpuHour: [1]" },
      'data["nodes"][0].gpuHour',
      /\[1\] is not a price/,
    ],
  ])("with %s is reported with the key and the remedy, and keeps its last valid value", (_, change, field, message) => {
    const { value, problems } = readPrices({ ...data, ...change }, valid.value)
    assert.deepStrictEqual(
      problems.map((problem) => problem.field),
      [field],
    )
    assert.match(problems[0]!.message, message)
    assert.deepStrictEqual(value, valid.value)
  })

  it("that is invalid from the start has the prices that are valid", () => {
    const { value } = readPrices({ ...data, gpuHour: "free" })
    assert.deepStrictEqual(priceOn(value, {}), {
      currency: "EUR",
      cpuCoreHour: 0.031,
      memoryGibHour: 0.004,
      gpuHour: 0,
    })
  })

  it("no longer has a price that was removed", () => {
    const { gpuHour: _, ...rest } = data
    const { value }: { readonly value: Prices } = readPrices(rest, valid.value)
    assert.strictEqual(priceOn(value, {})?.gpuHour, 0)
  })
})
