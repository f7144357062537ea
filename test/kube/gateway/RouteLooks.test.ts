import { assert, describe, it } from "@effect/vitest"
import * as RouteLooks from "../../../src/kube/gateway/RouteLooks.ts"

const route = (version: string, name = "pi-ui-route") => ({ owner: "a/pi", name, version })

describe("looks at a route", () => {
  it("are due at once after a start, then ever later, and end without an answer", () => {
    const looks = RouteLooks.make()
    let now = 1_000_000
    const pauses: Array<number | undefined> = []
    for (let count = 0; count < 5; count++) {
      const due = looks.due(route("1"), now)
      pauses.push(due)
      if (due === undefined) break
      now += due * 1000
      looks.looked(route("1"), now, false)
    }
    assert.deepStrictEqual(pauses, [0, 5, 30, 300, undefined])
  })

  it("end with an answer, and begin again for another version after a problem, or after the owner was forgotten", () => {
    const looks = RouteLooks.make()
    looks.looked(route("1"), 0, true)
    assert.isUndefined(looks.due(route("1"), 0))
    assert.strictEqual(looks.due(route("2"), 0), 0)
    looks.looked(route("2"), 0, false)
    looks.restart(route("2"))
    looks.looked(route("2"), 0, false)
    assert.strictEqual(looks.due(route("2"), 0), 5)
    looks.forget("a/pi")
    assert.strictEqual(looks.due(route("1"), 0), 0)
  })

  it("of one route say nothing of another of the same owner", () => {
    const looks = RouteLooks.make()
    looks.looked(route("1"), 0, false)
    looks.looked(route("1", "pi-route-8888"), 0, true)
    assert.strictEqual(looks.due(route("1"), 0), 5)
    assert.isUndefined(looks.due(route("1", "pi-route-8888"), 0))
  })
})
