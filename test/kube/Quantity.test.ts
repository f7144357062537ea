import { assert, describe, it } from "@effect/vitest"
import { parseQuantity } from "../../src/kube/Quantity.ts"

describe("parseQuantity", () => {
  it("reads Kubernetes quantities as numbers", () => {
    const quantities = ["2", "500m", ".5", "1Gi", "1G", "1e3", "1E", "2E3"]
    assert.deepStrictEqual(quantities.map(parseQuantity), [2, 0.5, 0.5, 2 ** 30, 1e9, 1000, 1e18, 2000])
  })

  it("rejects everything else", () => {
    for (const quantity of ["", "1g", "two", "1 Gi", "1GiB", "m", "--1", "1constructor"])
      assert.isUndefined(parseQuantity(quantity), quantity)
  })
})
