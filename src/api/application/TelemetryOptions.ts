/** What Spark itself tells of a run: metrics for Prometheus, and traces, metrics and logs over OTLP. An addition of Firesteel. */

import { Schema } from "effect"
import { optional } from "../schema/Field.ts"

export const TelemetryMode = Schema.Literals(["none", "prometheus", "otlp", "both"])
export type TelemetryMode = typeof TelemetryMode.Type

export const JavaAgent = Schema.Struct({
  image: optional(
    Schema.String,
    "An image that has the jar; it is copied from there before Spark starts. Without it the jar is in the image of the application.",
  ),
  jar: optional(
    Schema.String,
    "The path of the agent's jar in its image; /javaagent.jar when left out and image is given.",
  ),
})
export type JavaAgent = typeof JavaAgent.Type

export const OtlpOptions = Schema.Struct({
  endpoint: optional(Schema.String, "Where Spark sends to, such as http://collector.observability:4318."),
  protocol: optional(Schema.Literals(["http/protobuf", "grpc"]), "How it sends; http/protobuf when left out."),
  javaAgent: optional(JavaAgent, "OpenTelemetry's Java agent in driver and executors; none when left out."),
})
export type OtlpOptions = typeof OtlpOptions.Type

export const TelemetryOptions = Schema.Struct({
  mode: optional(
    TelemetryMode,
    "What Spark tells: none, prometheus (its own endpoints), otlp (variables, trace context and agent of OpenTelemetry) or both; none when left out.",
  ),
  otlp: optional(OtlpOptions, "Options of the modes otlp and both."),
})
export type TelemetryOptions = typeof TelemetryOptions.Type
