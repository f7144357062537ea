/** The spec of `firesteel.dev/v1alpha1` SparkHistoryServer. Names are those of Kubernetes and of Spark's own properties. */

import { Schema } from "effect"
import type { PodTemplateSpec } from "kubernetes-types/core/v1"
import { ResourceRequirements } from "../pod/Container.ts"
import { anyObject, optional, required, rule } from "../schema/Field.ts"
import { Count, SparkMemory, StringMap, Strings } from "../schema/Scalar.ts"
import { Cleaner, HistoryStore, LogDirectory } from "./LogDirectories.ts"
import { SelectedApplications } from "./SelectedApplications.ts"
import { accessFields } from "./ServerAccess.ts"

const fields = Schema.Struct({
  sparkVersion: required(
    Schema.String,
    "The version of Spark in the image, such as 4.3.0. Use the newest that any application has: newer servers read older event logs.",
  ),
  image: optional(Schema.String, "The container image. Required unless the pod template has one."),
  imagePullPolicy: optional(
    Schema.String,
    "When the image is pulled: Always, IfNotPresent or Never. Defaults to IfNotPresent.",
  ),
  imagePullSecrets: optional(Strings, "Names of Secrets with credentials for pulling the image."),
  logDirectories: required(
    Schema.Array(LogDirectory),
    "The directories with event logs. Several need Spark 4.2. Applications that the server selects write to the first one.",
  ),
  cleaner: optional(
    Cleaner,
    "Whether and when event logs are deleted. Only one pod deletes them, whatever replicas is.",
  ),
  store: optional(HistoryStore, "Where the server keeps what it has read. Defaults to Memory."),
  sparkConf: optional(StringMap, "Spark properties of the server, such as spark.history.fs.update.interval."),
  hadoopConf: optional(StringMap, "Hadoop configuration properties, without the prefix spark.hadoop."),
  memory: optional(SparkMemory, "The heap size in Spark's notation, such as 2g. Defaults to 1g."),
  resources: optional(
    ResourceRequirements,
    "CPU and memory of the container. Memory defaults to the heap and a tenth of it, at least 384Mi; the CPU request defaults to 250m.",
  ),
  replicas: optional(
    Count,
    "The number of pods. Each reads all event logs by itself. 0 stops the server. Defaults to 1.",
    1,
  ),
  serviceAccount: optional(Schema.String, "The service account of the pods. Defaults to that of the namespace."),
  template: optional(
    anyObject<PodTemplateSpec>(),
    "A pod template, for settings that have no field of their own. Its container spark-history-server, else its first one, is that of the server. Fields of this resource take precedence over it.",
  ),
  ...accessFields,
  applications: optional(
    SelectedApplications,
    "The applications that write their event logs to the first directory, and whose status links to this server. Defaults to none.",
  ),
})
type Fields = typeof fields.Type

export const SparkHistoryServerSpec = fields.check(
  rule<Fields>({
    field: "logDirectories",
    rule: "size(self.logDirectories) > 0",
    holds: ({ logDirectories }) => logDirectories.length > 0,
    message: "logDirectories is empty; add at least one directory with its url",
  }),
  rule<Fields>({
    field: "store",
    rule: "!has(self.store) || self.store.type != 'Memory' || !has(self.store.size)",
    holds: ({ store }) => store?.type !== "Memory" || store.size === undefined,
    message: "store.size has no effect with type Memory; set type to Disk or Hybrid or remove size",
  }),
  rule<Fields>({
    field: "store",
    rule: "!has(self.store) || self.store.type == 'Hybrid' || !has(self.store.memory)",
    holds: ({ store }) => store === undefined || store.type === "Hybrid" || store.memory === undefined,
    message: "store.memory has an effect with type Hybrid only; set type to Hybrid or remove memory",
  }),
)
export type SparkHistoryServerSpec = typeof SparkHistoryServerSpec.Type
