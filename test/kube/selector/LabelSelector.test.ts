import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { isLabelKey, isLabelValue, parseLabelSelector } from "../../../src/kube/selector/LabelSelector.ts"

type Labels = Readonly<Record<string, string>>

describe("a label selector", () => {
  const cases: ReadonlyArray<readonly [selector: string, labels: Labels, matches: boolean]> = [
    ["", {}, true],
    [" \t", { a: "1" }, true],
    ["a=1", { a: "1" }, true],
    ["a == 1", { a: "1" }, true],
    ["a==1,b!=2", { a: "1" }, true],
    ["a=1,b!=2", { a: "1", b: "2" }, false],
    ["a=1", {}, false],
    ["a=", { a: "" }, true],
    ["a=,b", { a: "", b: "x" }, true],
    ["a!=", { a: "" }, false],
    ["a", { a: "" }, true],
    ["!a", { a: "" }, false],
    ["! a", {}, true],
    ["a in (1, 2),b", { a: "2", b: "x" }, true],
    ["a in(1)", { a: "1" }, true],
    ["a in (1,2)", {}, false],
    ["a in (1,)", { a: "" }, true],
    ["a in (,)", { a: "" }, true],
    ["a notin (1,2)", {}, true],
    ["a notin (1,2)", { a: "1" }, false],
    ["in in (in)", { in: "in" }, true],
    ["notin", { notin: "x" }, true],
    ["a.example.com/team=data", { "a.example.com/team": "data" }, true],
    ["n>3", { n: "4" }, true],
    ["n>3", { n: "3" }, false],
    ["n<3", { n: "-1" }, true],
    ["n<3", { n: "x" }, false],
    ["n>3", {}, false],
  ]
  it.each(cases)("%s of %o is %s", (selector, labels, expected) => {
    assert.strictEqual(Result.getOrThrow(parseLabelSelector(selector))(labels), expected)
  })

  const wrong: ReadonlyArray<readonly [selector: string, message: RegExp]> = [
    ["a=b=c", /^found '=', expected: ',' or 'end of string'$/],
    ["a b", /^unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt$/],
    ["a=b,", /^found '', expected: identifier after ','$/],
    ["a,,b", /^found ',', expected: identifier after ','$/],
    [",a", /^found ',', expected: !, identifier, or 'end of string'$/],
    ["=x", /^found '=', expected: !, identifier, or 'end of string'$/],
    ["!", /found '', expected: identifier$/],
    ["!a=b", /^found '=', expected: ',' or 'end of string'$/],
    ["a in 1", /found '1', expected: '\('$/],
    ["a in ()", /values set can't be empty$/],
    ["a in (b", /found '', expected: ',' or '\)'$/],
    ["a in (b c)", /found 'c', expected: ',' or '\)'$/],
    ["a=(b)", /found '\(', expected: identifier$/],
    ["a>b", /the value must be an integer$/],
    ["-a=b", /"-a" is not a legal label key/],
    ["A.com/x/y=b", /is not a legal label key/],
    ["a=b_", /"b_" is not a legal label value/],
    [`a=${"x".repeat(64)}`, /is not a legal label value/],
  ]
  it.each(wrong)("%s is refused: %s", (selector, message) => {
    const parsed = parseLabelSelector(selector)
    assert.match(Result.isFailure(parsed) ? parsed.failure : "accepted", message)
  })
})

describe("keys and values of labels", () => {
  it.each(["team", "a.b/c", "A_1", "kubernetes.io/metadata.name"])("%s is a key", (key) => {
    assert.isTrue(isLabelKey(key))
  })
  it.each(["", "/a", "a/", "a/b/c", "Upper.com/a", "a b", "x".repeat(64), `${"a".repeat(254)}/b`])(
    "%s is no key",
    (key) => {
      assert.isFalse(isLabelKey(key))
    },
  )
  it("values may be empty, and have no slash", () => {
    assert.deepStrictEqual(["", "a", "a/b", "-"].map(isLabelValue), [true, true, false, false])
  })
})
