/** Dynamic allocation of executors, and options of batch schedulers. */

import { Schema } from "effect"
import { optional, rule } from "../schema/Field.ts"
import { Int32, Int64, ResourceList } from "../schema/Scalar.ts"

const fields = Schema.Struct({
  enabled: optional(
    Schema.Boolean,
    "Whether Spark adds and removes executors while the application runs. Defaults to false.",
  ),
  initialExecutors: optional(
    Int32,
    "The initial number of executors. Spark uses executor.instances or minExecutors instead if larger.",
  ),
  minExecutors: optional(Int32, "The minimum number of executors. Defaults to 0."),
  maxExecutors: optional(Int32, "The maximum number of executors. Defaults to no limit."),
  shuffleTrackingEnabled: optional(
    Schema.Boolean,
    "Whether executors are kept while they hold shuffle data of active jobs. Defaults to true.",
  ),
  shuffleTrackingTimeout: optional(
    Int64,
    "Milliseconds after which an executor may be removed although it holds shuffle data. Defaults to no timeout.",
  ),
})
type Fields = typeof fields.Type

/**
 * Spark's own conditions (`ExecutorAllocationManager.validateSettings`); a driver that violates one fails at start-up.
 * An initial number outside the bounds only causes a warning by Spark, so it is allowed.
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
  queue: optional(Schema.String, "The queue in which the application waits."),
  priorityClassName: optional(Schema.String, "The priority class of the pod group."),
  resources: optional(
    ResourceList,
    "The resources that must be free before the pod group starts. Defaults to the sum for driver and executors.",
  ),
})
export type BatchSchedulerOptions = typeof BatchSchedulerOptions.Type
