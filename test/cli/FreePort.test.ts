import { createServer, type AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { freeAddress, freePort } from "../../src/cli/FreePort.ts"

/** A port that somebody listens on for the length of the test. */
const takenPort = Effect.acquireRelease(
  Effect.callback<ReturnType<typeof createServer>>((resume) => {
    const server = createServer()
    server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
  }),
  (server) => Effect.sync(() => void server.close()),
).pipe(Effect.map((server) => (server.address() as AddressInfo).port))

describe("FreePort", () => {
  it.effect("takes another port when the preferred one is in use", () =>
    Effect.gen(function* () {
      const taken = yield* takenPort
      const port = yield* freePort("127.0.0.1", taken)
      assert.notStrictEqual(port, taken)
      assert.strictEqual(yield* freePort("127.0.0.1", port), port)
    }),
  )

  it.effect("keeps the host of an address, and an endpoint that is off", () =>
    Effect.gen(function* () {
      const taken = yield* takenPort
      const address = yield* freeAddress(`127.0.0.1:${taken}`)
      assert.match(address, /^127\.0\.0\.1:\d+$/)
      assert.notStrictEqual(address, `127.0.0.1:${taken}`)
      assert.strictEqual(yield* freeAddress("0"), "0")
    }),
  )
})
