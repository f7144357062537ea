/**
 * Everything that is known about a workload before a submission exists: its configuration, read and checked, and its feature steps. Making
 * a plan finds everything that Spark would refuse; carrying it out (`DriverObjects.ts`) cannot fail.
 */

import type { Problem } from "../api/Problem.ts"
import { proxyBase } from "./access/ProxyBase.ts"
import { confReader } from "./conf/ConfReader.ts"
import { readExecutorConf } from "./conf/ExecutorConf.ts"
import { type SparkConf, sparkConf } from "./conf/SparkConf.ts"
import { submitConf } from "./conf/SubmitConf.ts"
import { basicDriver } from "./driver/BasicDriver.ts"
import { driverCommand } from "./driver/DriverCommand.ts"
import { driverCredentials } from "./driver/DriverCredentials.ts"
import { driverService } from "./driver/DriverService.ts"
import type { FeatureStep, ServiceStep, Submitted } from "./driver/FeatureStep.ts"
import { hadoopConf } from "./driver/HadoopConf.ts"
import { kerberosConf } from "./driver/KerberosConf.ts"
import { localDirs } from "./driver/LocalDirs.ts"
import { mainResource } from "./driver/MainResource.ts"
import { envSecrets, mountSecrets } from "./driver/MountSecrets.ts"
import { mountVolumes } from "./driver/MountVolumes.ts"
import { networkPolicy } from "./driver/NetworkPolicy.ts"
import { podTemplate } from "./driver/PodTemplate.ts"
import type { ExecutorStep } from "./executor/ExecutorStep.ts"
import { readExecutorSteps } from "./executor/ExecutorSteps.ts"
import type { HealthDefaults } from "./health/HealthDefaults.ts"
import { type HealthPlan, planHealth, withHealthConf, withRoleProbes } from "./health/HealthPlan.ts"
import { withEventLog } from "./history/EventLog.ts"
import type { EventLogTargetFound } from "./history/EventLogTarget.ts"
import { monitoringStep, withMonitoring, withMonitoringFiles } from "./monitoring/Monitoring.ts"
import { telemetryStep, withAgent, withTelemetry } from "./monitoring/OpenTelemetry.ts"
import { withPodFields } from "./pod/PodFields.ts"
import { readDriverLabels } from "./pod/PodLabels.ts"
import { type PodMetadata, withPodMetadata } from "./pod/PodMetadata.ts"
import { executorContainerName, fromTemplate, type SparkPod } from "./pod/SparkPod.ts"
import { type BatchScheduler, type BatchScheduling, batchSchedulerOf } from "./scheduler/BatchScheduler.ts"
import { type Gang, readGang } from "./scheduler/Gang.ts"
import { schedulerConf } from "./scheduler/SchedulerConf.ts"
import type { SparkProfile } from "./SparkProfile.ts"
import { readUi, type Ui } from "./Ui.ts"
import type { Workload } from "./Workload.ts"

/** The operator's settings for plans. */
export interface PlanSettings {
  readonly scheduling: BatchScheduling
  /** Default and templates of health checks. */
  readonly healthDefaults: HealthDefaults
  /** For all pods, unless the workload says otherwise. */
  readonly podMetadata: PodMetadata
  /** Where the event log goes, and where it is read. */
  readonly eventLog: EventLogTargetFound
}

export interface Plan extends Pick<PlanSettings, "eventLog"> {
  /** Defaults applied, those for the metadata of pods included, and the event log configured. */
  readonly workload: Workload
  readonly profile: SparkProfile
  /** Finished, except for what belongs to one submission (ids, times, addresses). */
  readonly conf: SparkConf
  /** Where the UI of the driver listens. */
  readonly ui: Ui
  /** The batch scheduler and the pods that it places together; undefined without one. */
  readonly batch: { readonly scheduler: BatchScheduler; readonly gang: Gang } | undefined
  /** The labels of the driver from the configuration, placeholders not yet substituted. */
  readonly driverLabels: Readonly<Record<string, string>>
  readonly service: ServiceStep
  /** All steps in Spark's order, the Service's too. */
  readonly steps: ReadonlyArray<FeatureStep>
  /** Executors that Spark requests when it starts. */
  readonly initialExecutors: number
  /** The template from which the driver makes executors. */
  readonly executorTemplate: SparkPod
  /** What the driver does with it for each executor, in Spark's order. */
  readonly executorSteps: ReadonlyArray<ExecutorStep>
  readonly health: HealthPlan
  /** From the settings. */
  readonly podMetadata: PodMetadata
}

const executorTemplate = (workload: Workload) => {
  const { spec } = workload
  const template = fromTemplate(spec.executor.template, executorContainerName)
  return withAgent(withMonitoringFiles(withPodFields(template, spec, "executor"), workload, "executor"), workload)
}

const batchOf = (submitted: Submitted, template: SparkPod, scheduling: BatchScheduling): Plan["batch"] => {
  const scheduler = batchSchedulerOf(submitted.workload.spec, scheduling)
  return scheduler && { scheduler, gang: readGang(submitted, template) }
}

/** The plan of a workload whose templates have the shape of pods. Total: every problem goes to `report`. */
export const makePlan = (
  given: Workload,
  profile: SparkProfile,
  { scheduling, healthDefaults, podMetadata, eventLog }: PlanSettings,
  report: (problem: Problem) => void,
): Plan => {
  const workload = withPodMetadata(withEventLog(given, eventLog), podMetadata)
  const main = mainResource(workload.spec, report)
  const unprobed = executorTemplate(workload)
  const submitted = submitConf(workload)
  const ui = readUi(confReader(submitted, report))
  const written = withMonitoring(withTelemetry(submitted, workload), workload, ui)
  const health = planHealth(workload, profile, written, ui, unprobed, healthDefaults, report)
  const template = withRoleProbes(unprobed, health.executor)
  const user = withHealthConf(written, health, template, profile)
  const batch = batchOf({ workload, profile, main, ui, read: confReader(user, report) }, template, scheduling)
  const conf = batch ? sparkConf([...user.values(), ...schedulerConf(workload, batch.scheduler, batch.gang)]) : user
  const inputs: Submitted = { workload, profile, main, ui, read: confReader(conf, report) }
  const driverLabels = readDriverLabels(inputs)
  const service = driverService(inputs)
  // The order of KubernetesDriverBuilder.buildFromFeatures.
  const steps = [
    basicDriver(inputs),
    driverCredentials(inputs),
    service,
    mountSecrets("driver")(inputs),
    envSecrets("driver")(inputs),
    mountVolumes(inputs),
    driverCommand(inputs),
    hadoopConf(inputs),
    kerberosConf(inputs),
    podTemplate(template, workload),
    localDirs(inputs),
    networkPolicy(inputs),
    // Steps of the operator that Spark does not have.
    monitoringStep(inputs),
    telemetryStep(inputs, template),
    proxyBase(inputs),
  ]
  const initialExecutors = readExecutorConf(inputs).initial
  const executorSteps = readExecutorSteps(inputs)
  return {
    workload,
    profile,
    conf,
    ui,
    batch,
    driverLabels,
    service,
    steps,
    initialExecutors,
    executorTemplate: template,
    executorSteps,
    health,
    podMetadata,
    eventLog,
  }
}
