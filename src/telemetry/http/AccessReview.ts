/**
 * Authenticates bearer tokens and checks whether their user may `get` a path: by the API server (TokenReview, then
 * SubjectAccessReview on the nonResourceURL), as controller-runtime's filter for metrics does. Answers are cached for a short time, so that
 * scrapes cost the API server next to nothing; only digests of tokens are kept, not the tokens.
 */

import { createHash } from "node:crypto"
import { Clock, Effect, Semaphore } from "effect"
import type { KubeApi } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { subjectAccessReviews, tokenReviews } from "../../kube/Resource.ts"
import type { Access } from "./MetricsRoute.ts"

/** Seconds for which access is granted again without a review; a revoked right stays effective for this time. */
const allowedSeconds = 60
/** Seconds for which a denial is repeated without a review. */
const refusedSeconds = 10
/** Answers kept of each kind: many wrong tokens cannot evict the right ones. */
const capacity = 256
/** Reviews in flight at one time, so that any number of wrong tokens does not slow down the operator's own requests. */
const concurrency = 4

/** Judges the header `Authorization` of a request for `path`. */
export const make = (
  kube: Pick<KubeApi, "create">,
  path: string,
): ((authorization: string | undefined) => Effect.Effect<Access>) => {
  const allowed = makeMemory(allowedSeconds)
  const refused = makeMemory(refusedSeconds)
  const permits = Semaphore.makeUnsafe(concurrency)
  let failing = false

  const recall = (digest: string, now: number) => allowed.find(digest, now) ?? refused.find(digest, now)

  const review = Effect.fnUntraced(function* (token: string, digest: string) {
    // Another request with the same token may have been reviewed while this one waited.
    const known = recall(digest, yield* Clock.currentTimeMillis)
    if (known !== undefined) return known
    const access = yield* accessOf(kube, token, path)
    const memory = access === "allowed" ? allowed : refused
    memory.keep(digest, access, yield* Clock.currentTimeMillis)
    failing = false
    return access
  })

  const unknown = (error: { readonly message: string }) => {
    const say = failing
      ? Effect.void
      : Effect.logWarning(
          `cannot authenticate scrapers, so metrics cannot be read; may the operator create tokenreviews and subjectaccessreviews? ${error.message}`,
        )
    failing = true
    return Effect.as(say, "unknown" as const)
  }

  return Effect.fnUntraced(function* (authorization) {
    const [, token] = /^bearer +(\S+)$/i.exec(authorization?.trim() ?? "") ?? []
    if (token === undefined) return "unauthenticated"
    const digest = createHash("sha256").update(token).digest("base64")
    const known = recall(digest, yield* Clock.currentTimeMillis)
    if (known !== undefined) return known
    return yield* permits.withPermit(review(token, digest)).pipe(Effect.catch(unknown))
  })
}

const accessOf = Effect.fnUntraced(function* (
  kube: Pick<KubeApi, "create">,
  token: string,
  path: string,
): Effect.fn.Return<"allowed" | "unauthenticated" | "forbidden", KubeError> {
  const { status: who } = yield* kube.create(tokenReviews, "", { spec: { token } })
  if (who?.authenticated !== true || who.user === undefined) return "unauthenticated"
  const { username, ...user } = who.user
  const { status: may } = yield* kube.create(subjectAccessReviews, "", {
    spec: {
      ...user,
      ...(username === undefined ? {} : { user: username }),
      nonResourceAttributes: { path, verb: "get" },
    },
  })
  return may?.allowed === true ? "allowed" : "forbidden"
})

interface Answer {
  readonly access: Access
  readonly until: number
}

/** The newest answers by digest. */
const makeMemory = (seconds: number) => {
  const answers = new Map<string, Answer>()
  return {
    find: (digest: string, now: number): Access | undefined => {
      const known = answers.get(digest)
      return known !== undefined && now < known.until ? known.access : undefined
    },
    keep: (digest: string, access: Access, now: number): void => {
      answers.delete(digest)
      answers.set(digest, { access, until: now + seconds * 1000 })
      const [oldest] = answers.keys()
      if (answers.size > capacity && oldest !== undefined) answers.delete(oldest)
    },
  }
}
