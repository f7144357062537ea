/** Spark's own metrics, exposed by the Prometheus JMX exporter inside the pods or by Spark's own Prometheus endpoints. */

import { Schema } from "effect"
import { integer, optional, required } from "../schema/Field.ts"

export const Prometheus = Schema.Struct({
  jmxExporterJar: required(Schema.String, "The path of the JMX exporter's jar in the image."),
  port: optional(integer("int32", 1024, 49151), "The port of the JMX exporter. Defaults to 8090."),
  portName: optional(Schema.String, "The name of the container port. Defaults to jmx-exporter."),
  configFile: optional(
    Schema.String,
    "The path of the JMX exporter's configuration file in the image. Takes precedence over configuration.",
  ),
  configuration: optional(
    Schema.String,
    "The JMX exporter's configuration as YAML. Defaults to a built-in configuration.",
  ),
})
export type Prometheus = typeof Prometheus.Type

export const Monitoring = Schema.Struct({
  exposeDriverMetrics: required(Schema.Boolean, "Whether the driver exposes metrics."),
  exposeExecutorMetrics: required(Schema.Boolean, "Whether the executors expose metrics."),
  metricsProperties: optional(
    Schema.String,
    "The content of Spark's metrics.properties. Ignored if metricsPropertiesFile is set.",
  ),
  metricsPropertiesFile: optional(Schema.String, "The path of a metrics.properties file in the image."),
  prometheus: optional(Prometheus, "The Prometheus JMX exporter. If unset, Spark's own Prometheus endpoints are used."),
})
export type Monitoring = typeof Monitoring.Type
