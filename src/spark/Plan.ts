/**
 * Everything that can be known about an application's driver before a submission exists: its configuration read, its feature steps made.
 * Making a plan finds all that Spark would refuse; carrying it out (`DriverObjects.ts`) cannot fail any more.
 */
import type { Problem } from "../api/Problem.ts"
import type { SparkApplication } from "../api/SparkApplication.ts"
import { confReader } from "./ConfReader.ts"
import { readExecutorConf } from "./ExecutorConf.ts"
import type { FeatureStep, ServiceStep, Submitted } from "./FeatureStep.ts"
import { mainResource } from "./MainResource.ts"
import { withPodFields } from "./PodFields.ts"
import { readDriverLabels } from "./PodLabels.ts"
import type { SparkConf } from "./SparkConf.ts"
import { executorContainerName, fromTemplate, withSpec, type SparkPod } from "./SparkPod.ts"
import type { SparkProfile } from "./SparkProfile.ts"
import { basicDriver } from "./step/BasicDriver.ts"
import { driverCommand } from "./step/DriverCommand.ts"
import { driverCredentials } from "./step/DriverCredentials.ts"
import { driverService } from "./step/DriverService.ts"
import { hadoopConf } from "./step/HadoopConf.ts"
import { kerberosConf } from "./step/KerberosConf.ts"
import { localDirs } from "./step/LocalDirs.ts"
import { envSecrets, mountSecrets } from "./step/MountSecrets.ts"
import { mountVolumes } from "./step/MountVolumes.ts"
import { podTemplate } from "./step/PodTemplate.ts"
import { submitConf } from "./SubmitConf.ts"

export interface Plan {
  /** Defaults applied. */
  readonly application: SparkApplication
  readonly profile: SparkProfile
  /** All but what belongs to one submission. */
  readonly conf: SparkConf
  /** The labels of the driver from the configuration, placeholders not yet substituted. */
  readonly driverLabels: Readonly<Record<string, string>>
  readonly service: ServiceStep
  /** All steps in Spark's order, the Service's too. */
  readonly steps: ReadonlyArray<FeatureStep>
  /** What the driver makes executors from. */
  readonly executorTemplate: SparkPod
}

/** Service links would fill the environment of every pod with all Services of its namespace, which can stop a JVM from starting. */
export const withoutServiceLinks = (pod: SparkPod): SparkPod =>
  withSpec(pod, { enableServiceLinks: pod.spec.enableServiceLinks ?? false })

const executorTemplate = ({ spec }: SparkApplication) =>
  withPodFields(withoutServiceLinks(fromTemplate(spec.executor.template, executorContainerName)), spec, "executor")

/** The plan of an application whose templates have the shape of pods. Total; what is wrong goes to `report`. */
export const makePlan = (
  application: SparkApplication,
  profile: SparkProfile,
  report: (problem: Problem) => void,
): Plan => {
  const conf = submitConf(application)
  const submitted: Submitted = {
    application,
    profile,
    main: mainResource(application.spec, report),
    read: confReader(conf, report),
  }
  const driverLabels = readDriverLabels(submitted)
  const service = driverService(submitted)
  const template = executorTemplate(application)
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
  ]
  readExecutorConf(submitted)
  return { application, profile, conf, driverLabels, service, steps, executorTemplate: template }
}
