/**
 * Viewers by their bearer tokens: a TokenReview says whose a token is. Tokens are kept only inside the clients that use them; they are found again
 * by digest. The answer is kept for a short time, after which the token is reviewed again, so one that was revoked stops working.
 */

import { createHash } from "node:crypto"
import { Clock, Effect, Exit, Scope, Semaphore } from "effect"
import type { KubeApi } from "../../kube/Kube.ts"
import { tokenReviews } from "../../kube/Resource.ts"
import type { MakeUserKube } from "../../kube/user/UserKube.ts"
import { Refused } from "../http/Refused.ts"
import type { TokenViewer, UserInfo, Viewer } from "./Viewer.ts"

export interface Tokens {
  /** The viewer of a token; undefined if the API server does not know it. */
  readonly viewerOf: (token: string) => Effect.Effect<Viewer | undefined, Refused>
}

const acceptedSeconds = 30
const refusedSeconds = 10
/** Viewers, and refused tokens, that are remembered: those seen last. */
const capacity = 256
/** Reviews in flight, so that any number of wrong tokens does not slow down the operator. */
const concurrency = 4

interface Known {
  readonly viewer: TokenViewer
  readonly scope: Scope.Closeable
  until: number
}

const digestOf = (token: string) => createHash("sha256").update(token).digest("base64")

const sameUser = (a: UserInfo, b: UserInfo) => JSON.stringify(a) === JSON.stringify(b)

/** `kube` is the operator's, `makeUserKube` makes the clients of viewers; all are closed with the scope. */
export const make = Effect.fnUntraced(function* (
  kube: Pick<KubeApi, "create">,
  makeUserKube: MakeUserKube,
): Effect.fn.Return<Tokens, never, Scope.Scope> {
  const known = new Map<string, Known>()
  const refused = new Map<string, number>()
  const permits = Semaphore.makeUnsafe(concurrency)
  yield* Effect.addFinalizer(() =>
    Effect.forEach(known.values(), ({ scope }) => Scope.close(scope, Exit.void), { discard: true }),
  )

  const forget = Effect.fnUntraced(function* (digest: string) {
    const gone = known.get(digest)
    known.delete(digest)
    if (gone !== undefined) yield* Scope.close(gone.scope, Exit.void)
  })

  const recall = (digest: string, now: number): Viewer | "refused" | undefined => {
    const found = known.get(digest)
    if (found !== undefined && now < found.until) {
      known.delete(digest)
      known.set(digest, found)
      return found.viewer
    }
    return now < (refused.get(digest) ?? 0) ? "refused" : undefined
  }

  const refuse = Effect.fnUntraced(function* (digest: string, now: number) {
    yield* forget(digest)
    refused.delete(digest)
    refused.set(digest, now + refusedSeconds * 1000)
    const [oldest] = refused.keys()
    if (refused.size > capacity && oldest !== undefined) refused.delete(oldest)
    return undefined
  })

  const accept = Effect.fnUntraced(function* (token: string, digest: string, user: UserInfo, now: number) {
    const before = known.get(digest)
    if (before !== undefined && sameUser(before.viewer.user, user)) {
      before.until = now + acceptedSeconds * 1000
      return before.viewer
    }
    yield* forget(digest)
    const scope = yield* Scope.make()
    const client = yield* Scope.provide(makeUserKube(token), scope)
    const viewer = { _tag: "Token", user, kube: client, decisions: new Map() } as const
    known.set(digest, { viewer, scope, until: now + acceptedSeconds * 1000 })
    const [oldest] = known.keys()
    if (known.size > capacity && oldest !== undefined) yield* forget(oldest)
    return viewer
  })

  const review = Effect.fnUntraced(function* (
    token: string,
    digest: string,
  ): Effect.fn.Return<Viewer | undefined, Refused> {
    // Another request with the same token may have been reviewed while this one waited.
    const again = recall(digest, yield* Clock.currentTimeMillis)
    if (again !== undefined) return again === "refused" ? undefined : again
    const { status } = yield* Effect.mapError(
      kube.create(tokenReviews, "", { spec: { token } }),
      ({ message }) => new Refused({ status: 503, message: `Tokens cannot be checked now: ${message}` }),
    )
    const now = yield* Clock.currentTimeMillis
    return status?.authenticated === true && status.user !== undefined
      ? yield* accept(token, digest, status.user, now)
      : yield* refuse(digest, now)
  })

  return {
    viewerOf: Effect.fnUntraced(function* (token) {
      const digest = digestOf(token)
      const found = recall(digest, yield* Clock.currentTimeMillis)
      if (found !== undefined) return found === "refused" ? undefined : found
      return yield* permits.withPermit(review(token, digest))
    }),
  }
})
