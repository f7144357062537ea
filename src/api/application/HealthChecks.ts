/**
 * `spec.healthChecks`: liveness, readiness and startup probes of driver and executors by a preset for the kind of workload, with every
 * parameter open to change. The same shape stands in the operator's ConfigMap as its default and as named templates.
 * What the presets render is said in `spark/health/Presets.ts`.
 */

import { Schema } from "effect"
import type * as core from "kubernetes-types/core/v1"
import { embedded, integer, IntOrString, optional, required, rule } from "../schema/Field.ts"
import { Port, PositiveInt32, Strings } from "../schema/Scalar.ts"

export const HealthPreset = Schema.Literals(["batch", "streaming", "connect", "interactive", "policy-minimal"])
export type HealthPreset = typeof HealthPreset.Type

/** What a probe looks at, in Spark's terms; the port and the scheme are found when the pod is made. */
export const HealthTarget = Schema.Literals(["rpc", "blockManager", "ui", "metrics", "connect", "application"])
export type HealthTarget = typeof HealthTarget.Type

const HTTPHeader = embedded<core.HTTPHeader>()({
  name: required(Schema.String, "The name of the header."),
  value: required(Schema.String, "Its value."),
})

const HTTPGetAction = embedded<core.HTTPGetAction>()({
  path: optional(Schema.String, "The path to ask for; / when left out."),
  port: required(IntOrString, "The number or the name of a port of the Spark container."),
  scheme: optional(Schema.Literals(["HTTP", "HTTPS"]), "HTTP or HTTPS; certificates are not verified."),
  host: optional(Schema.String, "The host; the address of the pod when left out."),
  httpHeaders: optional(Schema.Array(HTTPHeader), "Further headers of the request."),
})

const TCPSocketAction = embedded<core.TCPSocketAction>()({
  port: required(IntOrString, "The number or the name of a port of the Spark container."),
  host: optional(Schema.String, "The host; the address of the pod when left out."),
})

const GRPCAction = embedded<core.GRPCAction>()({
  port: required(Port, "The number of a port with gRPC's health service, without TLS."),
  service: optional(Schema.String, "The name of the service to ask about."),
})

const ExecAction = embedded<core.ExecAction>()({
  command: optional(Strings, "The command and its arguments; it succeeds with exit code 0."),
})

export const probeHandlers = ["httpGet", "tcpSocket", "exec", "grpc"] as const

const probeFields = Schema.Struct({
  disabled: optional(Schema.Boolean, "True leaves this probe out; false takes one that the preset only offers."),
  target: optional(HealthTarget, "What of Spark the probe looks at, instead of a handler of its own."),
  httpGet: optional(HTTPGetAction, "Asks over HTTP; a status from 200 to 399 is success."),
  tcpSocket: optional(TCPSocketAction, "Opens a connection."),
  exec: optional(ExecAction, "Runs a command in the container."),
  grpc: optional(GRPCAction, "Asks gRPC's health service."),
  initialDelaySeconds: optional(integer("int32", 0), "Seconds from the start of the container to the first try."),
  periodSeconds: optional(PositiveInt32, "Seconds from one try to the next."),
  timeoutSeconds: optional(PositiveInt32, "Seconds that an answer may take; wins over what the preset works out."),
  successThreshold: optional(PositiveInt32, "Successes in a row after a failure; more than 1 for readiness only."),
  failureThreshold: optional(PositiveInt32, "Failures in a row that count."),
  terminationGracePeriodSeconds: optional(
    integer("int64", 1),
    "Seconds that the container may take to stop after this probe has failed; not for readiness.",
  ),
})

/** How many ways of looking a probe has; one is right, none takes the preset's. */
const waysOf = (probe: typeof probeFields.Type) =>
  [probe.target, probe.httpGet, probe.tcpSocket, probe.exec, probe.grpc].filter((way) => way !== undefined).length

export const ProbeOptions = probeFields.check(
  rule<typeof probeFields.Type>({
    field: "target",
    rule: "(has(self.target) ? 1 : 0) + (has(self.httpGet) ? 1 : 0) + (has(self.tcpSocket) ? 1 : 0) + (has(self.exec) ? 1 : 0) + (has(self.grpc) ? 1 : 0) <= 1",
    holds: (probe) => waysOf(probe) <= 1,
    message: "a probe looks at one thing; keep one of target, httpGet, tcpSocket, exec and grpc",
  }),
)
export type ProbeOptions = typeof ProbeOptions.Type

const probeOptions = {
  startup: optional(ProbeOptions, "Until this probe succeeds the others wait; its failure ends the container."),
  readiness: optional(ProbeOptions, "The pod is ready while this probe succeeds."),
  liveness: optional(ProbeOptions, "The failure of this probe ends the container."),
}

const roleFields = {
  disabled: optional(Schema.Boolean, "True: no probes from here for this role."),
  preset: optional(HealthPreset, "The preset of this role, instead of the application's."),
  ...probeOptions,
}

export const DriverHealthChecks = Schema.Struct({
  ...roleFields,
  port: optional(IntOrString, "The number or the name of the application's own port, for the target application."),
})
export type DriverHealthChecks = typeof DriverHealthChecks.Type

export const Heartbeat = Schema.Struct({
  disabled: optional(Schema.Boolean, "True: nobody compares the pods of executors with what the driver says of them."),
  silentSeconds: optional(
    PositiveInt32,
    "An executor is silent when its pod runs and the driver has not counted it for so many seconds; 300 when left out.",
  ),
  replace: optional(
    Schema.Boolean,
    "True: the pods of silent executors are deleted, so that the driver makes others. Otherwise they are only told.",
  ),
})
export type Heartbeat = typeof Heartbeat.Type

export const ExecutorHealthChecks = Schema.Struct({
  ...roleFields,
  heartbeat: optional(Heartbeat, "The operator's look at executors through their driver."),
})
export type ExecutorHealthChecks = typeof ExecutorHealthChecks.Type

export const Watchdog = Schema.Struct({
  disabled: optional(Schema.Boolean, "True: the operator does not watch the progress of this application."),
  stalledSeconds: optional(
    PositiveInt32,
    "The application is stalled when no job, stage, task or micro-batch began or ended for so many seconds.",
  ),
  batchSeconds: optional(
    PositiveInt32,
    "The application is stalled when the newest micro-batch is so many seconds old.",
  ),
  restart: optional(
    Schema.Boolean,
    "True: a stalled run ends as failed, and the restart policy decides whether it is tried again. Otherwise it is only told.",
  ),
})
export type Watchdog = typeof Watchdog.Type

export const HealthChecks = Schema.Struct({
  disabled: optional(Schema.Boolean, "True: no probes from here, whatever the operator's default is."),
  preset: optional(
    HealthPreset,
    "The kind of workload: batch, streaming, connect, interactive or policy-minimal; batch when nothing says otherwise.",
  ),
  template: optional(Schema.String, "The name of probes in the operator's settings to start from."),
  computeHeavy: optional(Schema.Boolean, "True where tasks keep every core busy: answers may take longer."),
  decommission: optional(
    Schema.Boolean,
    "True: executors hand over their blocks before they stop, and their pods wait for it.",
  ),
  watchdog: optional(Watchdog, "The operator's watch over the progress of the application."),
  driver: optional(DriverHealthChecks, "What differs for the driver."),
  executor: optional(ExecutorHealthChecks, "What differs for executors."),
})
export type HealthChecks = typeof HealthChecks.Type
