/**
 * `spec.healthChecks`: liveness, readiness and startup probes of driver and executors. A preset for the kind of workload determines them,
 * and every parameter can be overridden. The operator's ConfigMap has the same shape for its default and for named templates.
 * `spark/health/Presets.ts` defines the presets.
 */

import { Schema } from "effect"
import type * as core from "kubernetes-types/core/v1"
import { embedded, integer, IntOrString, optional, required, rule } from "../schema/Field.ts"
import { Port, PositiveInt32, Strings } from "../schema/Scalar.ts"

export const HealthPreset = Schema.Literals(["batch", "streaming", "connect", "interactive", "policy-minimal"])
export type HealthPreset = typeof HealthPreset.Type

/** The part of Spark that a probe checks; its port and scheme are determined when the pod is built. */
export const HealthTarget = Schema.Literals(["rpc", "blockManager", "ui", "metrics", "connect", "application"])
export type HealthTarget = typeof HealthTarget.Type

const HTTPHeader = embedded<core.HTTPHeader>()({
  name: required(Schema.String, "The name of the header."),
  value: required(Schema.String, "The value of the header."),
})

const HTTPGetAction = embedded<core.HTTPGetAction>()({
  path: optional(Schema.String, "The path of the request. Defaults to /."),
  port: required(IntOrString, "The number or name of a port of the Spark container."),
  scheme: optional(
    Schema.Literals(["HTTP", "HTTPS"]),
    "HTTP or HTTPS. Certificates are not verified. Defaults to HTTP.",
  ),
  host: optional(Schema.String, "The host to connect to. Defaults to the pod IP."),
  httpHeaders: optional(Schema.Array(HTTPHeader), "Additional headers of the request."),
})

const TCPSocketAction = embedded<core.TCPSocketAction>()({
  port: required(IntOrString, "The number or name of a port of the Spark container."),
  host: optional(Schema.String, "The host to connect to. Defaults to the pod IP."),
})

const GRPCAction = embedded<core.GRPCAction>()({
  port: required(Port, "The number of a port that serves the gRPC health service without TLS."),
  service: optional(Schema.String, "The name of the service whose health is requested."),
})

const ExecAction = embedded<core.ExecAction>()({
  command: optional(Strings, "The command and its arguments. Exit code 0 means success."),
})

export const probeHandlers = ["httpGet", "tcpSocket", "exec", "grpc"] as const

const probeFields = Schema.Struct({
  disabled: optional(
    Schema.Boolean,
    "If true, this probe is omitted. If false, it is added even if the preset only offers it.",
  ),
  target: optional(
    HealthTarget,
    "The part of Spark to probe, instead of httpGet, tcpSocket, exec or grpc. The operator determines its port and scheme.",
  ),
  httpGet: optional(HTTPGetAction, "Sends an HTTP GET request. A status code from 200 to 399 means success."),
  tcpSocket: optional(TCPSocketAction, "Opens a TCP connection."),
  exec: optional(ExecAction, "Runs a command in the container."),
  grpc: optional(GRPCAction, "Calls the gRPC health service."),
  initialDelaySeconds: optional(integer("int32", 0), "Seconds from the start of the container to the first probe."),
  periodSeconds: optional(PositiveInt32, "Seconds between probes."),
  timeoutSeconds: optional(
    PositiveInt32,
    "Seconds after which the probe times out. Overrides the value computed for the preset.",
  ),
  successThreshold: optional(
    PositiveInt32,
    "Consecutive successes needed after a failure. Must be 1 except for readiness.",
  ),
  failureThreshold: optional(PositiveInt32, "Consecutive failures after which the probe has failed."),
  terminationGracePeriodSeconds: optional(
    integer("int64", 1),
    "Seconds that the container may take to stop after this probe has failed. Not allowed for readiness.",
  ),
})

/** The number of handlers of a probe, `target` included. Without any, that of the preset is used. */
const handlersOf = (probe: typeof probeFields.Type) =>
  [probe.target, probe.httpGet, probe.tcpSocket, probe.exec, probe.grpc].filter((handler) => handler !== undefined)
    .length

export const ProbeOptions = probeFields.check(
  rule<typeof probeFields.Type>({
    field: "target",
    rule: "(has(self.target) ? 1 : 0) + (has(self.httpGet) ? 1 : 0) + (has(self.tcpSocket) ? 1 : 0) + (has(self.exec) ? 1 : 0) + (has(self.grpc) ? 1 : 0) <= 1",
    holds: (probe) => handlersOf(probe) <= 1,
    message: "a probe can have only one handler; keep one of target, httpGet, tcpSocket, exec and grpc",
  }),
)
export type ProbeOptions = typeof ProbeOptions.Type

const probeOptions = {
  startup: optional(
    ProbeOptions,
    "The startup probe. The other probes start when it has succeeded. If it fails, the container is killed.",
  ),
  readiness: optional(ProbeOptions, "The readiness probe. The pod is ready while it succeeds."),
  liveness: optional(ProbeOptions, "The liveness probe. If it fails, the container is killed."),
}

const roleFields = (disabled: string) => ({
  disabled: optional(Schema.Boolean, disabled),
  preset: optional(HealthPreset, "The preset of this role. Defaults to the preset of the application."),
  ...probeOptions,
})

export const DriverHealthChecks = Schema.Struct({
  ...roleFields("If true, no probes are added to the driver."),
  port: optional(
    IntOrString,
    "The number or name of the application's own port, which the target application probes. Defaults to the only port in driver.ports or driverIngressOptions.",
  ),
})
export type DriverHealthChecks = typeof DriverHealthChecks.Type

export const Heartbeat = Schema.Struct({
  disabled: optional(
    Schema.Boolean,
    "If true, executor pods are not compared with the executors that the driver reports.",
  ),
  silentSeconds: optional(
    PositiveInt32,
    "An executor is silent when its pod runs but the driver has not reported it as active for this many seconds. Defaults to 300.",
  ),
  replace: optional(
    Schema.Boolean,
    "If true, the pods of silent executors are deleted, so that the driver requests new ones. Otherwise they are only reported.",
  ),
})
export type Heartbeat = typeof Heartbeat.Type

export const ExecutorHealthChecks = Schema.Struct({
  ...roleFields("If true, no probes are added to executors, and silent executors are not detected."),
  heartbeat: optional(
    Heartbeat,
    "Detection of executors whose pod runs but which the driver does not report as active.",
  ),
})
export type ExecutorHealthChecks = typeof ExecutorHealthChecks.Type

export const Watchdog = Schema.Struct({
  disabled: optional(Schema.Boolean, "If true, the operator does not watch the progress of this application."),
  stalledSeconds: optional(
    PositiveInt32,
    "The application is stalled when no job, stage, task or micro-batch has started or finished for this many seconds. The default depends on the preset, such as 1800 for batch and 900 for streaming.",
  ),
  batchSeconds: optional(
    PositiveInt32,
    "The application is stalled when its newest micro-batch is this many seconds old. Defaults to 900 for the preset streaming, otherwise to no limit.",
  ),
  restart: optional(
    Schema.Boolean,
    "If true, a stalled run is ended as failed, and the restart policy decides whether it is retried. Otherwise it is only reported.",
  ),
})
export type Watchdog = typeof Watchdog.Type

export const HealthChecks = Schema.Struct({
  disabled: optional(Schema.Boolean, "If true, health checks are disabled, including the operator's default ones."),
  preset: optional(
    HealthPreset,
    "The kind of workload, which determines the probes: batch, streaming, connect, interactive or policy-minimal. Defaults to the preset of the template or of the operator's default, otherwise to batch.",
  ),
  template: optional(
    Schema.String,
    "The name of a template of health checks in the operator's ConfigMap. Fields that are set here override it.",
  ),
  computeHeavy: optional(
    Schema.Boolean,
    "If true, probes have longer timeouts, for applications whose tasks keep every core busy.",
  ),
  decommission: optional(
    Schema.Boolean,
    "If true, executors migrate their blocks to others before they stop, and their pods allow enough time for it.",
  ),
  watchdog: optional(Watchdog, "Detection of runs that make no progress."),
  driver: optional(
    DriverHealthChecks,
    "Health checks of the driver, in addition to the general ones or overriding them.",
  ),
  executor: optional(
    ExecutorHealthChecks,
    "Health checks of executors, in addition to the general ones or overriding them.",
  ),
})
export type HealthChecks = typeof HealthChecks.Type
