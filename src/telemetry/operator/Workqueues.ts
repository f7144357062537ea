/** The work queues as numbers, one series of each instrument per queue. */

import type { Meter } from "@opentelemetry/api"
import type { Meters } from "../meter/Meters.ts"
import { validName } from "../prometheus/MetricName.ts"
import { OperatorInstruments } from "./OperatorInstruments.ts"
import type { WorkqueueMetrics, WorkqueueReading } from "./RuntimeMetrics.ts"

interface Queue {
  readonly metrics: WorkqueueMetrics
  readonly read: () => WorkqueueReading
}

const idle: WorkqueueReading = { depth: 0, unfinishedSeconds: 0, longestSeconds: 0 }

/** The same queue for the same name; names that differ only in `-` and `_` are the same. Its counters start at zero. */
export const make = (
  meters: Meters<typeof OperatorInstruments>,
  meter: Meter,
): ((queueName: string) => WorkqueueMetrics) => {
  const queues = new Map<string, Queue>()

  const makeQueue = (name: string): Queue => {
    const attributes = { name }
    let read = () => idle
    meters.startAtZero("queue", attributes)
    return {
      read: () => read(),
      metrics: {
        added: () => meters.add("workqueue.adds", 1, attributes),
        retried: () => meters.add("workqueue.retries", 1, attributes),
        started: (seconds) => meters.record("workqueue.queue.duration", seconds, attributes),
        finished: (seconds) => meters.record("workqueue.work.duration", seconds, attributes),
        observe: (next) => {
          read = next
        },
      },
    }
  }

  observe(meter, queues)

  return (queueName) => {
    const name = validName(queueName)
    const known = queues.get(name)
    if (known !== undefined) return known.metrics
    const made = makeQueue(name)
    queues.set(name, made)
    return made.metrics
  }
}

/** Queues never go away and are few, so observable instruments fit. */
const observe = (meter: Meter, queues: ReadonlyMap<string, Queue>): void => {
  const options = (name: keyof typeof OperatorInstruments) => {
    const { unit, description } = OperatorInstruments[name]
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
      for (const [name, { read }] of queues) {
        const reading = read()
        result.observe(depth, reading.depth, { name })
        result.observe(unfinished, reading.unfinishedSeconds, { name })
        result.observe(longest, reading.longestSeconds, { name })
      }
    },
    [depth, unfinished, longest],
  )
}
