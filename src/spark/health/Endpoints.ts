/**
 * Where a probe's target can be reached in a pod, by the configuration: ports, TLS, filters of the UI, a JMX exporter. A port that a
 * probe uses is pinned, so that Spark neither chooses another one nor tries the next when it is in use.
 */

import type { Probe } from "kubernetes-types/core/v1"
import type { DriverSpec } from "../../api/application/DriverSpec.ts"
import type { HealthTarget } from "../../api/application/HealthChecks.ts"
import type { ConfReader } from "../conf/ConfReader.ts"
import { defaultPorts } from "../driver/BasicDriver.ts"
import type { SparkProfile } from "../SparkProfile.ts"
import type { Ui } from "../Ui.ts"
import type { Workload } from "../Workload.ts"
import type { Role } from "./Presets.ts"

export type Handler = Pick<Probe, "httpGet" | "tcpSocket" | "exec" | "grpc">

/** A handler, with the properties that pin its port. */
export interface Endpoint {
  readonly handler: Handler
  readonly pins: Readonly<Record<string, string>>
}

/** Why there is nothing to probe, as the end of a sentence, with the remedy. */
export interface NoEndpoint {
  readonly missing: string
}

export interface EndpointContext {
  readonly workload: Workload
  readonly profile: SparkProfile
  readonly read: ConfReader
  readonly ui: Ui
  /** The number or the name of the application's own port, if the spec sets it. */
  readonly applicationPort: number | string | undefined
}

const tcp = (port: number | string): Handler => ({ tcpSocket: { port } })

/** Ports on which TLS is spoken. */
export const tlsPorts = (read: ConfReader, { endpoint }: Ui): ReadonlyArray<number> => {
  const rpc = [
    read.port("spark.driver.port") ?? defaultPorts.driver,
    read.port("spark.blockManager.port") ?? defaultPorts.blockManager,
    read.port("spark.driver.blockManager.port") ?? defaultPorts.blockManager,
  ]
  return [...(endpoint?.secure ? [endpoint.port] : []), ...(read.flag("spark.ssl.rpc.enabled") ? rpc : [])]
}

const uiAt = ({ endpoint, plainPort, guarded }: Ui, path: string): Endpoint | NoEndpoint => {
  if (endpoint === undefined) {
    return { missing: "spark.ui.enabled is false, so nothing answers over HTTP; use the target rpc" }
  }
  const { port, secure } = endpoint
  const handler = guarded ? tcp(port) : { httpGet: { path, port, scheme: secure ? "HTTPS" : "HTTP" } }
  return { handler, pins: { "spark.ui.port": String(plainPort) } }
}

/** Spark's metrics servlet answers without reading the status store; the user's metrics.properties may have moved it. */
const cheapestPath = ({ workload: { spec }, read }: EndpointContext) => {
  const moved =
    [...read.conf.keys()].some((key) => /^spark\.metrics\.conf\.(?:\*|driver)\.sink\.servlet\./.test(key)) ||
    read.has("spark.metrics.conf") ||
    Boolean(spec.monitoring?.metricsPropertiesFile)
  return moved ? "/api/v1/version" : "/metrics/json/"
}

const exporterAt = ({ monitoring }: Workload["spec"], role: Role): Endpoint | undefined => {
  const exposed = role === "driver" ? monitoring?.exposeDriverMetrics : monitoring?.exposeExecutorMetrics
  return monitoring?.prometheus && exposed
    ? { handler: { httpGet: { path: "/metrics", port: monitoring.prometheus.port ?? 8090, scheme: "HTTP" } }, pins: {} }
    : undefined
}

/** gRPC's health service, where this Spark has one and answers it without authentication. */
const connectAt = ({ profile, read }: EndpointContext): Endpoint => {
  const key = "spark.connect.grpc.binding.port"
  const port = read.port(key) ?? defaultPorts.connect
  const guarded = read.has("spark.connect.authenticate.token") || read.has("spark.connect.grpc.interceptor.classes")
  return {
    handler: profile.connectHealthService && !guarded ? { grpc: { port } } : tcp(port),
    pins: { [key]: String(port) },
  }
}

/** The only further port of the driver, or the only one with an Ingress entry. */
const guessedPort = ({ ports = [] }: DriverSpec, ingresses: Workload["spec"]["driverIngressOptions"] = []) => {
  if (ports.length === 1) return ports[0]?.containerPort
  return ingresses.length === 1 ? ingresses[0]?.servicePort : undefined
}

const noRpc = "executors do not listen on an RPC port; use the target blockManager"
const driverOnly = (target: HealthTarget) => `executors have no ${target}; use the target blockManager, or metrics`

type Finder = (context: EndpointContext, role: Role) => Endpoint | NoEndpoint

const finders: Readonly<Record<HealthTarget, Finder>> = {
  rpc: ({ read }, role) => {
    if (role === "executor") return { missing: noRpc }
    const port = read.port("spark.driver.port") ?? defaultPorts.driver
    return { handler: tcp(port), pins: { "spark.driver.port": String(port) } }
  },
  blockManager: ({ read }, role) => {
    const key = role === "driver" ? "spark.driver.blockManager.port" : "spark.blockManager.port"
    const port = read.port(key) ?? defaultPorts.blockManager
    return { handler: tcp(port), pins: { [key]: String(port) } }
  },
  ui: ({ ui }, role) => (role === "executor" ? { missing: driverOnly("ui") } : uiAt(ui, "/api/v1/version")),
  metrics: (context, role) => {
    const exporter = exporterAt(context.workload.spec, role)
    if (exporter !== undefined) return exporter
    return role === "driver"
      ? uiAt(context.ui, cheapestPath(context))
      : {
          missing:
            "executors answer over HTTP only through the JMX exporter; set spec.monitoring.prometheus and exposeExecutorMetrics, or use the target blockManager",
        }
  },
  connect: (context, role) => (role === "executor" ? { missing: driverOnly("connect") } : connectAt(context)),
  application: (context, role) => {
    if (role === "executor") return { missing: driverOnly("application") }
    const { spec } = context.workload
    const port = context.applicationPort ?? guessedPort(spec.driver, spec.driverIngressOptions)
    return port === undefined
      ? { missing: "the port of the application is not known; set spec.healthChecks.driver.port" }
      : { handler: tcp(port), pins: {} }
  },
}

/** How a pod of this role is probed at this target. */
export const endpointOf = (target: HealthTarget, context: EndpointContext, role: Role): Endpoint | NoEndpoint =>
  finders[target](context, role)
