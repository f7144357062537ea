import { assert, describe, it } from "vitest"
import { sameJson } from "../../../src/kube/json/SameJson.ts"

describe("sameJson", () => {
  it.each([
    [1, 1],
    [null, null],
    [
      { a: 1, b: [1, { c: "x" }] },
      { b: [1, { c: "x" }], a: 1 },
    ],
    [{ a: 1, b: undefined }, { a: 1 }],
  ])("is true of %j and %j", (a, b) => {
    assert.isTrue(sameJson(a, b))
    assert.isTrue(sameJson(b, a))
  })

  it.each([
    [1, "1"],
    [null, {}],
    [{ a: null }, {}],
    [{ a: 1 }, { a: 1, b: 2 }],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 2]],
    [[], {}],
    [{ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 2 }] } }],
  ])("is false of %j and %j", (a, b) => {
    assert.isFalse(sameJson(a, b))
    assert.isFalse(sameJson(b, a))
  })
})
