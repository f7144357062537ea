import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { as, makeConsole, running } from "../support/ConsoleBench.ts"

describe("10,000 applications", () => {
  it.live("the server answers every page within 300 ms", () =>
    Effect.gen(function* () {
      const bench = yield* makeConsole()
      for (let index = 0; index < 10_000; index++) {
        bench.add({ application: running(`team-${index % 20}`, `app-${index}`).application })
      }
      const headers = as("editor")
      const seconds = Effect.fnUntraced(function* (path: string) {
        const started = yield* Clock.monotonicTimeNanos
        const { status } = yield* bench.ask(path, { headers })
        assert.strictEqual(status, 200)
        return Number((yield* Clock.monotonicTimeNanos) - started) / 1e9
      })
      yield* seconds("/api/session")
      const times: Record<string, number> = {}
      for (const path of ["/", "/api/fleet", "/api/applications", "/api/applications?sort=name&page=150"]) {
        times[path] = yield* seconds(path)
      }
      for (const [path, time] of Object.entries(times)) assert.isBelow(time, 0.3, path)
    }),
  )
})
