/** Where event logs are, how long they are kept, and what the server caches of them. */

import { Schema } from "effect"
import { optional, pattern, required } from "../schema/Field.ts"
import { PositiveInt32, Quantity, SparkMemory, StringMap } from "../schema/Scalar.ts"

const LogClaim = Schema.Struct({
  claimName: required(Schema.String, "The name of a PersistentVolumeClaim in the namespace of the server."),
  subPath: optional(Schema.String, "The path inside the volume to mount instead of its root."),
})

export const LogDirectory = Schema.Struct({
  name: optional(Schema.String, "The name that the pages of the server show. Defaults to the URL. Needs Spark 4.2."),
  url: required(
    Schema.String,
    "The directory as a URL that Hadoop can read, such as s3a://bucket/spark-events. With a claim, file: and the path at which it is mounted, such as file:/spark-events.",
  ),
  claim: optional(LogClaim, "The PersistentVolumeClaim that contains the directory. It is mounted at the path of url."),
  secretName: optional(
    Schema.String,
    "The name of a Secret with credentials, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Its keys become environment variables.",
  ),
  hadoopConf: optional(
    StringMap,
    "Hadoop configuration properties for this directory, without the prefix spark.hadoop. Applications that write there get them too.",
  ),
})
export type LogDirectory = typeof LogDirectory.Type

const SparkTime = pattern(
  /^[0-9]+(us|ms|s|m|min|h|d)?$/,
  "a time in Spark's notation; use a whole number with the unit s, m, h or d, such as 7d",
)

export const Cleaner = Schema.Struct({
  enabled: required(Schema.Boolean, "Whether old event logs are deleted."),
  interval: optional(SparkTime, "How often the cleaner runs. Defaults to 1d."),
  maxAge: optional(SparkTime, "The age from which event logs are deleted. Defaults to 7d."),
  maxNum: optional(PositiveInt32, "The number of event logs that are kept at most. Defaults to no limit."),
})
export type Cleaner = typeof Cleaner.Type

export const StoreType = Schema.Literals([
  /** Everything in the heap. */
  "Memory",
  /** In a key-value store on an emptyDir. */
  "Disk",
  /** In the heap first, and written to disk in the background. */
  "Hybrid",
])
export type StoreType = typeof StoreType.Type

export const HistoryStore = Schema.Struct({
  type: required(
    StoreType,
    "Where the server keeps what it has read: Memory in its heap, Disk in an emptyDir, Hybrid in the heap first, and in an emptyDir after that.",
  ),
  size: optional(
    Quantity,
    "The size limit of the emptyDir. Spark may use nine tenths of it. Only for Disk and Hybrid. Defaults to 10Gi.",
  ),
  memory: optional(
    SparkMemory,
    "The part of the heap that Hybrid may use. Only for Hybrid. Defaults to half of spec.memory.",
  ),
})
export type HistoryStore = typeof HistoryStore.Type
