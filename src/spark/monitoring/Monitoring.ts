/**
 * `spec.monitoring` as configuration: metrics of Spark itself for Prometheus. With `prometheus` the JMX exporter runs as a Java agent in
 * the pods, as with kubeflow's operator. Without it kubeflow's operator ignores the rest; here a given metrics.properties is used, and
 * without that Spark's own endpoints on the port of the driver's UI, which need no jar and no further port.
 */

import type { Monitoring } from "../../api/application/Monitoring.ts"
import { monitoringConfigMapName, monitoringVolumeName } from "../ChildNames.ts"
import { type ConfEntry, type SparkConf } from "../conf/SparkConf.ts"
import type { FeatureStep, ReadStep } from "../driver/FeatureStep.ts"
import { addPorts, type SparkPod } from "../pod/SparkPod.ts"
import { mountConfigMap } from "../pod/VolumeFields.ts"
import type { Ui } from "../Ui.ts"
import type { Workload } from "../Workload.ts"
import { servesPrometheus } from "./OpenTelemetry.ts"

type Role = "driver" | "executor"
type Properties = Readonly<Record<string, string>>

const directory = "/etc/metrics/conf"
export const metricsFile = "metrics.properties"
export const exporterFile = "prometheus.yaml"
const field = "spec.monitoring"
const defaultExporterPort = 8090

/** Whether this role exposes metrics. */
const exposes = (monitoring: Monitoring, role: Role) =>
  role === "driver" ? monitoring.exposeDriverMetrics : monitoring.exposeExecutorMetrics

const exposedRoles = (monitoring: Monitoring) =>
  (["driver", "executor"] as const).filter((role) => exposes(monitoring, role))

/** Whether the operator's ConfigMap holds metrics.properties: the user's text, or the default that the JMX exporter needs. */
const makesMetricsFile = ({ metricsProperties, metricsPropertiesFile, prometheus }: Monitoring) =>
  !metricsPropertiesFile && Boolean(metricsProperties || prometheus)

const makesExporterFile = ({ prometheus }: Monitoring) => prometheus !== undefined && !prometheus.configFile

/** The files that the operator mounts into the pods; none when no pod exposes anything. */
export const monitoringFiles = (monitoring: Monitoring | undefined): ReadonlyArray<string> =>
  monitoring === undefined || exposedRoles(monitoring).length === 0
    ? []
    : [...(makesMetricsFile(monitoring) ? [metricsFile] : []), ...(makesExporterFile(monitoring) ? [exporterFile] : [])]

const annotation = (role: Role) => `spark.kubernetes.${role}.annotation.prometheus.io/`

const scraped = (role: Role, port: number, path: string): Properties => ({
  [`${annotation(role)}scrape`]: "true",
  [`${annotation(role)}port`]: String(port),
  [`${annotation(role)}path`]: path,
})

/** What the JMX exporter needs; its agent is appended to the Java options. */
const exporterProperties = (monitoring: Monitoring, conf: SparkConf): Properties => {
  const { prometheus } = monitoring
  if (prometheus === undefined) return {}
  const port = prometheus.port ?? defaultExporterPort
  const file = prometheus.configFile || `${directory}/${exporterFile}`
  return Object.assign(
    {},
    ...exposedRoles(monitoring).map((role) => {
      const options = `spark.${role}.extraJavaOptions`
      const agent = `-javaagent:${prometheus.jmxExporterJar}=${port}:${file}`
      return {
        ...scraped(role, port, "/metrics"),
        [options]: [conf.get(options)?.value, agent].filter(Boolean).join(" "),
      }
    }),
  )
}

/** The equivalent of `spec.telemetry.mode: prometheus`; `spec.monitoring` is more detailed and wins. */
const allOwnEndpoints: Monitoring = { exposeDriverMetrics: true, exposeExecutorMetrics: true }

const servlet = "spark.metrics.conf.driver.sink.prometheusServlet"

/**
 * Spark's own endpoints. The driver also answers for its executors, under another path, but the annotation has room for only one path. The
 * slash at the end avoids a redirect, which would not work behind a proxy.
 */
const ownEndpoints = (monitoring: Monitoring, ui: Ui): Properties => {
  const { exposeDriverMetrics, exposeExecutorMetrics } = monitoring
  if (exposedRoles(monitoring).length === 0) return {}
  const path = "/metrics/prometheus"
  return {
    ...(exposeDriverMetrics
      ? { [`${servlet}.class`]: "org.apache.spark.metrics.sink.PrometheusServlet", [`${servlet}.path`]: path }
      : {}),
    ...(exposeExecutorMetrics ? { "spark.ui.prometheus.enabled": "true" } : {}),
    ...scraped(
      "driver",
      ui.endpoint?.port ?? ui.plainPort,
      exposeDriverMetrics ? `${path}/` : "/metrics/executors/prometheus/",
    ),
    ...(ui.endpoint?.secure ? { [`${annotation("driver")}scheme`]: "https" } : {}),
  }
}

/**
 * The configuration with what monitoring adds. The operator decides where metrics come from and go to, because it makes the files;
 * otherwise the user's own value wins, except for the namespace on which the default rules of the exporter depend.
 */
export const withMonitoring = (conf: SparkConf, { metadata, spec }: Workload, ui: Ui): SparkConf => {
  const monitoring = spec.monitoring ?? (servesPrometheus(spec) ? allOwnEndpoints : undefined)
  if (monitoring === undefined) return conf
  const { prometheus, metricsPropertiesFile } = monitoring
  const exposed = exposedRoles(monitoring).length > 0
  const files = monitoringFiles(monitoring)
  const path = metricsPropertiesFile || (files.includes(metricsFile) ? `${directory}/${metricsFile}` : undefined)
  const namespace = { "spark.metrics.namespace": `${metadata.namespace}.${metadata.name}` }
  const defaultRules = files.includes(exporterFile) && !prometheus?.configuration
  const insisted: Properties = {
    ...(path === undefined ? {} : { "spark.metrics.conf": path }),
    ...exporterProperties(monitoring, conf),
    ...(defaultRules ? namespace : {}),
  }
  const proposed: Properties = {
    ...(exposed ? namespace : {}),
    ...(prometheus === undefined && path === undefined ? ownEndpoints(monitoring, ui) : {}),
  }
  const entry = ([key, value]: readonly [string, string]): readonly [string, ConfEntry] => [key, { key, value, field }]
  return new Map([...Object.entries(proposed).map(entry), ...conf, ...Object.entries(insisted).map(entry)])
}

/** The pod with the files and the exporter's port, if its role exposes metrics by them. */
export const withMonitoringFiles = (pod: SparkPod, { metadata, spec }: Workload, role: Role): SparkPod => {
  const { monitoring } = spec
  if (monitoring === undefined || !exposes(monitoring, role)) return pod
  const { prometheus } = monitoring
  const preferred = monitoringVolumeName(metadata.name)
  const files = { preferred, name: monitoringConfigMapName(metadata.name), mountPath: directory }
  const mounted = monitoringFiles(monitoring).length === 0 ? pod : mountConfigMap(pod, files, spec, role)
  return prometheus === undefined
    ? mounted
    : addPorts(mounted, [
        {
          name: prometheus.portName || "jmx-exporter",
          containerPort: prometheus.port ?? defaultExporterPort,
          protocol: "TCP",
        },
      ])
}

/** The step for the driver. */
export const monitoringStep: ReadStep = ({ workload }): FeatureStep => ({
  configurePod: (pod) => withMonitoringFiles(pod, workload, "driver"),
})
