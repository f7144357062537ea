/** The telemetry that Spark itself exports: metrics for Prometheus, and traces, metrics and logs over OTLP. An addition of Firesteel. */

import { Schema } from "effect"
import { optional } from "../schema/Field.ts"

export const TelemetryMode = Schema.Literals(["none", "prometheus", "otlp", "both"])
export type TelemetryMode = typeof TelemetryMode.Type

export const JavaAgent = Schema.Struct({
  image: optional(
    Schema.String,
    "The image from which the jar is copied before Spark starts. If unset, the jar is in the application's image.",
  ),
  jar: optional(
    Schema.String,
    "The path of the agent's jar in its image. Defaults to /javaagent.jar if image is set; otherwise required.",
  ),
})
export type JavaAgent = typeof JavaAgent.Type

export const OtlpOptions = Schema.Struct({
  endpoint: optional(
    Schema.String,
    "The OTLP endpoint to which Spark exports, such as http://collector.observability:4318.",
  ),
  protocol: optional(Schema.Literals(["http/protobuf", "grpc"]), "The OTLP protocol. Defaults to http/protobuf."),
  javaAgent: optional(JavaAgent, "The OpenTelemetry Java agent in driver and executors. If unset, no agent is added."),
})
export type OtlpOptions = typeof OtlpOptions.Type

export const TelemetryOptions = Schema.Struct({
  mode: optional(
    TelemetryMode,
    "What Spark exports: none, prometheus (Spark's own endpoints), otlp (OpenTelemetry's environment variables, trace context and Java agent) or both. Defaults to none.",
  ),
  otlp: optional(OtlpOptions, "Options for the modes otlp and both."),
})
export type TelemetryOptions = typeof TelemetryOptions.Type
