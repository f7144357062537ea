/**
 * What is wrong with probes: those that users write into templates and sidecars, and the handlers in `spec.healthChecks`. Kubernetes' rules
 * (`validateProbe`), which for executors would not be applied before the driver makes them; and targets that a kubelet could never reach.
 */

import { Predicate } from "effect"
import type { Container, ContainerPort } from "kubernetes-types/core/v1"
import type { DriverSpec } from "../../api/application/DriverSpec.ts"
import type { ExecutorSpec } from "../../api/application/ExecutorSpec.ts"
import { type HealthChecks, probeHandlers } from "../../api/application/HealthChecks.ts"
import type { Problem } from "../../api/Problem.ts"
import { type ConfReader } from "../conf/ConfReader.ts"
import { defaultPorts } from "../driver/BasicDriver.ts"
import type { Plan } from "../Plan.ts"
import { driverContainerName, executorContainerName, fromTemplate, type SparkPod } from "../pod/SparkPod.ts"
import type { SparkProfile } from "../SparkProfile.ts"
import type { Workload } from "../Workload.ts"
import { tlsPorts } from "./Endpoints.ts"
import { driverTemplate } from "./HealthPlan.ts"
import type { Role } from "./Presets.ts"

type Fields = Readonly<Record<string, unknown>>
type Report = (field: string, message: string) => void

/** The ports of the container that is probed. */
interface Reach {
  readonly ports: ReadonlyArray<Partial<ContainerPort>>
  /** Numbers on which Spark speaks TLS. */
  readonly tls: ReadonlyArray<number>
  /** Where Spark Connect listens without gRPC's health service. */
  readonly noHealthService: ReadonlyArray<number>
}

const fieldsOf = (value: unknown): Fields => (Predicate.isObject(value) && !Array.isArray(value) ? value : {})

/** Least values of Kubernetes; 0 takes its default. */
const least: Readonly<Record<string, number>> = {
  initialDelaySeconds: 0,
  periodSeconds: 0,
  timeoutSeconds: 0,
  successThreshold: 0,
  failureThreshold: 0,
  terminationGracePeriodSeconds: 1,
}

const numberProblems = (probe: Fields, kind: string, field: string, report: Report) => {
  for (const [name, minimum] of Object.entries(least)) {
    const value = probe[name]
    if (value !== undefined && !(Number.isInteger(value) && Number(value) >= minimum)) {
      report(
        `${field}.${name}`,
        `${JSON.stringify(value)} is not a whole number of at least ${name === "initialDelaySeconds" ? 0 : 1}`,
      )
    }
  }
  if (kind !== "readinessProbe" && Number(probe["successThreshold"] ?? 1) > 1) {
    report(`${field}.successThreshold`, "one success is enough for a startup or liveness probe; remove it")
  }
  if (kind === "readinessProbe" && probe["terminationGracePeriodSeconds"] !== undefined) {
    report(
      `${field}.terminationGracePeriodSeconds`,
      "has no effect: a readiness probe never ends a container; remove it",
    )
  }
}

/** A name that marks a port as one for TLS. */
const tlsName = /^https|^grpcs$|(?:^|-)(?:tls|ssl)(?:-|$)/

const portProblems = (port: unknown, handler: string, field: string, reach: Reach, report: Report) => {
  const names = reach.ports.flatMap(({ name }) => (name === undefined ? [] : [name]))
  if (Predicate.isString(port)) {
    if (handler === "grpc")
      report(field, `${JSON.stringify(port)} is a name, but gRPC probes take only the number of a port`)
    else if (!names.includes(port)) {
      const known =
        names.length === 0 ? "it has no named ports; use a number" : `use a number or one of ${names.join(", ")}`
      report(field, `the container has no port named ${JSON.stringify(port)}; ${known}`)
    }
  } else if (!(Number.isInteger(port) && Number(port) >= 1 && Number(port) <= 65535)) {
    report(
      field,
      port === undefined
        ? "is required: a number from 1 to 65535 or a name"
        : `${JSON.stringify(port)} is not a port; use a number from 1 to 65535 or a name`,
    )
  } else if (handler === "grpc") {
    const named = reach.ports.some(({ name, containerPort }) => containerPort === port && tlsName.test(name ?? ""))
    if (named || reach.tls.includes(Number(port))) {
      report(field, `port ${Number(port)} speaks TLS, which gRPC probes of the kubelet do not; use tcpSocket`)
    } else if (reach.noHealthService.includes(Number(port))) {
      report(
        field,
        "this version of Spark Connect has no gRPC health service, so the probe could never succeed; use tcpSocket",
      )
    }
  }
}

const handlerProblems = (probe: Fields, field: string, reach: Reach, report: Report, optional: boolean) => {
  const given = probeHandlers.filter((name) => probe[name] !== undefined)
  if (given.length > 1) {
    report(field, `has several handlers (${given.join(", ")}), but a probe has exactly one; keep one of them`)
  }
  if (given.length === 0 && !optional) report(field, `has no handler; add one of ${probeHandlers.join(", ")}`)
  for (const name of given) {
    const handler = fieldsOf(probe[name])
    const at = `${field}.${name}`
    if (name !== "exec") portProblems(handler["port"], name, `${at}.port`, reach, report)
    else if (!Array.isArray(handler["command"]) || handler["command"].length === 0) {
      report(`${at}.command`, "is empty; write the command and its arguments as a list")
    }
    if (name === "httpGet" && ![undefined, "HTTP", "HTTPS"].includes(handler["scheme"] as string | undefined)) {
      report(`${at}.scheme`, `${JSON.stringify(handler["scheme"])} is not a scheme; use HTTP or HTTPS`)
    }
  }
}

const kinds = ["startupProbe", "readinessProbe", "livenessProbe"] as const

/** `init`: containers that run before the others have no probes, but for those that stay. */
const containerProblems = (container: Container, field: string, reach: Reach, init: boolean, report: Report) => {
  for (const kind of kinds) {
    const probe: unknown = container[kind]
    if (probe === undefined || probe === null) continue
    const at = `${field}.${kind}`
    if (!Predicate.isObject(probe) || Array.isArray(probe)) {
      report(at, "must be an object, as in a pod")
    } else if (init && container.restartPolicy !== "Always") {
      report(at, "init containers have no probes, unless restartPolicy is Always; remove it")
    } else {
      numberProblems(probe as Fields, kind, at, report)
      handlerProblems(probe as Fields, at, reach, report, false)
    }
  }
}

const named = (name: string): Partial<ContainerPort> => ({ name })

/** The ports that Spark's own container will have. */
const sparkPorts = (role: Role, template: SparkPod, { connectPort }: SparkProfile, read: ConfReader) => [
  ...(template.container.ports ?? []),
  ...(role === "driver"
    ? ["driver-rpc-port", "blockmanager", "spark-ui", ...(connectPort ? ["spark-connect"] : [])]
    : read.has("spark.blockManager.port")
      ? ["blockmanager"]
      : []
  ).map(named),
]

const listed = (spec: DriverSpec | ExecutorSpec, role: Role) => {
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {}
  const main = role === "driver" ? driverContainerName : executorContainerName
  const { sidecars } = fromTemplate(spec.template, main)
  const template = `spec.${role}.template.spec`
  return [
    ...containers.map((container, index) => ({
      container,
      field: `${template}.containers[${index}]`,
      spark: !sidecars.includes(container),
      init: false,
    })),
    ...(spec.sidecars ?? []).map((container, index) => ({
      container,
      field: `spec.${role}.sidecars[${index}]`,
      spark: false,
      init: false,
    })),
    ...initContainers.map((container, index) => ({
      container,
      field: `${template}.initContainers[${index}]`,
      spark: false,
      init: true,
    })),
    ...(spec.initContainers ?? []).map((container, index) => ({
      container,
      field: `spec.${role}.initContainers[${index}]`,
      spark: false,
      init: true,
    })),
  ]
}

const roleProblems = (
  role: Role,
  { spec }: Workload,
  asked: HealthChecks | undefined,
  reach: Reach,
  report: Report,
) => {
  for (const { container, field, spark, init } of listed(spec[role], role)) {
    const ports = Array.isArray(container.ports) ? container.ports : []
    containerProblems(container, field, spark ? reach : { ports, tls: [], noHealthService: [] }, init, report)
  }
  const checks = asked?.[role]
  for (const kind of ["startup", "readiness", "liveness"] as const) {
    const options = checks?.[kind]
    if (options === undefined) continue
    const at = `spec.healthChecks.${role}.${kind}`
    numberProblems(options as Fields, `${kind}Probe`, at, report)
    handlerProblems(options as Fields, at, reach, report, true)
  }
  const port = asked?.driver?.port
  if (role === "driver" && port !== undefined) {
    portProblems(port, "tcpSocket", "spec.healthChecks.driver.port", reach, report)
  }
}

/** Everything wrong with the probes of both roles; `read` reads the configuration of the plan. */
export const probeProblems = (
  { workload, profile, ui, executorTemplate, health: { asked } }: Plan,
  read: ConfReader,
): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = []
  const report: Report = (field, message) => void problems.push({ field, message })
  const tls = tlsPorts(read, ui)
  const connect = read.port("spark.connect.grpc.binding.port") ?? defaultPorts.connect
  const noHealthService = profile.connectHealthService ? [] : [connect]
  for (const role of ["driver", "executor"] as const) {
    const template = role === "driver" ? driverTemplate(workload) : executorTemplate
    const ports = sparkPorts(role, template, profile, read)
    const reach = { ports, tls, noHealthService: role === "driver" ? noHealthService : [] }
    roleProblems(role, workload, asked, reach, report)
  }
  return problems
}
