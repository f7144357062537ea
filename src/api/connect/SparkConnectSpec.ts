/**
 * The spec of `sparkoperator.k8s.io/v1alpha1` SparkConnect: every field of kubeflow's operator, the fields of a SparkApplication that a server
 * shares, and Firesteel's own `suspend`, `updateStrategy`, `restart`, `idle` and `auth`.
 */

import { Schema } from "effect"
import { BatchSchedulerOptions, DynamicAllocation } from "../application/DynamicAllocation.ts"
import { HealthChecks } from "../application/HealthChecks.ts"
import { Monitoring } from "../application/Monitoring.ts"
import { Dependencies } from "../application/SparkApplicationSpec.ts"
import { TelemetryOptions } from "../application/TelemetryOptions.ts"
import { UserConf } from "../pod/ForbiddenKeys.ts"
import { optional, required, rule } from "../schema/Field.ts"
import { StringMap, Strings } from "../schema/Scalar.ts"
import { ConnectAuth, IdlePolicy, RestartBackoff, UpdateStrategy } from "./ServerPolicies.ts"
import { ConnectExecutorSpec, ServerSpec } from "./ServerSpec.ts"

const fields = Schema.Struct({
  sparkVersion: required(Schema.String, "The version of Spark in the image, such as 4.0.1."),
  image: optional(Schema.String, "The container image of server and executors. A pod template can override it."),
  imagePullPolicy: optional(
    Schema.String,
    "When the image is pulled: Always, IfNotPresent or Never. Defaults to IfNotPresent.",
  ),
  imagePullSecrets: optional(Strings, "Names of Secrets with credentials for pulling images."),
  sparkConf: optional(UserConf, "Spark configuration properties. Fields of this resource take precedence over them."),
  hadoopConf: optional(StringMap, "Hadoop configuration properties, without the prefix spark.hadoop."),
  deps: optional(Dependencies, "Files and packages that the server and its executors depend on."),
  server: required(ServerSpec, "The server, which is the driver of all its sessions."),
  executor: required(ConnectExecutorSpec, "The executors, which all sessions share."),
  dynamicAllocation: optional(DynamicAllocation, "Whether and how Spark adapts the number of executors to the load."),
  suspend: optional(Schema.Boolean, "If true, the server is stopped and not started. Defaults to false."),
  updateStrategy: optional(
    UpdateStrategy,
    "When a change of the spec takes effect: Recreate replaces the server at once, WhenIdle when no session is open, OnDelete when its pod is deleted. Defaults to Recreate.",
    "Recreate",
  ),
  restart: optional(RestartBackoff, "How often and how soon a failed server is started again."),
  idle: optional(IdlePolicy, "What happens to a server that nobody uses. If unset, it runs until it is deleted."),
  auth: optional(ConnectAuth, "How clients authenticate. Defaults to mode None."),
  healthChecks: optional(
    HealthChecks,
    "Probes of server and executors. Defaults to the preset connect, whose readiness probe opens the port of the endpoint.",
  ),
  monitoring: optional(Monitoring, "How Spark exposes its own metrics."),
  telemetry: optional(
    TelemetryOptions,
    "The telemetry that Spark itself exports: Prometheus metrics, or traces, metrics and logs over OTLP.",
  ),
  batchScheduler: optional(
    Schema.String,
    "The batch scheduler that places the pods: volcano, yunikorn or the name of another scheduler.",
  ),
  batchSchedulerOptions: optional(BatchSchedulerOptions, "Options of the batch scheduler."),
})
type Fields = typeof fields.Type

export const SparkConnectSpec = fields.check(
  rule<Fields>({
    field: "auth",
    rule: "!has(self.auth) || self.auth.mode != 'None' || !has(self.auth.secretName)",
    holds: ({ auth }) => auth?.mode !== "None" || auth.secretName === undefined,
    message: "auth.secretName has no effect with mode None; set mode to Token or remove secretName",
  }),
  rule<Fields>({
    field: "executor",
    rule: "!has(self.executor.instances) || self.executor.instances > 0 || (has(self.dynamicAllocation) && has(self.dynamicAllocation.enabled) && self.dynamicAllocation.enabled) || (has(self.sparkConf) && 'spark.dynamicAllocation.enabled' in self.sparkConf)",
    holds: ({ executor, dynamicAllocation, sparkConf }) =>
      executor.instances !== 0 ||
      dynamicAllocation?.enabled === true ||
      sparkConf?.["spark.dynamicAllocation.enabled"] !== undefined,
    message:
      "executor.instances is 0 without dynamic allocation, so no query could run; set it to at least 1 or set dynamicAllocation.enabled to true",
  }),
  rule<Fields>({
    field: "executor",
    rule: "!has(self.executor.instances) || !has(self.dynamicAllocation) || !has(self.dynamicAllocation.enabled) || !self.dynamicAllocation.enabled || !has(self.dynamicAllocation.maxExecutors) || self.executor.instances <= self.dynamicAllocation.maxExecutors",
    holds: ({ executor: { instances = 0 }, dynamicAllocation }) =>
      dynamicAllocation?.enabled !== true || instances <= (dynamicAllocation.maxExecutors ?? Infinity),
    message:
      "executor.instances is more than dynamicAllocation.maxExecutors; with dynamic allocation it is the initial number, so lower it or remove it",
  }),
)
export type SparkConnectSpec = typeof SparkConnectSpec.Type
