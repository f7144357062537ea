import { assert, describe, it } from "@effect/vitest"
import { jsonPath } from "../../../src/local/apiserver/JsonPath.ts"

const object = {
  metadata: { labels: { "app.kubernetes.io/name": "pi" } },
  status: {
    attempts: [
      { number: 1, reason: "Error" },
      { number: 2, reason: "OOMKilled" },
    ],
    conditions: [{ type: "Ready", status: "True" }],
  },
}

describe("jsonPath", () => {
  it("selects as kubectl's printer columns do", () => {
    const selections: ReadonlyArray<readonly [string, ReadonlyArray<unknown>]> = [
      [".status.attempts[0].reason", ["Error"]],
      [".status.attempts[-1].reason", ["OOMKilled"]],
      [".status.attempts[-1:].reason", ["OOMKilled"]],
      [".status.attempts[0:1].number", [1]],
      [".status.attempts[:1].number", [1]],
      [".status.attempts[*].number", [1, 2]],
      [".status.attempts[?(@.number>1)].reason", ["OOMKilled"]],
      ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
      [".metadata.labels['app.kubernetes.io/name']", ["pi"]],
      [".metadata.labels.app\\.kubernetes\\.io/name", ["pi"]],
      [".status.nothing.here", []],
    ]
    for (const [path, expected] of selections) assert.deepStrictEqual(jsonPath(path)(object), expected, path)
  })
})
