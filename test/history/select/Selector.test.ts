/** Label selectors: what they select, and whether two can select the same. */

import { assert, describe, it } from "@effect/vitest"
import type { LabelSelector } from "../../../src/api/history/SelectedApplications.ts"
import { commonLabels, selects } from "../../../src/history/select/Selector.ts"

type Operator = NonNullable<LabelSelector["matchExpressions"]>[number]["operator"]
const where = (key: string, operator: Operator, ...values: ReadonlyArray<string>): LabelSelector => ({
  matchExpressions: [{ key, operator, ...(values.length === 0 ? {} : { values }) }],
})
const is = (labels: Record<string, string>): LabelSelector => ({ matchLabels: labels })

describe("a selector", () => {
  const rows: ReadonlyArray<readonly [LabelSelector, Record<string, string>, boolean]> = [
    [{}, {}, true],
    [is({ a: "1" }), { a: "1", b: "2" }, true],
    [is({ a: "1" }), { a: "2" }, false],
    [is({ a: "1" }), {}, false],
    [where("a", "In", "1", "2"), { a: "2" }, true],
    [where("a", "In", "1", "2"), {}, false],
    [where("a", "NotIn", "1"), { a: "1" }, false],
    [where("a", "NotIn", "1"), {}, true],
    [where("a", "Exists"), { a: "" }, true],
    [where("a", "Exists"), {}, false],
    [where("a", "DoesNotExist"), {}, true],
    [where("a", "DoesNotExist"), { a: "1" }, false],
  ]
  it.each(rows)("%j with the labels %j: %s", (selector, labels, expected) => {
    assert.strictEqual(selects(selector, labels), expected)
  })
})

describe("two selectors", () => {
  const pairs: ReadonlyArray<readonly [LabelSelector, LabelSelector, Record<string, string> | undefined]> = [
    [{}, {}, {}],
    [{}, is({ a: "1" }), { a: "1" }],
    [is({ a: "1" }), is({ b: "2" }), { a: "1", b: "2" }],
    [is({ a: "1" }), is({ a: "2" }), undefined],
    [where("a", "In", "1", "2"), where("a", "In", "2", "3"), { a: "2" }],
    [where("a", "In", "1"), where("a", "NotIn", "1"), undefined],
    [where("a", "Exists"), where("a", "DoesNotExist"), undefined],
    [where("a", "Exists"), where("a", "NotIn", "any"), { a: "any-other" }],
    [where("a", "NotIn", "1"), where("a", "NotIn", "2"), {}],
    [where("a", "NotIn", "1"), {}, {}],
  ]
  it.each(pairs)("%j and %j have in common %j", (a, b, expected) => {
    assert.deepStrictEqual(commonLabels(a, b), expected)
    const [one, other] = [commonLabels(a, b), commonLabels(b, a)]
    assert.deepStrictEqual(one, other)
    if (one !== undefined) assert.isTrue(selects(a, one) && selects(b, one))
  })
})
