/** Validation is total: whatever a resource contains, the answer is an application that can be built or problems that name their fields. */

import { assert, describe, it } from "@effect/vitest"
import { Predicate, Result } from "effect"
import { build } from "../../src/spark/driver/Build.ts"
import type { Valid } from "../../src/spark/Validate.ts"
import { everyField } from "../support/EveryField.ts"
import { options, submission, validate } from "../support/SparkFixture.ts"

type Path = ReadonlyArray<string | number>

/** Every place in a value, its own included. */
const places = (value: unknown, path: Path = []): ReadonlyArray<Path> => [
  path,
  ...(Array.isArray(value)
    ? value.flatMap((item, index) => places(item, [...path, index]))
    : Predicate.isObject(value)
      ? Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, key]))
      : []),
]

const replaced = (value: unknown, [key, ...rest]: Path, by: unknown): unknown => {
  if (key === undefined) return by
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? replaced(item, rest, by) : item))
  return Predicate.isObject(value)
    ? { ...value, [key]: replaced((value as Readonly<Record<string, unknown>>)[key], rest, by) }
    : value
}

const scalars: ReadonlyArray<unknown> = [
  null,
  true,
  0,
  -1,
  1.5,
  1e18,
  "",
  " ",
  "0",
  "x",
  "9".repeat(400),
  "${x}",
  "a:b:c",
  "../..",
  "日本",
  "\u0000",
]
const structures: ReadonlyArray<unknown> = [
  [],
  [null],
  ["x"],
  [[]],
  [{}],
  {},
  { "": "" },
  { constructor: "x" },
  { toString: {} },
  { a: { b: [] } },
]
const strange: ReadonlyArray<unknown> = [scalars, structures].flat()

const check = (spec: unknown, what: string) => {
  let outcome: Result.Result<Valid, ReadonlyArray<{ readonly field: string; readonly message: string }>>
  try {
    outcome = validate({ ...everyField, spec })
    if (Result.isSuccess(outcome)) build(outcome.success, submission, options)
  } catch (error) {
    assert.fail(`${what}: ${String(error)}`)
  }
  if (Result.isFailure(outcome)) {
    assert.isNotEmpty(outcome.failure, what)
    for (const { field, message } of outcome.failure) {
      assert.match(field, /^(spec|metadata)/, what)
      assert.isNotEmpty(message, what)
    }
  }
}

const { nodeSelector: _driver, ...driver } = everyField.spec.driver
const { nodeSelector: _executor, memoryLimit: _limit, ...executor } = everyField.spec.executor
/** Every field at once, but those that exclude each other. */
const spec = { ...everyField.spec, driver, executor, nodeSelector: { disk: "ssd" } }

describe("any value in any field", () => {
  it("results in objects or in problems that name their fields", () => {
    // Every place meets one of the strange values, every value many places.
    for (const [index, path] of places(spec).entries()) {
      const by = strange[(index * 7) % strange.length]
      check(replaced(spec, path, by), `${path.join(".")} = ${JSON.stringify(by)}`)
    }
  })
})
