/**
 * Carries out a plan for one submission: the objects that spark-submit would make, byte for byte the same every time.
 * The resource of the workload owns all of them. spark-submit makes the pod the owner of ConfigMaps and Service; here these are created
 * before the pod, so that it never waits for a missing volume.
 */

import type { ConfigMap, Pod, Service } from "kubernetes-types/core/v1"
import type { ObjectMeta } from "kubernetes-types/meta/v1"
import type { Problem } from "../../api/Problem.ts"
import type { Child, ChildObject } from "../Child.ts"
import { withRoleProbes } from "../health/HealthPlan.ts"
import * as Labels from "../Labels.ts"
import { objectNames } from "../Names.ts"
import type { Plan } from "../Plan.ts"
import { withOwnDefaults } from "../pod/OwnDefaults.ts"
import { withPodFields } from "../pod/PodFields.ts"
import { driverLabels } from "../pod/PodLabels.ts"
import { replacedParts } from "../pod/ReplacedParts.ts"
import { addEnv, driverContainerName, fromTemplate, type SparkPod, toPod } from "../pod/SparkPod.ts"
import { sparkAppId, type Submission } from "../submit/Submission.ts"
import { owned } from "../Workload.ts"
import { confConfigMap, mountConf } from "./DriverConfigMap.ts"
import type { BuildOptions, Run } from "./FeatureStep.ts"

export interface DriverObjects {
  /** The executor template, then the configuration. */
  readonly configMaps: ReadonlyArray<ConfigMap>
  readonly service: Service
  readonly pod: Pod
}

/** Properties that no step owns: `SparkSubmit` and `Client.run` write them. */
const ownProperties = ({ conf, profile }: Plan, { submission, options }: Run): ReadonlyMap<string, string> => {
  const properties = new Map([...conf.values()].map(({ key, value }) => [key, value]))
  properties.set("spark.master", options.master)
  const submitTime = "spark.app.submitTime"
  if (!profile.keepsSubmitTime || !properties.has(submitTime))
    properties.set(submitTime, String(submission.submittedAt))
  for (const role of ["driver", "executor"]) {
    properties.set(`spark.kubernetes.${role}.label.${Labels.submissionId}`, submission.submissionId)
  }
  return properties
}

const properties = (plan: Plan, run: Run): ReadonlyMap<string, string> =>
  new Map([...ownProperties(plan, run), ...plan.steps.flatMap((step) => Object.entries(step.properties?.(run) ?? {}))])

const template = ({ workload }: Plan) => fromTemplate(workload.spec.driver.template, driverContainerName)

/** The driver after Spark's steps: what the operator adds comes after them. */
const sparkDriver = (plan: Plan, run: Run): SparkPod =>
  mountConf(
    plan.steps.reduce((pod, step) => step.configurePod?.(pod, run) ?? pod, template(plan)),
    run,
  )

/** Parts of the user's template for drivers that spark-submit replaces. */
export const replacedOfDriver = (plan: Plan, submission: Submission, options: BuildOptions): ReadonlyArray<Problem> => {
  const { spec } = plan.workload
  if (spec.driver.template === undefined) return []
  const made = sparkDriver(plan, runOf(plan, submission, options))
  return replacedParts("driver", spec, template(plan), made, plan.profile.minor)
}

const driverPod = (plan: Plan, run: Run): Pod => {
  const { spec } = plan.workload
  const complete = withRoleProbes(withPodFields(sparkDriver(plan, run), spec, "driver"), plan.health.driver)
  const { options, submission } = run
  const equipped = options.parity === "strict" ? complete : addEnv(complete, options.driverEnv ?? [])
  return toPod(withOwnDefaults(equipped, plan.workload, submission, options))
}

/** As much metadata as any object of a submission has. */
type Metadata = NonNullable<ChildObject["metadata"]>

/** The owner, and by default the namespace and the labels by which the objects of a submission are found. */
const marked = <A extends Metadata>(metadata: A, plan: Plan, { submission, namespace, options }: Run): A =>
  options.parity === "strict"
    ? owned(metadata, plan.workload)
    : owned(
        {
          ...metadata,
          namespace,
          labels: {
            ...metadata.labels,
            [plan.workload.identity.nameLabel]: plan.workload.metadata.name,
            [Labels.submissionId]: submission.submissionId,
            [Labels.createdBy]: "true",
          },
        },
        plan.workload,
      )

/** With the fingerprint of the spec, if the submission has one: by it the operator knows what the driver was made from. */
export const fingerprinted = <A extends Metadata>(metadata: A, { runSpecHash }: Submission): A =>
  runSpecHash === undefined
    ? metadata
    : { ...metadata, annotations: { ...metadata.annotations, [Labels.runSpecHash]: runSpecHash } }

const runOf = (plan: Plan, submission: Submission, options: BuildOptions): Run => {
  const { workload } = plan
  const appId = sparkAppId(submission.submissionId)
  return {
    submission,
    options,
    namespace: workload.metadata.namespace,
    names: objectNames(workload, submission.submissionId),
    appId,
    driverLabels: driverLabels(plan.driverLabels, plan, { appId, submission }),
  }
}

/** The properties of a submission, as they are written into its ConfigMap. */
export const submissionProperties = (
  plan: Plan,
  submission: Submission,
  options: BuildOptions,
): ReadonlyMap<string, string> => properties(plan, runOf(plan, submission, options))

/** What Spark's feature steps make besides pod, Service and ConfigMaps, such as a NetworkPolicy. */
export const stepChildren = (plan: Plan, submission: Submission, options: BuildOptions): ReadonlyArray<Child> => {
  const run = runOf(plan, submission, options)
  return plan.steps
    .flatMap((step) => step.children?.(run) ?? [])
    .map((child) => ({
      ...child,
      object: { ...child.object, metadata: marked<Metadata>(child.object.metadata ?? {}, plan, run) },
    }))
}

/** Executors must find a driver that is not ready yet: with a readiness probe of ours also under strict parity. */
const publishing = (service: Service, { health }: Plan): Service =>
  health.driver.probes.readinessProbe === undefined
    ? service
    : { ...service, spec: { ...service.spec, publishNotReadyAddresses: true } }

/** The objects of one submission. Total and pure: equal input gives equal objects with keys in equal order. */
export const driverObjects = (plan: Plan, submission: Submission, options: BuildOptions): DriverObjects => {
  const run = runOf(plan, submission, options)
  const data = Object.assign({}, ...plan.steps.map((step) => step.configurationData?.(run)))
  const configMaps = [
    ...plan.steps.flatMap((step) => step.configMaps?.(run) ?? []),
    confConfigMap(properties(plan, run), data, run),
  ]
  const service = publishing(plan.service.service(run), plan)
  const pod = driverPod(plan, run)
  const podMetadata = options.parity === "strict" ? pod.metadata : { ...pod.metadata, namespace: run.namespace }
  const mark = (metadata: ObjectMeta = {}) => marked<ObjectMeta & Metadata>(metadata, plan, run)
  return {
    configMaps: configMaps.map((object) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      ...object,
      metadata: mark(object.metadata),
    })),
    service: { apiVersion: "v1", kind: "Service", ...service, metadata: mark(service.metadata) },
    pod: {
      ...pod,
      metadata: owned<ObjectMeta & Metadata>(fingerprinted(podMetadata ?? {}, submission), plan.workload),
    },
  }
}
