/** The work queues as numbers, one series of each instrument per queue. */

import type { Meters } from "../meter/Meters.ts"
import { validName } from "../prometheus/MetricName.ts"
import type { OperatorInstruments } from "./OperatorInstruments.ts"
import type { WorkqueueMetrics, WorkqueueReading } from "./RuntimeMetrics.ts"

/** The same queue for the same name; names that differ only in `-` and `_` are the same. Its counters start at zero. */
export const make = (meters: Meters<typeof OperatorInstruments>): ((queueName: string) => WorkqueueMetrics) => {
  const queues = new Map<string, WorkqueueMetrics>()
  return (queueName) => {
    const name = validName(queueName)
    const queue = queues.get(name) ?? makeQueue(meters, name)
    queues.set(name, queue)
    return queue
  }
}

const makeQueue = (meters: Meters<typeof OperatorInstruments>, name: string): WorkqueueMetrics => {
  const attributes = { name }
  let read = (): WorkqueueReading => ({ depth: 0, unfinishedSeconds: 0, longestSeconds: 0 })
  meters.startAtZero("queue", attributes)
  meters.observe("workqueue.depth", (result) => result.observe(read().depth, attributes))
  meters.observe("workqueue.unfinished_work", (result) => result.observe(read().unfinishedSeconds, attributes))
  meters.observe("workqueue.longest_running_processor", (result) => result.observe(read().longestSeconds, attributes))
  return {
    added: () => meters.add("workqueue.adds", 1, attributes),
    retried: () => meters.add("workqueue.retries", 1, attributes),
    started: (seconds) => meters.record("workqueue.queue.duration", seconds, attributes),
    finished: (seconds) => meters.record("workqueue.work.duration", seconds, attributes),
    observe: (next) => {
      read = next
    },
  }
}
