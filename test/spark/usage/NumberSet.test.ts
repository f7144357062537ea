import { assert, describe, it } from "vitest"
import { formatNumbers, parseNumbers } from "../../../src/spark/usage/NumberSet.ts"
import { randomNumbers } from "../../support/RandomNumbers.ts"

describe("a set of numbers as text", () => {
  it.each<readonly [string, ReadonlyArray<number>]>([
    ["", []],
    ["0", [0]],
    ["0,3-5,9", [9, 0, 4, 3, 5]],
    ["1-1000", Array.from({ length: 1000 }, (_, at) => at + 1)],
  ])("is %j", (text, numbers) => {
    assert.strictEqual(formatNumbers(numbers), text)
    assert.deepStrictEqual([...parseNumbers(text)].sort(), [...numbers].sort())
  })

  it("is the same set when it is read again", () => {
    const random = randomNumbers(7)
    for (let round = 0; round < 50; round++) {
      const numbers = new Set(Array.from({ length: 40 }, () => Math.floor(random() * 60)))
      assert.deepStrictEqual(new Set(parseNumbers(formatNumbers(numbers))), new Set([...numbers].sort((a, b) => a - b)))
    }
  })

  it("that is not one has what can be read of it, and is not endless", () => {
    assert.deepStrictEqual([...parseNumbers("x,1-2,,3-a,-4")], [1, 2])
    assert.isAtMost(parseNumbers("1-999999999").size, 100_001)
    assert.strictEqual(parseNumbers(undefined).size, 0)
  })
})
