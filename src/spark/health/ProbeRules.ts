/**
 * What is wrong with probes: those that users write into templates and sidecars, and the handlers in `spec.healthChecks`. Kubernetes' rules
 * (`validateProbe`), which for executors would not be applied before the driver makes them; and targets that a kubelet could never reach.
 */

import { Predicate } from "effect"
import type { Container, ContainerPort } from "kubernetes-types/core/v1"
import type { DriverSpec } from "../../api/application/DriverSpec.ts"
import type { ExecutorSpec } from "../../api/application/ExecutorSpec.ts"
import type { HealthChecks } from "../../api/application/HealthChecks.ts"
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
import { type Fields, handlerProblems, numberProblems, portProblems, type Reach, type Report } from "./ProbeShape.ts"

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
