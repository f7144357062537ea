/** Waits until a started operator has looked at every application. */

import { Clock, Data, Effect } from "effect"
import { sample } from "../../test/support/MetricsText.ts"
import { log } from "./OperatorProcess.ts"
import { cpuSeconds, peakMebibytes, residentMebibytes } from "./Processes.ts"
import { metrics } from "./Requests.ts"

export class Restless extends Data.TaggedError("Restless")<{ readonly message: string }> {}

/** A process that used less CPU time than this, in half a second, has nothing to do. */
const idleSeconds = 0.05

/**
 * When the operator last did something, in epoch milliseconds, its CPU seconds until then, and its memory. Asking it for its metrics all the
 * time would be work that it does not have otherwise; so they are only read when it rests, to see whether it is done.
 */
export const awaitSettled = Effect.fnUntraced(function* (pid: number, count: number) {
  const now = Effect.map(Clock.currentTimeMillis, (at) => ({ at, cpu: cpuSeconds(pid) }))
  let rested = [yield* now]
  for (let waited = 0; waited < 120 * 20; waited++) {
    yield* Effect.sleep("50 millis")
    rested.push(yield* now)
    while (rested.at(-1)!.cpu - rested[0]!.cpu > idleSeconds) rested.shift()
    const since = rested[0]!
    if (rested.at(-1)!.at - since.at < 500) continue
    const memory = { resident: residentMebibytes(pid), peak: peakMebibytes(pid) }
    const text = yield* metrics
    const done = sample(text, "workqueue_queue_duration_seconds_count") ?? 0
    const depth = sample(text, "workqueue_depth") ?? 0
    if (done >= count && depth === 0) return { ...since, ...memory }
    rested = [yield* now]
  }
  return yield* new Restless({ message: `the work queue did not settle; see ${log}` })
})
