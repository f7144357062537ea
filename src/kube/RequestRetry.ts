/**
 * Which failed requests are sent again at once, before the work queue hears of them. Reads on every passing failure; writes only when the
 * server refused to look at them (429): whatever else went wrong with a write, it may have been carried out.
 */

import { Effect, Random } from "effect"
import type { KubeError } from "./KubeError.ts"

const attempts = 4
/** A server that asks for more patience than this gets it from the work queue, which has other work meanwhile. */
const patienceSeconds = 5

const isThrottled = (error: KubeError): boolean =>
  error.reason === "Throttled" && (error.retryAfter ?? 0) <= patienceSeconds

const isPassing = (error: KubeError): boolean =>
  error.reason === "Unavailable" || error.reason === "Transport" || isThrottled(error)

/** 100 ms, 200 ms, 400 ms with jitter, or as long as the server asked for. */
const again = <A, R>(
  request: Effect.Effect<A, KubeError, R>,
  isWorthIt: (error: KubeError) => boolean,
  attempt = 1,
): Effect.Effect<A, KubeError, R> =>
  Effect.catchIf(
    request,
    (error) => isWorthIt(error) && attempt < attempts,
    Effect.fnUntraced(function* (error) {
      const pause = 50 * 2 ** attempt * (0.5 + (yield* Random.next))
      yield* Effect.sleep(Math.max(pause, (error.retryAfter ?? 0) * 1000))
      return yield* again(request, isWorthIt, attempt + 1)
    }),
  )

/** Up to four tries of a request that changes nothing. */
export const readPatiently = <A, R>(request: Effect.Effect<A, KubeError, R>): Effect.Effect<A, KubeError, R> =>
  again(request, isPassing)

/** Up to four tries of a request that changes something. */
export const writePatiently = <A, R>(request: Effect.Effect<A, KubeError, R>): Effect.Effect<A, KubeError, R> =>
  again(request, isThrottled)
