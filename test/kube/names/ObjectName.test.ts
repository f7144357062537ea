import { assert, describe, it } from "@effect/vitest"
import { isDnsLabel, isDnsSubdomain, isHostName, isServiceName } from "../../../src/kube/names/ObjectName.ts"

const legal = [isDnsLabel, isDnsSubdomain, isServiceName, isHostName]

/** What a label of RFC 1123, a subdomain, a label of RFC 1035 and a host allow, in this order. */
const names: ReadonlyArray<readonly [string, boolean, boolean, boolean, boolean]> = [
  ["a", true, true, true, true],
  ["team-a", true, true, true, true],
  ["1a", true, true, false, true],
  ["a.b", false, true, false, true],
  ["*.example.com", false, false, false, true],
  ["*", false, false, false, false],
  ["*.", false, false, false, false],
  ["a..b", false, false, false, false],
  ["a.-b", false, false, false, false],
  ["-a", false, false, false, false],
  ["a-", false, false, false, false],
  ["A", false, false, false, false],
  ["", false, false, false, false],
  ["a\n", false, false, false, false],
  ["a".repeat(63), true, true, true, true],
  ["a".repeat(64), false, true, false, true],
  [`${"a.".repeat(126)}a`, false, true, false, true],
  [`${"a.".repeat(127)}a`, false, false, false, false],
]

describe("names of objects", () => {
  it.each(names)("%j", (name, ...expected) => {
    assert.deepStrictEqual(
      legal.map((is) => is(name)),
      expected,
    )
  })
})
