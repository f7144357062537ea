/**
 * The process, Node.js and V8 as observable instruments. The delay of the event loop shows that the process is
 * overloaded. What the runtime (such as Deno) does not offer is left out rather than guessed.
 */

import { type ELDHistogram, monitorEventLoopDelay, performance } from "node:perf_hooks"
import { getHeapStatistics } from "node:v8"
import { Result } from "effect"
import type { NameOf } from "../meter/InstrumentTable.ts"
import type { Meters } from "../meter/Meters.ts"
import type { ProcessInstruments } from "./ProcessInstruments.ts"

/** What only the process itself can read; Node's `process` is one. */
export interface ProcessReadings {
  /** Microseconds. */
  readonly cpuUsage: () => { readonly user: number; readonly system: number }
  /** Bytes. */
  readonly memoryUsage: () => { readonly rss: number; readonly heapUsed: number }
  /** Seconds. */
  readonly uptime: () => number
}

type Observe = (
  name: NameOf<typeof ProcessInstruments, "observable-gauge" | "observable-up-down-counter">,
  read: () => number,
) => void

/** Delays and utilization are over at least this long, so that two exports do not empty each other's window. */
const windowMillis = 10_000

/** Observes the process, without readings only Node.js and V8. The returned function stops measuring the event loop. */
export const observeProcess = (
  meters: Meters<typeof ProcessInstruments>,
  readings: ProcessReadings | undefined,
): (() => void) => {
  /** If the runtime has the value at all. */
  const observe: Observe = (name, read) => {
    if (Result.isSuccess(Result.try(read))) meters.observe(name, (result) => result.observe(read()))
  }
  if (readings !== undefined) {
    meters.observe("process.cpu.time", (result) => {
      const { user, system } = readings.cpuUsage()
      result.observe(user / 1_000_000, { "cpu.mode": "user" })
      result.observe(system / 1_000_000, { "cpu.mode": "system" })
    })
    observe("process.uptime", () => readings.uptime())
    observe("process.memory.usage", () => readings.memoryUsage().rss)
    observe("v8js.memory.heap.used", () => readings.memoryUsage().heapUsed)
  }
  observe("v8js.memory.heap.limit", () => getHeapStatistics().heap_size_limit)
  observeUtilization(observe)
  return observeDelay(observe)
}

const observeUtilization = (observe: Observe): void => {
  const started = Result.try(() => performance.eventLoopUtilization())
  if (Result.isFailure(started)) return
  let from = started.success
  let fromTime = performance.now()
  observe("nodejs.eventloop.utilization", () => {
    const now = performance.eventLoopUtilization()
    const value = performance.eventLoopUtilization(now, from).utilization
    if (performance.now() - fromTime >= windowMillis) {
      from = now
      fromTime = performance.now()
    }
    return Number.isFinite(value) ? value : 0
  })
}

const resolutionMillis = 10

const observeDelay = (observe: Observe): (() => void) => {
  const made = Result.try(() => {
    const histogram = monitorEventLoopDelay({ resolution: resolutionMillis })
    histogram.enable()
    return histogram
  })
  if (Result.isFailure(made)) return () => {}
  const histogram = made.success
  observe("nodejs.eventloop.delay.p50", () => seconds(histogram, histogram.percentile(50)))
  observe("nodejs.eventloop.delay.p90", () => seconds(histogram, histogram.percentile(90)))
  observe("nodejs.eventloop.delay.p99", () => seconds(histogram, histogram.percentile(99)))
  let since = performance.now()
  // Registered last and so read last: a new window begins after all of them were read.
  observe("nodejs.eventloop.delay.max", () => {
    const worst = seconds(histogram, histogram.max)
    if (performance.now() - since >= windowMillis) {
      histogram.reset()
      since = performance.now()
    }
    return worst
  })
  return () => histogram.disable()
}

/** Seconds beyond the timer's own interval; zero before the first sample. */
const seconds = (histogram: Pick<ELDHistogram, "count">, nanoseconds: number): number =>
  histogram.count === 0 ? 0 : Math.max(0, nanoseconds / 1_000_000_000 - resolutionMillis / 1000)
