import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import type { ApiObject } from "../../../src/local/apiserver/ApiObject.ts"
import { humanDuration } from "../../../src/local/apiserver/http/HumanDuration.ts"
import { jsonPath } from "../../../src/local/apiserver/JsonPath.ts"
import { labelSelector } from "../../../src/local/apiserver/Selector.ts"

const labelled = (labels: Record<string, string>): ApiObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a", uid: "u", resourceVersion: "1", creationTimestamp: "", labels },
})

const matches = (selector: string, labels: Record<string, string>) =>
  Result.getOrThrow(labelSelector(selector))(labelled(labels))

describe("Label selectors", () => {
  const cases: ReadonlyArray<readonly [selector: string, labels: Record<string, string>, matches: boolean]> = [
    ["", {}, true],
    ["a=1", { a: "1" }, true],
    ["a==1,b!=2", { a: "1" }, true],
    ["a=1", {}, false],
    ["a", { a: "" }, true],
    ["!a", { a: "" }, false],
    ["a in (1, 2),b", { a: "2", b: "x" }, true],
    ["a in (1,2)", {}, false],
    ["a notin (1,2)", {}, true],
    ["a notin (1,2)", { a: "1" }, false],
    ["sparkoperator.k8s.io/app-name=pi", { "sparkoperator.k8s.io/app-name": "pi" }, true],
    ["n>3", { n: "4" }, true],
  ]
  it.each(cases)("%s of %o is %s", (selector, labels, expected) => {
    assert.strictEqual(matches(selector, labels), expected)
  })

  it.each(["a=b=c", "a in 1", "=x", "a,,b", "a in (b"])("refuses %s", (selector) => {
    assert.isTrue(Result.isFailure(labelSelector(selector)))
  })
})

describe("JSONPath of printer columns", () => {
  const object = {
    metadata: { annotations: { "a.b/c": "x" } },
    status: { conditions: [{ type: "Ready", status: "True" }, { type: "Other" }], list: [{ n: 1 }, { n: 2 }] },
  }
  const cases: ReadonlyArray<readonly [path: string, values: ReadonlyArray<unknown>]> = [
    [".metadata.annotations.a\\.b/c", ["x"]],
    [".metadata.annotations['a.b/c']", ["x"]],
    ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
    [".status.list[*].n", [1, 2]],
    [".status.list[-1].n", [2]],
    ["{.status.list[0].n}", [1]],
    [".status.nothing.here", []],
  ]
  it.each(cases)("%s", (path, values) => {
    assert.deepStrictEqual(jsonPath(path)(object), values)
  })
})

describe("Ages", () => {
  const cases: ReadonlyArray<readonly [seconds: number, shown: string]> = [
    [0, "0s"],
    [119, "119s"],
    [120, "2m"],
    [200, "3m20s"],
    [3600, "60m"],
    [3 * 3600 + 300, "3h5m"],
    [30 * 3600, "30h"],
    [3 * 86400 + 4 * 3600, "3d4h"],
    [40 * 86400, "40d"],
    [800 * 86400, "2y70d"],
  ]
  it.each(cases)("%d seconds read %s", (seconds, shown) => {
    assert.strictEqual(humanDuration(seconds * 1000), shown)
  })
})
