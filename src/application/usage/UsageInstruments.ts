/**
 * The instruments about what pods request. The counters count what the status of applications says: they rise with its writes. Gauges follow
 * the cache of pods.
 */

import type { Instrument } from "../../telemetry/meter/Instrument.ts"

const counted = {
  kind: "counter",
  changes: "status.usage of an application was written with more",
  identity: "application",
} as const
const reserved = {
  kind: "produced-gauge",
  changes: "with the cache of pods: one was assigned to a node, resized or deleted, or ended",
  identity: "application",
} as const

export const UsageInstruments = {
  "spark.application.requested.cpu": {
    ...counted,
    unit: "s",
    description:
      "CPU time that drivers and executors requested: cores × seconds from their assignment to a node to their end",
    zeros: "each",
    on: "requested-cpu",
  },
  "spark.application.requested.memory": {
    ...counted,
    unit: "{byte_second}",
    description: "Memory that drivers and executors requested: bytes × seconds",
    zeros: "each",
    on: "requested-memory",
  },
  "spark.application.requested.gpu": {
    ...counted,
    unit: "s",
    description: "GPU time that drivers and executors requested: GPUs × seconds",
    on: "requested-gpu",
  },
  "spark.application.executor.lifetime": {
    ...counted,
    unit: "s",
    description: "How long executors were assigned to a node: executors × seconds",
    on: "executor-lifetime",
  },
  "spark.application.estimated.cost": {
    ...counted,
    unit: "{currency}",
    description: "Estimated cost of what drivers and executors requested, at the prices of the operator",
    attributes: { currency: [] },
    on: "estimated-cost",
  },
  "spark.application.reserved.cpu": {
    ...reserved,
    unit: "{cpu}",
    description: "CPU cores that are reserved now for drivers and executors",
  },
  "spark.application.reserved.memory": {
    ...reserved,
    unit: "By",
    description: "Memory that is reserved now for drivers and executors",
  },
  "spark.application.reserved.gpu": {
    ...reserved,
    unit: "{gpu}",
    description: "GPUs that are reserved now for drivers and executors",
  },
} as const satisfies Record<string, Instrument>
