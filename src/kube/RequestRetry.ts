/**
 * Which failed requests are sent again at once, before the work queue sees a failure. Reads after every transient failure but a timeout;
 * writes only if the server refused to handle them (429): after any other failure they may have been carried out.
 */

import { Duration, Effect, Random, Schedule } from "effect"
import { isTransient, type KubeError } from "./KubeError.ts"

/** Retries after the first try. */
const times = 3
/** Seconds. A longer `Retry-After` is left to the work queue, which does other work meanwhile. */
const longestPause = 5

const isThrottled = ({ reason, retryAfter = 0 }: KubeError): boolean =>
  reason === "Throttled" && retryAfter <= longestPause

/** After a timeout the deadline of the request is used up already. */
const isWorthRepeating = (error: KubeError): boolean =>
  error.reason === "Throttled" ? isThrottled(error) : isTransient(error) && error.reason !== "Timeout"

/** 100 ms, 200 ms, 400 ms, each between half and one and a half of it, or longer if the server asks for it. */
const schedule = Schedule.exponential("100 millis").pipe(
  Schedule.setInputType<KubeError>(),
  Schedule.modifyDelay(({ input, duration }) =>
    Effect.map(Random.next, (random) =>
      Math.max(Duration.toMillis(duration) * (0.5 + random), (input.retryAfter ?? 0) * 1000),
    ),
  ),
)

/** Up to four tries of a request that changes nothing. */
export const retryRead = <A, R>(request: Effect.Effect<A, KubeError, R>): Effect.Effect<A, KubeError, R> =>
  Effect.retry(request, { times, schedule, while: isWorthRepeating })

/** Up to four tries of a request that changes something. */
export const retryWrite = <A, R>(request: Effect.Effect<A, KubeError, R>): Effect.Effect<A, KubeError, R> =>
  Effect.retry(request, { times, schedule, while: isThrottled })
