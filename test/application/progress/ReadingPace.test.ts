import { assert, describe, it } from "@effect/vitest"
import { costOf, interval, make } from "../../../src/application/progress/ReadingPace.ts"

describe("the interval between two readings", () => {
  const cases: ReadonlyArray<readonly [string, Parameters<typeof interval>[1], number]> = [
    ["is the shortest in the first minute", { age: 59, quiet: 0, failures: 0 }, 5],
    ["grows with the age of the run", { age: 240, quiet: 0, failures: 0 }, 20],
    ["and is a minute at most", { age: 86_400, quiet: 0, failures: 0 }, 60],
    ["grows while nothing moves", { age: 120, quiet: 100, failures: 0 }, 25],
    ["also then is a minute at most", { age: 86_400, quiet: 86_000, failures: 0 }, 60],
    ["stays short while a driver starts and has no UI yet", { age: 40, quiet: 0, failures: 8 }, 5],
    ["is an eighth of the age where the start takes long", { age: 160, quiet: 0, failures: 20 }, 20],
    ["doubles with every failure of an older run", { age: 3600, quiet: 0, failures: 5 }, 160],
    ["up to five minutes", { age: 3600, quiet: 0, failures: 100 }, 300],
    ["is not shorter after one failure than without", { age: 3600, quiet: 0, failures: 1 }, 60],
    ["is the shortest when the clock of the node is ahead", { age: -30, quiet: -5, failures: 0 }, 5],
  ]
  for (const [what, standing, seconds] of cases) {
    it(what, () => assert.closeTo(interval(5, standing), seconds, 0.2))
  }
})

describe("the pace of all readings", () => {
  it("does not change the intervals of a few applications", () => {
    const pace = make(20)
    for (let n = 0; n < 100; n++) assert.strictEqual(pace.plan(`a/${n}`, 5, 1), 5)
  })

  it("extends all intervals alike if there are more applications than can be read", () => {
    const pace = make(20)
    for (let n = 0; n < 5000; n++) pace.plan(`a/${n}`, 60, 1)
    assert.closeTo(pace.plan("a/0", 60, 1), 250, 0.1)
    assert.closeTo(pace.plan("a/young", 5, 1), 21, 0.5)
  })

  it("weights long answers more", () => {
    const pace = make(20)
    for (let n = 0; n < 5000; n++) pace.plan(`a/${n}`, 60, costOf(768 * 1024))
    assert.closeTo(pace.plan("a/0", 60, costOf(768 * 1024)), 1000, 1)
  })

  it("is back to the original intervals when they are gone", () => {
    const pace = make(20)
    for (let n = 0; n < 5000; n++) pace.plan(`a/${n}`, 5, 1)
    for (let n = 0; n < 5000; n++) pace.forget(`a/${n}`)
    pace.forget("a/never seen")
    assert.strictEqual(pace.plan("a/0", 5, 1), 5)
  })
})
