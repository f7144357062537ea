/**
 * Which key is worked on next. Keys only, never what happened to them: whoever works on a key looks at the present state.
 *
 * Guarantees: a key is with one worker at a time; a key that is added many times while it waits is worked on once; a key that
 * is added while it is worked on is worked on again; an added key never waits for a delay; of several delays the earliest
 * counts. Two lanes, so that status work never waits behind submissions, and submissions pause while status work piles up: a burst of
 * new applications must not blind the operator to those that run. Namespaces in turn within a lane.
 */

import { Clock, Effect, Latch, type Scope } from "effect"
import type { WorkqueueMetrics, WorkqueueReading } from "../telemetry/operator/RuntimeMetrics.ts"
import * as DelayHeap from "./DelayHeap.ts"
import * as FairLane from "./FairLane.ts"

export type Lane = "status" | "submission"

export const silentMetrics: WorkqueueMetrics = {
  added: () => {},
  retried: () => {},
  started: () => {},
  finished: () => {},
  observe: () => {},
}

export interface Workqueue {
  /** Something about the key changed: work on it as soon as a worker is free, whatever delay it had. */
  readonly add: (key: string) => void
  /** Work on it in `seconds`, unless something comes earlier. */
  readonly after: (key: string, seconds: number) => void
  /** Like `after`, for a failure: counts it and takes the pause from the number of failures in a row. Returns the pause. */
  readonly retry: (key: string, pause: (failures: number) => number) => number
  /** The failures in a row end here. */
  readonly succeeded: (key: string) => void
  /** Waits for a key of this lane; the taker must call `done`. */
  readonly take: (lane: Lane) => Effect.Effect<string>
  readonly done: (key: string) => void
  readonly read: () => WorkqueueReading
}

interface Entry {
  state: "idle" | "ready" | "working"
  lane: Lane
  /** Working: added again meanwhile. */
  touched: boolean
  failures: number
  /** When it became ready, or was touched while being worked on. */
  since: number
  startedAt: number
  dueAt: number | undefined
}

export interface WorkqueueOptions {
  /** Asked whenever a key becomes ready. Default: everything is status work. */
  readonly lane?: (key: string) => Lane
  readonly metrics?: WorkqueueMetrics
}

/** With more keys of status work than this waiting, submissions pause. */
const crowd = 20

/** An empty queue; the scope holds the fiber that ends delays. */
export const make = Effect.fnUntraced(function* (
  options: WorkqueueOptions = {},
): Effect.fn.Return<Workqueue, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const metrics = options.metrics ?? silentMetrics
  const laneOf = options.lane ?? (() => "status")
  const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e9

  const entries = new Map<string, Entry>()
  /** Keys being worked on. */
  const working = new Map<string, Entry>()
  const lanes = { status: FairLane.make(), submission: FairLane.make() }
  /** Open while no more than `crowd` keys of status work wait. */
  const calm = Latch.makeUnsafe(true)
  const arrivals = { status: Latch.makeUnsafe(false), submission: Latch.makeUnsafe(false) }
  let delays = DelayHeap.make()
  const earlier = Latch.makeUnsafe(false)

  const entryOf = (key: string): Entry => {
    const known = entries.get(key)
    if (known !== undefined) return known
    const entry: Entry = {
      state: "idle",
      lane: "status",
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
    lanes[entry.lane].push(key)
    arrivals[entry.lane].openUnsafe()
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
        lanes[entry.lane].remove(key)
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

  const take = (lane: Lane): Effect.Effect<string> =>
    Effect.suspend(() => {
      if (lane === "submission" && lanes.status.size() > crowd) {
        calm.closeUnsafe()
        return Effect.andThen(calm.await, take(lane))
      }
      const key = lanes[lane].pop()
      if (lanes.status.size() <= crowd) calm.openUnsafe()
      if (key === undefined) {
        arrivals[lane].closeUnsafe()
        return Effect.andThen(arrivals[lane].await, take(lane))
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
      depth: lanes.status.size() + lanes.submission.size(),
      unfinishedSeconds: worked.reduce((sum, seconds) => sum + seconds, 0),
      longestSeconds: worked.reduce((longest, seconds) => Math.max(longest, seconds), 0),
    }
  }
  metrics.observe(read)

  /** Keys whose delay is over; an entry of the heap whose time is not its key's any more was overtaken. */
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
