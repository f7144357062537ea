/**
 * Who a bearer token belongs to, and whether that user may `get` a path: asked of the API server (TokenReview, then
 * SubjectAccessReview on the nonResourceURL), as controller-runtime's filter for metrics does. Answers are kept for a short time, so that
 * scrapes cost the API server next to nothing; tokens are not kept, only their digests.
 */

import { createHash } from "node:crypto"
import { Clock, Effect, Semaphore } from "effect"
import type { KubeApi } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { subjectAccessReviews, tokenReviews } from "../../kube/Resource.ts"
import type { Access } from "./MetricsRoute.ts"

/** Seconds for which a user that may is let in again without a question; a removed right works on for so long. */
const allowedSeconds = 60
/** And for which one that may not is turned away again. */
const refusedSeconds = 10
/** Answers kept of each sort: many wrong tokens cannot push out the right ones. */
const capacity = 256
/** Reviews under way at one time; wrong tokens in any number do not take the API server from the operator's own work. */
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
    // Somebody may have asked the same while this one waited.
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
          `nobody can read the metrics: who asks cannot be found out; may the operator create tokenreviews and subjectaccessreviews? ${error.message}`,
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
