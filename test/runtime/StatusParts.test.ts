import { assert, describe, it } from "@effect/vitest"
import { isPartOf, lostFields, namesOf } from "../../src/runtime/StatusParts.ts"

const whole = {
  state: { name: "RUNNING", since: "now" },
  attempts: [
    { number: 1, reason: "Error" },
    { number: 2, reason: "Killed" },
  ],
  counts: { a: 0 },
}

describe("what the API server lost of a status", () => {
  it.each([
    ["nothing, if the answer is the same, or has more", { ...whole, more: 1 }, []],
    ["a field", { state: whole.state, attempts: whole.attempts }, ["counts"]],
    ["a nested field", { ...whole, state: { name: "RUNNING" } }, ["state.since"]],
    ["a field of list items, once", { ...whole, attempts: [{ number: 1 }, { number: 2 }] }, ["attempts[].reason"]],
    ["items of a list", { ...whole, attempts: whole.attempts.slice(1) }, ["attempts[]"]],
    ["everything", undefined, [""]],
    ["nothing, where a value differs", { ...whole, counts: { a: 1 } }, []],
  ])("%s", (_, kept, lost) => {
    assert.deepStrictEqual(lostFields(whole, kept), lost)
  })

  it("is not what JSON leaves out, and not null", () => {
    assert.deepStrictEqual(lostFields({ a: undefined, b: null }, {}), [])
  })

  it("is listed up to a limit", () => {
    assert.strictEqual(namesOf(["a", "b"]), "a, b")
    assert.strictEqual(namesOf(["a", "b", "c", "d"], 2), "a, b and 2 more")
  })
})

describe("a status that may be what is left of another one", () => {
  it.each([
    ["the same", whole, true],
    ["without fields", { attempts: [{ number: 1 }, { number: 2 }], state: {} }, true],
    ["empty", {}, true],
    ["with another value", { ...whole, counts: { a: 1 } }, false],
    ["with one more field", { ...whole, more: 1 }, false],
    ["with fewer items", { attempts: [{ number: 1 }] }, false],
  ])("%s", (_, part, is) => {
    assert.strictEqual(isPartOf(part, whole), is)
  })
})
