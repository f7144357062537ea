/**
 * All health checks of a workload, planned before any object is made: the probes of both roles, the configuration on which they depend, and
 * how long pods may take to stop. Without health checks nothing changes.
 */

import type { HealthChecks } from "../../api/application/HealthChecks.ts"
import type { Problem } from "../../api/Problem.ts"
import { parseQuantity } from "../../kube/Quantity.ts"
import { confReader, type ConfReader } from "../conf/ConfReader.ts"
import { type ConfEntry, type SparkConf } from "../conf/SparkConf.ts"
import * as Labels from "../Labels.ts"
import { withMonitoringFiles } from "../monitoring/Monitoring.ts"
import { withAgent } from "../monitoring/OpenTelemetry.ts"
import { withPodFields } from "../pod/PodFields.ts"
import { driverContainerName, fromTemplate, type SparkPod, withContainer, withSpec } from "../pod/SparkPod.ts"
import type { SparkProfile } from "../SparkProfile.ts"
import type { Ui } from "../Ui.ts"
import type { Workload, WorkloadSpec } from "../Workload.ts"
import type { EndpointContext } from "./Endpoints.ts"
import { chooseHealthChecks, type Chosen, type HealthDefaults } from "./HealthDefaults.ts"
import { type HeartbeatLimits, heartbeatOf } from "./Heartbeat.ts"
import { decommissionGraceSeconds, type Role } from "./Presets.ts"
import { noProbes, type RoleProbes, roleProbes } from "./RoleProbes.ts"
import { type WatchdogLimits, watchdogOf } from "./WatchdogLimits.ts"

export interface HealthPlan {
  readonly driver: RoleProbes
  readonly executor: RoleProbes
  /** Properties that win over the user's. */
  readonly insisted: Readonly<Record<string, string>>
  /** Properties that the user's win over. */
  readonly proposed: Readonly<Record<string, string>>
  readonly warnings: ReadonlyArray<Problem>
  /** The health checks that the spec requests, its template included; undefined where only the operator's default applies. */
  readonly asked: HealthChecks | undefined
  /** Undefined: the progress is not watched. */
  readonly watchdog: WatchdogLimits | undefined
  /** Undefined: heartbeats of executors are not checked. */
  readonly heartbeat: HeartbeatLimits | undefined
}

const noHealth: HealthPlan = {
  driver: noProbes,
  executor: noProbes,
  insisted: {},
  proposed: {},
  warnings: [],
  asked: undefined,
  watchdog: undefined,
  heartbeat: undefined,
}

/** The user's template with the driver's fields applied, as the probes see it; Spark's feature steps are applied to it later. */
export const driverTemplate = (workload: Workload): SparkPod => {
  const { spec } = workload
  const template = fromTemplate(spec.driver.template, driverContainerName)
  return withAgent(withMonitoringFiles(withPodFields(template, spec, "driver"), workload, "driver"), workload)
}

const longestPatience = 6

/**
 * How many times longer an answer may take: a container with less than a core, or with more task threads than cores, is throttled by the
 * kernel and answers late.
 */
const patienceOf = (read: ConfReader, template: SparkPod, role: Role, computeHeavy: boolean): number => {
  const limit =
    read.conf.get(`spark.kubernetes.${role}.limit.cores`)?.value ?? template.container.resources?.limits?.["cpu"]
  const cores = limit === undefined ? undefined : parseQuantity(String(limit))
  const threads = Number(read.conf.get(`spark.${role}.cores`)?.value) || 1
  const throttled = cores === undefined || cores <= 0 ? 1 : Math.max(1, 1 / cores, threads / cores)
  return Math.min(longestPatience, throttled * (computeHeavy ? 2 : 1))
}

const flagOf = (read: ConfReader, key: string) => read.conf.get(key)?.value.trim().toLowerCase() === "true"
const decommissioning = "spark.decommission.enabled"
const blockKeys = ["enabled", "shuffleBlocks.enabled", "rddBlocks.enabled"].map(
  (key) => `spark.storage.decommission.${key}`,
)

const decommission = ({ checks }: Chosen, read: ConfReader) => {
  const on = checks.decommission ?? flagOf(read, decommissioning)
  return {
    insisted: checks.decommission === undefined ? {} : { [decommissioning]: String(checks.decommission) },
    proposed: checks.decommission === true ? Object.fromEntries(blockKeys.map((key) => [key, "true"])) : {},
    graceSeconds: on ? decommissionGraceSeconds : undefined,
  }
}

/** Warnings about health checks of the spec that need the progress of the driver, where it cannot be read for the reason `why`. */
export const progressWarnings = (
  { spec }: { readonly spec: Pick<WorkloadSpec, "healthChecks"> },
  why: string,
): ReadonlyArray<Problem> => {
  const { watchdog, executor } = spec.healthChecks ?? {}
  const asked = [
    ["watchdog", watchdog],
    ["executor.heartbeat", executor?.heartbeat],
  ] as const
  return asked.flatMap(([name, options]) =>
    options === undefined || options.disabled === true
      ? []
      : [{ field: `spec.healthChecks.${name}`, message: `has no effect: ${why}` }],
  )
}

/** The health checks of a workload with this configuration and UI, whose executors are made from the template `executor`. */
export const planHealth = (
  workload: Workload,
  profile: SparkProfile,
  conf: SparkConf,
  ui: Ui,
  executor: SparkPod,
  defaults: HealthDefaults,
  report: (problem: Problem) => void,
): HealthPlan => {
  const chosen = chooseHealthChecks(workload.spec.healthChecks, defaults, report)
  if (chosen === undefined) return noHealth
  const { checks, asked } = chosen
  const warnings: Array<Problem> = []
  const warn = (field: string, message: string) => void warnings.push({ field, message })
  const read = confReader(conf, report)
  const context: EndpointContext = { workload, profile, read, ui, applicationPort: checks.driver?.port }

  const probesOf = (role: Role, template: SparkPod) =>
    roleProbes({
      role,
      checks,
      context,
      container: template.container,
      hostNetwork: template.spec.hostNetwork === true,
      patience: patienceOf(read, template, role, checks.computeHeavy === true),
      refuse: asked ? (field, message) => report({ field, message }) : warn,
      warn,
    })
  if (ui.endpoint === undefined) {
    for (const { field, message } of progressWarnings(
      workload,
      "spark.ui.enabled is false, so the progress of the driver cannot be read",
    )) {
      warn(field, message)
    }
  }
  const driver = probesOf("driver", driverTemplate(workload))
  const executors = probesOf("executor", executor)
  const pins = { ...driver.pins, ...executors.pins }
  const { graceSeconds, ...handOver } = decommission(chosen, read)
  const retries = Object.keys(pins).length === 0 ? {} : { "spark.port.maxRetries": "0" }
  return {
    driver,
    executor: { ...executors, graceSeconds: graceSeconds ?? executors.graceSeconds },
    insisted: { ...handOver.insisted, ...(asked ? retries : {}) },
    proposed: { ...pins, ...handOver.proposed, ...(asked ? {} : retries) },
    warnings,
    asked: asked ? checks : undefined,
    watchdog: watchdogOf(checks),
    heartbeat: heartbeatOf(checks),
  }
}

const executorGrace = "spark.kubernetes.executor.terminationGracePeriodSeconds"
const field = "spec.healthChecks"

/**
 * The configuration with the properties that the probes need, and the grace period of executors where Spark would overwrite that of their
 * template.
 */
export const withHealthConf = (
  conf: SparkConf,
  { insisted, proposed }: HealthPlan,
  template: SparkPod,
  profile: SparkProfile,
): SparkConf => {
  const entries = (properties: Readonly<Record<string, string>>, from: string) =>
    Object.entries(properties).map(([key, value]): readonly [string, ConfEntry] => [key, { key, value, field: from }])
  const missing = entries(proposed, field).filter(([key]) => !conf.has(key))
  const seconds = template.spec.terminationGracePeriodSeconds
  const grace =
    seconds !== undefined && profile.configurableExecutorGrace && !conf.has(executorGrace)
      ? entries({ [executorGrace]: `${seconds}s` }, "spec.executor.terminationGracePeriodSeconds")
      : []
  const added = [...missing, ...entries(insisted, field), ...grace]
  return added.length === 0 ? conf : new Map([...conf, ...added])
}

const annotated = (pod: SparkPod, preset: string): SparkPod => ({
  ...pod,
  metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, [Labels.healthPresetAnnotation]: preset } },
})

/** The pod with the probes and the grace period that it does not have yet. */
export const withRoleProbes = (pod: SparkPod, { preset, probes, graceSeconds }: RoleProbes): SparkPod => {
  const probed =
    Object.keys(probes).length === 0 ? pod : annotated(withContainer(pod, { ...probes, ...pod.container }), preset)
  return graceSeconds === undefined || pod.spec.terminationGracePeriodSeconds !== undefined
    ? probed
    : withSpec(probed, { terminationGracePeriodSeconds: graceSeconds })
}
