/** The work queues: the new instruments under `name`, and the names of the v1 operator, which had the queue's name in them. */

import type { Meter } from "@opentelemetry/api"
import { defaultQueue } from "../../application/telemetry/KnownValues.ts"
import { legacyQueueInstruments, type LegacySet } from "../../application/telemetry/LegacyInstruments.ts"
import { instrument } from "../../Instruments.ts"
import { Distribution } from "../meter/Distribution.ts"
import type { Meters } from "../meter/Meters.ts"
import { validName } from "../prometheus/MetricName.ts"
import type { Family, SampleValue } from "../prometheus/PrometheusText.ts"

export interface WorkqueueReading {
  readonly depth: number
  /** Summed over all workers. */
  readonly unfinishedSeconds: number
  readonly longestSeconds: number
}

export interface WorkqueueTelemetry {
  readonly added: () => void
  readonly retried: () => void
  readonly started: (waitedSeconds: number) => void
  readonly finished: (workedSeconds: number) => void
  /** Called at every collection; the last one given counts. */
  readonly observe: (read: () => WorkqueueReading) => void
}

interface Queue {
  readonly telemetry: WorkqueueTelemetry
  readonly read: () => WorkqueueReading
  readonly families: () => ReadonlyArray<Family>
}

const idle: WorkqueueReading = { depth: 0, unfinishedSeconds: 0, longestSeconds: 0 }

export class WorkqueueMetrics {
  readonly #meters: Meters
  readonly #prefix: string
  readonly #legacy: boolean
  readonly #queues = new Map<string, Queue>()

  constructor(meters: Meters, meter: Meter, prefix: string, legacy: ReadonlyArray<LegacySet>) {
    this.#meters = meters
    this.#prefix = prefix
    this.#legacy = legacy.includes("v1")
    this.queue(defaultQueue)
    this.#observe(meter)
  }

  /** The same queue for the same name, however often it is asked for; names that differ in `-` and `_` are the same. */
  queue(queueName: string): WorkqueueTelemetry {
    const name = validName(queueName)
    const known = this.#queues.get(name)
    if (known !== undefined) return known.telemetry
    const made = this.#make(name)
    this.#queues.set(name, made)
    return made.telemetry
  }

  *families(): Generator<Family> {
    if (this.#legacy) for (const queue of this.#queues.values()) yield* queue.families()
  }

  #make(name: string): Queue {
    const meters = this.#meters
    const attributes = { name }
    let read = () => idle
    let adds = 0
    let retries = 0
    const latency = new Distribution("", undefined)
    const work = new Distribution("", undefined)
    for (const counter of ["workqueue.adds", "workqueue.retries"] as const) meters.add(counter, 0, attributes)

    const family = (suffix: keyof typeof legacyQueueInstruments, value: SampleValue): Family => {
      const { kind, help } = legacyQueueInstruments[suffix]
      const sample = { labels: "", value }
      return { name: validName(`${this.#prefix}${name}_${suffix}`), help: help + name, type: kind, samples: [sample] }
    }
    return {
      read: () => read(),
      families: () => {
        const { depth, unfinishedSeconds, longestSeconds } = read()
        return [
          family("depth", depth),
          family("adds", adds),
          family("latency", latency.value),
          family("work_duration", work.value),
          family("retries", retries),
          family("unfinished_work_seconds", unfinishedSeconds),
          family("longest_running_processor_microseconds", longestSeconds * 1_000_000),
        ]
      },
      telemetry: {
        added: () => {
          adds += 1
          meters.add("workqueue.adds", 1, attributes)
        },
        retried: () => {
          retries += 1
          meters.add("workqueue.retries", 1, attributes)
        },
        started: (seconds) => {
          latency.observe(seconds)
          meters.record("workqueue.queue.duration", seconds, attributes)
        },
        finished: (seconds) => {
          work.observe(seconds)
          meters.record("workqueue.work.duration", seconds, attributes)
        },
        observe: (next) => {
          read = next
        },
      },
    }
  }

  /** Queues never go away and are few, so the SDK's observable instruments will do. */
  #observe(meter: Meter): void {
    const options = (name: Parameters<typeof instrument>[0]) => {
      const { unit, description } = instrument(name)
      return { unit, description }
    }
    const depth = meter.createObservableUpDownCounter("workqueue.depth", options("workqueue.depth"))
    const unfinished = meter.createObservableGauge("workqueue.unfinished_work", options("workqueue.unfinished_work"))
    const longest = meter.createObservableGauge(
      "workqueue.longest_running_processor",
      options("workqueue.longest_running_processor"),
    )
    meter.addBatchObservableCallback(
      (result) => {
        for (const [name, queue] of this.#queues) {
          const reading = queue.read()
          result.observe(depth, reading.depth, { name })
          result.observe(unfinished, reading.unfinishedSeconds, { name })
          result.observe(longest, reading.longestSeconds, { name })
        }
      },
      [depth, unfinished, longest],
    )
  }
}
