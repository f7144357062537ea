/**
 * The ConfigMap `<app>-prom-conf` with Spark's metrics.properties and the rules of the Prometheus JMX exporter. The default rules give
 * metrics the names that kubeflow's operator gives them, so that dashboards continue to work.
 */

import type { ConfigMap } from "kubernetes-types/core/v1"
import { type ChildContext, childMetadata } from "../access/Access.ts"
import type { Child } from "../Child.ts"
import { monitoringConfigMapName } from "../ChildNames.ts"
import { exporterFile, metricsFile, monitoringFiles } from "./Monitoring.ts"

const defaultProperties = `*.sink.jmx.class=org.apache.spark.metrics.sink.JmxSink
driver.source.jvm.class=org.apache.spark.metrics.source.JvmSource
executor.source.jvm.class=org.apache.spark.metrics.source.JvmSource
`

interface Rule {
  /** The part of the metric's name after `<namespace>.<app>.`, which are groups 1 and 2. */
  readonly metric: string
  readonly attribute: "Value" | "Count"
  readonly name: string
  /** A further label. */
  readonly label?: string
}

const any = "(\\S+)"
const number = "(\\d+)"

/** The order matters: the exporter uses the first rule that matches. */
const rules: ReadonlyArray<Rule> = [
  { metric: `driver\\.(BlockManager|DAGScheduler|jvm)\\.${any}`, attribute: "Value", name: "spark_driver_$3_$4" },
  {
    metric: `driver\\.${any}\\.StreamingMetrics\\.streaming\\.${any}`,
    attribute: "Value",
    name: "spark_streaming_driver_$4",
  },
  {
    metric: `driver\\.spark\\.streaming\\.${any}\\.${any}`,
    attribute: "Value",
    name: "spark_structured_streaming_driver_$4",
    label: 'query_name: "$3"',
  },
  { metric: `${any}\\.executor\\.${any}`, attribute: "Value", name: "spark_executor_$4", label: 'executor_id: "$3"' },
  ...["DAGScheduler", "HiveExternalCatalog", "CodeGenerator", "LiveListenerBus"].map((group): Rule => ({
    metric: `driver\\.${group}\\.${any}`,
    attribute: "Count",
    name: `spark_driver_${group}_$3_count`,
  })),
  { metric: `driver\\.LiveListenerBus\\.${any}`, attribute: "Value", name: "spark_driver_LiveListenerBus_$3" },
  {
    metric: `${any}\\.executor\\.${any}`,
    attribute: "Count",
    name: "spark_executor_$4_count",
    label: 'executor_id: "$3"',
  },
  {
    metric: `${number}\\.(jvm|NettyBlockTransfer)\\.${any}`,
    attribute: "Value",
    name: "spark_executor_$4_$5",
    label: 'executor_id: "$3"',
  },
  ...["HiveExternalCatalog", "CodeGenerator"].map((group): Rule => ({
    metric: `${number}\\.${group}\\.${any}`,
    attribute: "Count",
    name: `spark_executor_${group}_$4_count`,
    label: 'executor_id: "$3"',
  })),
]

const ruleText = ({
  metric,
  attribute,
  name,
  label,
}: Rule) => `  - pattern: metrics<name=(\\S+)\\.(\\S+)\\.${metric}><>${attribute}
    name: ${name}
    type: ${attribute === "Count" ? "COUNTER" : "GAUGE"}
    labels:
      app_namespace: "$1"
      app_id: "$2"
${label === undefined ? "" : `      ${label}\n`}`

/** The exporter's configuration where the spec has none. */
export const defaultExporterConfiguration = `lowercaseOutputName: true
attrNameSnakeCase: true
rules:
${rules.map(ruleText).join("")}`

/** The ConfigMap; none without files. It is created before the driver, which mounts it. */
export const monitoringConfigMap = (context: ChildContext): ReadonlyArray<Child> => {
  const { metadata, spec } = context.workload
  const text: Readonly<Record<string, string>> = {
    [metricsFile]: spec.monitoring?.metricsProperties || defaultProperties,
    [exporterFile]: spec.monitoring?.prometheus?.configuration || defaultExporterConfiguration,
  }
  const files = monitoringFiles(spec.monitoring)
  if (files.length === 0) return []
  const object: ConfigMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: childMetadata(context, monitoringConfigMapName(metadata.name)),
    data: Object.fromEntries(files.map((file) => [file, text[file] ?? ""])),
  }
  return [{ phase: "before", group: "", version: "v1", plural: "configmaps", kind: "ConfigMap", object }]
}
