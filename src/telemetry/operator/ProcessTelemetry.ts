/**
 * The process, Node.js and V8 as observable instruments. The delay of the event loop shows that the process is
 * overloaded. What the runtime (such as Deno) does not offer is left out rather than guessed.
 */

import { type ELDHistogram, monitorEventLoopDelay, performance } from "node:perf_hooks"
import { getHeapStatistics } from "node:v8"
import type { Meter } from "@opentelemetry/api"
import { Result } from "effect"
import type { NameOf } from "../meter/InstrumentTable.ts"
import { ProcessInstruments } from "./ProcessInstruments.ts"

/** What only the process itself can read; Node's `process` is one. */
export interface ProcessReadings {
  /** Microseconds. */
  readonly cpuUsage: () => { readonly user: number; readonly system: number }
  /** Bytes. */
  readonly memoryUsage: () => { readonly rss: number; readonly heapUsed: number }
  /** Seconds. */
  readonly uptime: () => number
}

type Name<Kind extends "observable-gauge" | "observable-up-down-counter"> = NameOf<typeof ProcessInstruments, Kind>

const options = (name: keyof typeof ProcessInstruments) => {
  const { unit, description } = ProcessInstruments[name]
  return { unit, description }
}

/** Delays and utilization are over at least this long, so that two exports do not empty each other's window. */
const windowMillis = 10_000

/** Registers the instruments, without readings only those of Node.js and V8. The returned function stops measuring the event loop. */
export const observeRuntime = (meter: Meter, readings: ProcessReadings | undefined): (() => void) => {
  if (readings !== undefined) observeProcess(meter, readings)
  level(meter, "v8js.memory.heap.limit", () => getHeapStatistics().heap_size_limit)
  utilization(meter)
  return eventLoopDelay(meter)
}

const observeProcess = (meter: Meter, readings: ProcessReadings): void => {
  meter.createObservableCounter("process.cpu.time", options("process.cpu.time")).addCallback((result) => {
    const { user, system } = readings.cpuUsage()
    result.observe(user / 1_000_000, { "cpu.mode": "user" })
    result.observe(system / 1_000_000, { "cpu.mode": "system" })
  })
  gauge(meter, "process.uptime", () => readings.uptime())
  level(meter, "process.memory.usage", () => readings.memoryUsage().rss)
  level(meter, "v8js.memory.heap.used", () => readings.memoryUsage().heapUsed)
}

/** Registers the instrument if the runtime has its value at all. */
const gauge = (meter: Meter, name: Name<"observable-gauge">, read: () => number): void => {
  if (Result.isFailure(Result.try(read))) return
  meter.createObservableGauge(name, options(name)).addCallback((result) => result.observe(read()))
}

const level = (meter: Meter, name: Name<"observable-up-down-counter">, read: () => number): void => {
  if (Result.isFailure(Result.try(read))) return
  meter.createObservableUpDownCounter(name, options(name)).addCallback((result) => result.observe(read()))
}

const utilization = (meter: Meter): void => {
  const started = Result.try(() => performance.eventLoopUtilization())
  if (Result.isFailure(started)) return
  let from = started.success
  let fromTime = performance.now()
  gauge(meter, "nodejs.eventloop.utilization", () => {
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

const eventLoopDelay = (meter: Meter): (() => void) => {
  const made = Result.try(() => {
    const histogram = monitorEventLoopDelay({ resolution: resolutionMillis })
    histogram.enable()
    return histogram
  })
  if (Result.isFailure(made)) return () => {}
  const histogram = made.success
  gauge(meter, "nodejs.eventloop.delay.p50", () => seconds(histogram, histogram.percentile(50)))
  gauge(meter, "nodejs.eventloop.delay.p90", () => seconds(histogram, histogram.percentile(90)))
  gauge(meter, "nodejs.eventloop.delay.p99", () => seconds(histogram, histogram.percentile(99)))
  let since = performance.now()
  // Registered last and so read last: a new window begins after all of them were read.
  gauge(meter, "nodejs.eventloop.delay.max", () => {
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
