import { assert, describe, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { TestClock } from "effect/testing"
import * as Tokens from "../../../src/console/access/Tokens.ts"
import { nameOf } from "../../../src/console/access/Viewer.ts"
import type { KubeApi } from "../../../src/kube/Kube.ts"
import { KubeError } from "../../../src/kube/KubeError.ts"

/** An API server that knows `user-…` tokens until they are revoked, and the clients that were made and closed. */
const world = Effect.gen(function* () {
  const reviews: Array<string> = []
  const revoked = new Set<string>()
  let down = false
  const clients = { made: 0, closed: 0 }
  const create = ((_resource, _namespace, object) =>
    Effect.suspend(() => {
      const { token } = (object as unknown as { spec: { token: string } }).spec
      if (down) return Effect.fail(new KubeError({ reason: "Unavailable", request: "create", message: "down" }))
      reviews.push(token)
      const authenticated = token.startsWith("user-") && !revoked.has(token)
      return Effect.succeed({ status: authenticated ? { authenticated, user: { username: token } } : {} } as never)
    })) as KubeApi["create"]
  const makeUserKube = (): Effect.Effect<KubeApi, never, Scope.Scope> =>
    Effect.acquireRelease(
      Effect.sync(() => (clients.made++, {} as KubeApi)),
      () => Effect.sync(() => clients.closed++),
    )
  const tokens = yield* Tokens.make({ create }, makeUserKube)
  const who = (token: string) =>
    Effect.map(tokens.viewerOf(token), (viewer) => (viewer === undefined ? undefined : nameOf(viewer)))
  return { who, tokens, reviews, revoked, clients, setDown: (now: boolean) => (down = now) }
})

describe("viewers by token", () => {
  it.effect("are reviewed once for half a minute, and have one client", () =>
    Effect.gen(function* () {
      const { who, tokens, reviews, clients } = yield* world
      assert.strictEqual(yield* who("user-a"), "user-a")
      const [first, second] = yield* Effect.all([tokens.viewerOf("user-a"), tokens.viewerOf("user-a")], {
        concurrency: "unbounded",
      })
      assert.strictEqual(first, second)
      assert.lengthOf(reviews, 1)
      yield* TestClock.adjust("31 seconds")
      assert.strictEqual(yield* tokens.viewerOf("user-a"), first, "the client and what it may do are kept")
      assert.deepStrictEqual([reviews.length, clients.made, clients.closed], [2, 1, 0])
    }),
  )

  it.effect("are forgotten when their token is revoked", () =>
    Effect.gen(function* () {
      const { who, revoked, clients } = yield* world
      yield* who("user-a")
      revoked.add("user-a")
      assert.strictEqual(yield* who("user-a"), "user-a", "for half a minute")
      yield* TestClock.adjust("31 seconds")
      assert.isUndefined(yield* who("user-a"))
      assert.strictEqual(clients.closed, 1)
    }),
  )

  it.effect("are refused without a review for ten seconds", () =>
    Effect.gen(function* () {
      const { who, reviews } = yield* world
      for (let again = 0; again < 5; again++) assert.isUndefined(yield* who("guessed"))
      assert.lengthOf(reviews, 1)
      yield* TestClock.adjust("11 seconds")
      yield* who("guessed")
      assert.lengthOf(reviews, 2)
    }),
  )

  it.effect("are not evicted by many wrong tokens, and are bounded themselves", () =>
    Effect.gen(function* () {
      const { who, reviews, clients } = yield* world
      yield* who("user-a")
      for (let index = 0; index < 1000; index++) yield* who(`guessed-${index}`)
      const before = reviews.length
      assert.strictEqual(yield* who("user-a"), "user-a")
      assert.strictEqual(reviews.length, before)
      for (let index = 0; index < 300; index++) yield* who(`user-${index}`)
      assert.isAtMost(clients.made - clients.closed, 256)
    }),
  )

  it.effect("cannot be found without the API server, which does not count as a refusal of the token", () =>
    Effect.gen(function* () {
      const { who, setDown } = yield* world
      setDown(true)
      const error = yield* Effect.flip(who("user-a"))
      assert.strictEqual(error.status, 503)
      setDown(false)
      assert.strictEqual(yield* who("user-a"), "user-a")
    }),
  )
})
