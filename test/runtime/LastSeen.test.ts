import { assert, describe, it } from "@effect/vitest"
import { make } from "../../src/runtime/LastSeen.ts"

const pod = (name: string) => ({ metadata: { name, uid: name } })

describe("the last words of pods", () => {
  it("are kept until they are reported, whatever else was said meanwhile", () => {
    const seen = make()
    const [first, second] = [pod("pi-exec-1"), pod("pi-exec-2")]
    seen.remember("default/pi", first)
    const reported = seen.of("default/pi")
    seen.remember("default/pi", second)
    seen.forget("default/pi", reported)
    assert.deepStrictEqual(seen.of("default/pi"), [second])
  })

  it("go with their application", () => {
    const seen = make()
    seen.remember("default/pi", pod("pi-exec-1"))
    seen.remember("default/other", pod("other-exec-1"))
    seen.drop("default/pi")
    assert.deepStrictEqual([seen.of("default/pi").length, seen.of("default/other").length], [0, 1])
  })
})
