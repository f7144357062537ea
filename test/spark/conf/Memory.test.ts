import { assert, describe, it } from "@effect/vitest"
import { javaDouble, memoryQuantity, parseMebibytes, totalMemory } from "../../../src/spark/conf/Memory.ts"

describe("parseMebibytes", () => {
  it("reads Spark's sizes, MiB when there is no unit, rounded down", () => {
    const sizes = ["512", "512m", "512MB", " 2g ", "1t", "1048576k", "1023k", "1048576b", "0m"]
    assert.deepStrictEqual(sizes.map(parseMebibytes), [512, 512, 512, 2048, 1048576, 1024, 0, 1, 0])
  })

  it("rejects everything else", () => {
    for (const size of ["", "1.5g", "-1g", "1gi", "1 g", "g", "1x", "1g2", "0x10", "9999999p", "1constructor"]) {
      assert.isUndefined(parseMebibytes(size), size)
    }
  })
})

describe("totalMemory", () => {
  const parts = { memory: 1024, overhead: undefined, overheadFactor: 0.1, minOverhead: 384 }

  it("adds a share of the memory, at least the minimum", () => {
    assert.strictEqual(totalMemory(parts), 1408)
    assert.strictEqual(totalMemory({ ...parts, overheadFactor: 0.4 }), 1433)
    assert.strictEqual(totalMemory({ ...parts, memory: 10240 }), 11264)
  })

  it("uses a given overhead as it is, also 0", () => {
    assert.strictEqual(totalMemory({ ...parts, overhead: 0 }), 1024)
    assert.strictEqual(totalMemory({ ...parts, overhead: 100 }), 1124)
  })
})

describe("javaDouble", () => {
  it("writes numbers as Double.toString", () => {
    const numbers = [0.1, 0.4, 1, 0, 0.001, 0.0001, 0.00025, 1234567, 1e7, 1.5e10]
    const texts = ["0.1", "0.4", "1.0", "0.0", "0.001", "1.0E-4", "2.5E-4", "1234567.0", "1.0E7", "1.5E10"]
    assert.deepStrictEqual(numbers.map(javaDouble), texts)
  })
})

describe("memoryQuantity", () => {
  it("converts Spark's units into Kubernetes', and keeps those of Kubernetes", () => {
    const sizes = ["1g", "1G", "512mb", "4k", "2Gi", "1.5g", "100", "100b", "1t"]
    assert.deepStrictEqual(sizes.map(memoryQuantity), [
      "1Gi",
      "1Gi",
      "512Mi",
      "4Ki",
      "2Gi",
      "1.5Gi",
      "100",
      "100",
      "1Ti",
    ])
  })
})
