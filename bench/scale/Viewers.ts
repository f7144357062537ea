/**
 * Viewers of the console, as browsers are: each has the stream of changes open, and reads what its page shows again when it has changed, at most
 * once in 1200 milliseconds (`src/console/page/Data.ts`).
 */

import { Clock, Effect, Latch, Schedule, type Scope, Stream } from "effect"
import { type Percentiles, percentiles } from "./Table.ts"

/** Started by `watched`. */
const console = `http://127.0.0.1:${process.env["FIRESTEEL_CONSOLE_PORT"]}`
const headers = { Authorization: `Bearer ${process.env["FIRESTEEL_CONSOLE_TOKEN"]}` }

/** Half of them look at the first page, the others at tables, each of its own. */
const pageOf = (index: number) =>
  index % 2 === 0 ? "/api/fleet" : `/api/applications?text=${index === 1 ? "" : index}`

const pause = 1200

const open = (path: string) =>
  Effect.promise(async (signal) => {
    const response = await fetch(console + path, { headers, signal })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response
  })

const view = Effect.fnUntraced(function* (index: number, seconds: Array<number>) {
  const changed = Latch.makeUnsafe(true)
  // The server ends each stream after ten minutes, and browsers connect again.
  const watch = Effect.flatMap(open("/api/changes"), (response) =>
    Stream.runForEach(
      Stream.fromReadableStream({ evaluate: () => response.body!, onError: (error) => error }),
      (chunk) =>
        Effect.sync(() => void (new TextDecoder().decode(chunk).includes("event: change") && changed.openUnsafe())),
    ),
  )
  yield* Effect.forkScoped(Effect.repeat(watch, Schedule.spaced("2 seconds")))
  const look = Effect.gen(function* () {
    yield* changed.await
    changed.closeUnsafe()
    const asked = yield* Clock.monotonicTimeNanos
    const response = yield* open(pageOf(index))
    yield* Effect.promise(() => response.text())
    seconds.push(Number((yield* Clock.monotonicTimeNanos) - asked) / 1e9)
    yield* Effect.sleep(pause)
  })
  return yield* Effect.forever(look)
})

export interface Viewers {
  readonly answers: Effect.Effect<{ readonly count: number; readonly seconds: Percentiles }>
}

/** They watch until the scope ends. */
export const watchConsole = Effect.fnUntraced(function* (count: number): Effect.fn.Return<Viewers, never, Scope.Scope> {
  const seconds: Array<number> = []
  for (let index = 0; index < count; index++) yield* Effect.forkScoped(Effect.scoped(view(index, seconds)))
  return { answers: Effect.sync(() => ({ count: seconds.length, seconds: percentiles(seconds) })) }
})
