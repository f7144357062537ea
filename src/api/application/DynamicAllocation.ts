/** How many executors an application may have, and how it is queued: dynamic allocation and batch schedulers. */

import { Schema } from "effect"
import { optional, rule } from "../schema/Field.ts"
import { Int32, Int64, ResourceList } from "../schema/Scalar.ts"

const fields = Schema.Struct({
  enabled: optional(Schema.Boolean, "Whether Spark adds and removes executors while it runs."),
  initialExecutors: optional(Int32, "How many executors at the start; executor.instances counts when it is more."),
  minExecutors: optional(Int32, "The fewest executors."),
  maxExecutors: optional(Int32, "The most executors."),
  shuffleTrackingEnabled: optional(
    Schema.Boolean,
    "Whether executors that hold shuffle data are kept; true when left out.",
  ),
  shuffleTrackingTimeout: optional(Int64, "Milliseconds after which executors that hold shuffle data may go."),
})
type Fields = typeof fields.Type

/**
 * Spark's own conditions, which would end the driver at its start (`ExecutorAllocationManager.validateSettings`).
 * An initial count outside of the bounds only makes Spark warn, so it is allowed.
 */
export const DynamicAllocation = fields.check(
  rule<Fields>({
    field: "minExecutors",
    rule: "!has(self.enabled) || !self.enabled || !has(self.minExecutors) || self.minExecutors >= 0",
    holds: ({ enabled, minExecutors = 0 }) => enabled !== true || minExecutors >= 0,
    message: "minExecutors must not be negative",
  }),
  rule<Fields>({
    field: "maxExecutors",
    rule: "!has(self.enabled) || !self.enabled || !has(self.maxExecutors) || self.maxExecutors >= 1",
    holds: ({ enabled, maxExecutors = 1 }) => enabled !== true || maxExecutors >= 1,
    message: "maxExecutors must be at least 1",
  }),
  rule<Fields>({
    field: "minExecutors",
    rule: "!has(self.enabled) || !self.enabled || !has(self.minExecutors) || !has(self.maxExecutors) || self.minExecutors <= self.maxExecutors",
    holds: ({ enabled, minExecutors = -Infinity, maxExecutors = Infinity }) =>
      enabled !== true || minExecutors <= maxExecutors,
    message: "minExecutors must not be more than maxExecutors",
  }),
)
export type DynamicAllocation = typeof DynamicAllocation.Type

export const BatchSchedulerOptions = Schema.Struct({
  queue: optional(Schema.String, "The queue the application waits in."),
  priorityClassName: optional(Schema.String, "The priority class of the group of pods."),
  resources: optional(ResourceList, "What must be free before the group starts, instead of the computed sum."),
})
export type BatchSchedulerOptions = typeof BatchSchedulerOptions.Type
