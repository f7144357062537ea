/** Metrics of Spark itself, exposed by the Prometheus JMX exporter inside the pods or by the driver's UI. */

import { Schema } from "effect"
import { integer, optional, required } from "../schema/Field.ts"

export const Prometheus = Schema.Struct({
  jmxExporterJar: required(Schema.String, "The path of the JMX exporter's jar inside the image."),
  port: optional(integer("int32", 1024, 49151), "The port of the JMX exporter; 8090 when left out."),
  portName: optional(Schema.String, "The name of that port; jmx-exporter when left out."),
  configFile: optional(
    Schema.String,
    "The path of the exporter's configuration inside the image; wins over configuration.",
  ),
  configuration: optional(Schema.String, "The exporter's configuration as text."),
})
export type Prometheus = typeof Prometheus.Type

export const Monitoring = Schema.Struct({
  exposeDriverMetrics: required(Schema.Boolean, "Whether the driver exposes metrics."),
  exposeExecutorMetrics: required(Schema.Boolean, "Whether the executors expose metrics."),
  metricsProperties: optional(Schema.String, "The content of Spark's metrics.properties."),
  metricsPropertiesFile: optional(Schema.String, "The path of metrics.properties inside the image."),
  prometheus: optional(Prometheus, "The Prometheus JMX exporter; without it Spark's own Prometheus endpoints serve."),
})
export type Monitoring = typeof Monitoring.Type
