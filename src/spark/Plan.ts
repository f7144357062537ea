/**
 * Everything that can be known about an application's driver before a submission exists: its configuration read, its feature steps made.
 * Making a plan finds all that Spark would refuse; carrying it out (`DriverObjects.ts`) cannot fail any more.
 */

import type { SparkApplication } from "../api/application/SparkApplication.ts"
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
import { type HealthDefaults, noHealthDefaults } from "./health/HealthDefaults.ts"
import { type HealthPlan, planHealth, withHealthConf, withRoleProbes } from "./health/HealthPlan.ts"
import { monitoringStep, withMonitoringFiles } from "./monitoring/Monitoring.ts"
import { telemetryStep, withAgent } from "./monitoring/OpenTelemetry.ts"
import { withPodFields } from "./pod/PodFields.ts"
import { readDriverLabels } from "./pod/PodLabels.ts"
import { executorContainerName, fromTemplate, type SparkPod } from "./pod/SparkPod.ts"
import { type BatchScheduler, type BatchScheduling, batchSchedulerOf } from "./scheduler/BatchScheduler.ts"
import { type Gang, readGang } from "./scheduler/Gang.ts"
import { schedulerConf } from "./scheduler/SchedulerConf.ts"
import type { SparkProfile } from "./SparkProfile.ts"

export interface Plan {
  /** Defaults applied. */
  readonly application: SparkApplication
  readonly profile: SparkProfile
  /** All but what belongs to one submission. */
  readonly conf: SparkConf
  /** The batch scheduler that places the pods, and which pods; undefined when there is none. */
  readonly batch: { readonly scheduler: BatchScheduler; readonly gang: Gang } | undefined
  /** The labels of the driver from the configuration, placeholders not yet substituted. */
  readonly driverLabels: Readonly<Record<string, string>>
  readonly service: ServiceStep
  /** All steps in Spark's order, the Service's too. */
  readonly steps: ReadonlyArray<FeatureStep>
  /** Executors that Spark asks for at its start. */
  readonly initialExecutors: number
  /** What the driver makes executors from. */
  readonly executorTemplate: SparkPod
  readonly health: HealthPlan
}

const executorTemplate = (application: SparkApplication) => {
  const { spec } = application
  const template = fromTemplate(spec.executor.template, executorContainerName)
  return withAgent(withMonitoringFiles(withPodFields(template, spec, "executor"), application, "executor"), application)
}

const batchOf = (submitted: Submitted, template: SparkPod, scheduling: BatchScheduling): Plan["batch"] => {
  const scheduler = batchSchedulerOf(submitted.application.spec, scheduling)
  return scheduler && { scheduler, gang: readGang(submitted, template) }
}

/** The plan of an application whose templates have the shape of pods. Total; what is wrong goes to `report`. */
export const makePlan = (
  application: SparkApplication,
  profile: SparkProfile,
  scheduling: BatchScheduling,
  report: (problem: Problem) => void,
  healthDefaults: HealthDefaults = noHealthDefaults,
): Plan => {
  const main = mainResource(application.spec, report)
  const unprobed = executorTemplate(application)
  const written = submitConf(application)
  const health = planHealth(application, profile, written, unprobed, healthDefaults, report)
  const template = withRoleProbes(unprobed, health.executor)
  const user = withHealthConf(written, health, template, profile)
  const read = confReader(user, report)
  const batch = batchOf({ application, profile, main, read }, template, scheduling)
  const conf = batch ? sparkConf([...user.values(), ...schedulerConf(application, batch.scheduler, batch.gang)]) : user
  const submitted: Submitted = { application, profile, main, read: confReader(conf, report) }
  const driverLabels = readDriverLabels(submitted)
  const service = driverService(submitted)
  // The order of KubernetesDriverBuilder.buildFromFeatures.
  const steps = [
    basicDriver(submitted),
    driverCredentials(submitted),
    service,
    mountSecrets(submitted),
    envSecrets(submitted),
    mountVolumes(submitted),
    driverCommand(submitted),
    hadoopConf(submitted),
    kerberosConf(submitted),
    podTemplate(template),
    localDirs(submitted),
    networkPolicy(submitted),
    // What Spark does not know of.
    monitoringStep(submitted),
    telemetryStep(submitted, template),
    proxyBase(submitted),
  ]
  const initialExecutors = readExecutorConf(submitted).initial
  return {
    application,
    profile,
    conf,
    batch,
    driverLabels,
    service,
    steps,
    initialExecutors,
    executorTemplate: template,
    health,
  }
}
