import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { decodeFlags, problemLines } from "../../src/settings/Flag.ts"
import { integer, listOf, namespace, optionalText, toggle } from "../../src/settings/ValueKind.ts"

const flags = {
  workers: { kind: integer(1, 9), default: "2", description: "" },
  context: { kind: optionalText("a context"), default: "", description: "" },
  namespaces: { kind: listOf(namespace, "names"), default: "", description: "" },
  once: { kind: toggle, default: "false", description: "" },
}
const read = (...args: ReadonlyArray<string>) => {
  const decoded = decodeFlags(flags, args, {})
  return Result.isSuccess(decoded) ? decoded.success : problemLines(decoded.failure)
}
const defaults = { workers: 2, context: undefined, namespaces: [], once: false }

describe("Flag", () => {
  it("reads a value after a space and after an equals sign", () => {
    assert.deepStrictEqual(read("--workers", "3", "--context=kind"), { ...defaults, workers: 3, context: "kind" })
  })

  it("lets the last of two values win, and adds lists up", () => {
    assert.deepStrictEqual(read("--workers=3", "--workers=4"), { ...defaults, workers: 4 })
    assert.deepStrictEqual(read("--namespaces=a", "--namespaces", "b, c"), { ...defaults, namespaces: ["a", "b", "c"] })
  })

  it("accepts a switch alone, with a value, and negated", () => {
    assert.deepStrictEqual(read("--once"), { ...defaults, once: true })
    assert.deepStrictEqual(read("--once=false"), defaults)
    assert.deepStrictEqual(read("--once", "--no-once"), defaults)
    assert.strictEqual(read("--no-workers"), "--no-workers: is not a flag of this command; did you mean --workers?")
  })

  it("suggests the most similar flag for an unknown one, and none if no flag is similar", () => {
    assert.strictEqual(read("--wrokers=3"), "--wrokers: is not a flag of this command; did you mean --workers?")
    assert.strictEqual(read("--teapot"), "--teapot: is not a flag of this command; see --help")
  })

  it("counts an unknown flag and its value as one mistake", () => {
    assert.strictEqual(read("--teapot", "hot"), "--teapot: is not a flag of this command; see --help")
  })

  it("rejects words that are not flags", () => {
    assert.strictEqual(read("workers"), "workers: is not a flag; flags start with --")
  })

  it("does not use the next flag as a missing value", () => {
    assert.strictEqual(read("--workers", "--once"), "--workers: needs a value: a whole number from 1 to 9")
    assert.strictEqual(read("--workers"), "--workers: needs a value: a whole number from 1 to 9")
  })

  it("refuses a switch that is neither on nor off", () => {
    assert.strictEqual(read("--once=maybe"), '--once: "maybe" does not fit; use true or false')
  })
})
