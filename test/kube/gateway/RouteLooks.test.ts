import { assert, describe, it } from "@effect/vitest"
import * as RouteLooks from "../../../src/kube/gateway/RouteLooks.ts"

describe("looks at a route", () => {
  it("are due at once after a start, then ever later, and end without an answer", () => {
    const looks = RouteLooks.make()
    let now = 1_000_000
    const pauses: Array<number | undefined> = []
    for (let count = 0; count < 5; count++) {
      const due = looks.due("a/pi", "1", now)
      pauses.push(due)
      if (due === undefined) break
      now += due * 1000
      looks.looked("a/pi", "1", now, false)
    }
    assert.deepStrictEqual(pauses, [0, 5, 30, 300, undefined])
  })

  it("end with an answer, and begin again for another submission or after the object was forgotten", () => {
    const looks = RouteLooks.make()
    looks.looked("a/pi", "1", 0, true)
    assert.isUndefined(looks.due("a/pi", "1", 0))
    assert.strictEqual(looks.due("a/pi", "2", 0), 0)
    looks.forget("a/pi")
    assert.strictEqual(looks.due("a/pi", "1", 0), 0)
  })
})
