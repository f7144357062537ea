/**
 * Which key is reconciled next. Keys only, never what happened to them: a worker reads the present state of its key.
 *
 * Guarantees: a key is with one worker at a time; a key that is added many times while it waits is reconciled once; a key that
 * is added while it is reconciled is reconciled again; an added key never waits for a delay; of several delays the earliest
 * counts. Lanes keep one kind of work from waiting behind another: the first lane never waits, and the others pause while keys pile up in
 * it, so that a burst of new objects does not blind the operator to those that run. Within a lane, namespaces take turns.
 */

import { Clock, Effect, Latch, type Scope } from "effect"
import type { WorkqueueMetrics, WorkqueueReading } from "../telemetry/operator/RuntimeMetrics.ts"
import * as DelayHeap from "./DelayHeap.ts"
import * as FairLane from "./FairLane.ts"

export const silentMetrics: WorkqueueMetrics = {
  added: () => {},
  retried: () => {},
  started: () => {},
  finished: () => {},
  observe: () => {},
}

export interface Workqueue {
  /** Something about the key changed: reconcile it as soon as a worker is free, whatever delay it had. */
  readonly add: (key: string) => void
  /** Reconcile it in `seconds`, unless something comes earlier. */
  readonly after: (key: string, seconds: number) => void
  /** Like `after`, for a failure: counts it and takes the pause from the number of failures in a row. Returns the pause. */
  readonly retry: (key: string, pause: (failures: number) => number) => number
  /** The failures in a row end here. */
  readonly succeeded: (key: string) => void
  /** Waits for a key of this lane; the taker must call `done`. */
  readonly take: (lane: string) => Effect.Effect<string>
  readonly done: (key: string) => void
  readonly read: () => WorkqueueReading
}

interface Entry {
  state: "idle" | "ready" | "working"
  lane: string
  /** Working: added again meanwhile. */
  touched: boolean
  failures: number
  /** When it became ready, or was touched while being worked on. */
  since: number
  startedAt: number
  dueAt: number | undefined
}

export interface WorkqueueOptions {
  /** The first one is never kept waiting. Default: one lane. */
  readonly lanes?: ReadonlyArray<string> | undefined
  /** Asked whenever a key becomes ready; another name than those of `lanes` counts as the first. Default: the first lane. */
  readonly laneOf?: ((key: string) => string) | undefined
  readonly metrics?: WorkqueueMetrics | undefined
}

/** With more keys than this waiting in the first lane, the others pause. */
const crowd = 20

const theOnlyLane = "all"

/** An empty queue; the scope holds the fiber that ends delays. */
export const make = Effect.fnUntraced(function* (
  options: WorkqueueOptions = {},
): Effect.fn.Return<Workqueue, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const metrics = options.metrics ?? silentMetrics
  const [first = theOnlyLane, ...others] = options.lanes ?? []
  const names: ReadonlySet<string> = new Set([first, ...others])
  const laneOf = (key: string) => {
    const lane = options.laneOf?.(key) ?? first
    return names.has(lane) ? lane : first
  }
  const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e9

  const entries = new Map<string, Entry>()
  /** Keys being worked on. */
  const working = new Map<string, Entry>()
  const lanes = new Map(
    Array.from(names, (name) => [name, { keys: FairLane.make(), arrival: Latch.makeUnsafe(false) }]),
  )
  const laneNamed = (name: string) => lanes.get(name) ?? lanes.get(first)!
  const urgent = laneNamed(first).keys
  /** Open while no more than `crowd` keys wait in the first lane. */
  const calm = Latch.makeUnsafe(true)
  let delays = DelayHeap.make()
  const earlier = Latch.makeUnsafe(false)

  const entryOf = (key: string): Entry => {
    const known = entries.get(key)
    if (known !== undefined) return known
    const entry: Entry = {
      state: "idle",
      lane: first,
      touched: false,
      failures: 0,
      since: 0,
      startedAt: 0,
      dueAt: undefined,
    }
    entries.set(key, entry)
    return entry
  }

  const makeReady = (key: string, entry: Entry, since: number) => {
    entry.state = "ready"
    entry.since = since
    entry.dueAt = undefined
    entry.lane = laneOf(key)
    const { keys, arrival } = laneNamed(entry.lane)
    keys.push(key)
    arrival.openUnsafe()
  }

  const add = (key: string) => {
    const entry = entryOf(key)
    switch (entry.state) {
      case "working":
        if (entry.touched) return
        entry.touched = true
        entry.since = now()
        return metrics.added()
      case "idle":
        makeReady(key, entry, now())
        return metrics.added()
      case "ready":
        // A change may have made it another lane's: it keeps the time it has waited.
        if (laneOf(key) === entry.lane) return
        laneNamed(entry.lane).keys.remove(key)
        return makeReady(key, entry, entry.since)
    }
  }

  const after = (key: string, seconds: number) => {
    if (seconds <= 0) return add(key)
    const entry = entryOf(key)
    const due = now() + seconds
    if (entry.state === "ready" || (entry.dueAt !== undefined && entry.dueAt <= due)) return
    entry.dueAt = due
    if (entry.state === "working") return
    schedule(key, due)
  }

  const schedule = (key: string, due: number) => {
    const first = delays.peek()
    delays.push({ due, key })
    if (delays.size() > 1024 + 4 * entries.size) sweepDelays()
    if (first === undefined || due < first.due) earlier.openUnsafe()
  }

  /** Entries that were overtaken stay in the heap until their time; without this, long delays would pile up. */
  const sweepDelays = () => {
    delays = DelayHeap.make()
    for (const [key, { state, dueAt }] of entries) {
      if (state === "idle" && dueAt !== undefined) delays.push({ due: dueAt, key })
    }
  }

  const done = (key: string) => {
    const entry = working.get(key)
    if (entry === undefined) return
    working.delete(key)
    metrics.finished(now() - entry.startedAt)
    entry.state = "idle"
    if (entry.touched) {
      entry.touched = false
      makeReady(key, entry, entry.since)
    } else if (entry.dueAt !== undefined) schedule(key, entry.dueAt)
    else if (entry.failures === 0) entries.delete(key)
  }

  const take = (lane: string): Effect.Effect<string> =>
    Effect.suspend(() => {
      const { keys, arrival } = laneNamed(lane)
      if (keys !== urgent && urgent.size() > crowd) {
        calm.closeUnsafe()
        return Effect.andThen(calm.await, take(lane))
      }
      const key = keys.pop()
      if (urgent.size() <= crowd) calm.openUnsafe()
      if (key === undefined) {
        arrival.closeUnsafe()
        return Effect.andThen(arrival.await, take(lane))
      }
      const entry = entryOf(key)
      entry.state = "working"
      entry.startedAt = now()
      working.set(key, entry)
      metrics.started(entry.startedAt - entry.since)
      return Effect.succeed(key)
    })

  const read = (): WorkqueueReading => {
    const time = now()
    const worked = Array.from(working.values(), (entry) => time - entry.startedAt)
    return {
      depth: [...lanes.values()].reduce((sum, { keys }) => sum + keys.size(), 0),
      unfinishedSeconds: worked.reduce((sum, seconds) => sum + seconds, 0),
      longestSeconds: worked.reduce((longest, seconds) => Math.max(longest, seconds), 0),
    }
  }
  metrics.observe(read)

  /** Keys whose delay is over; an entry of the heap whose time is no longer that of its key was overtaken. */
  const endDelays = () => {
    const time = now()
    for (let next = delays.peek(); next !== undefined && next.due <= time; next = delays.peek()) {
      delays.pop()
      const entry = entries.get(next.key)
      if (entry?.state !== "idle" || entry.dueAt !== next.due) continue
      makeReady(next.key, entry, time)
      metrics.added()
    }
  }
  const waitForDelay = Effect.suspend(() => {
    endDelays()
    earlier.closeUnsafe()
    const next = delays.peek()
    if (next === undefined) return earlier.await
    // Whole milliseconds, never too early; timers cannot hold more than 24 days.
    const millis = Math.min(Math.ceil((next.due - now()) * 1000), 86_400_000)
    return Effect.raceFirst(earlier.await, Effect.sleep(millis))
  })
  yield* Effect.forkScoped(Effect.forever(waitForDelay))

  return {
    add,
    after,
    retry: (key, pause) => {
      const entry = entryOf(key)
      entry.failures++
      const seconds = pause(entry.failures)
      metrics.retried()
      after(key, seconds)
      return seconds
    },
    succeeded: (key) => {
      const entry = entries.get(key)
      if (entry !== undefined) entry.failures = 0
    },
    take,
    done,
    read,
  }
})
