/**
 * What the builder reads of a resource: whose objects it makes, and the parts of the spec that shape a driver and its executors. Each kind
 * of custom resource maps itself to a workload (`application/Workload.ts`), so nothing in this folder knows a kind.
 *
 * Problems and warnings name fields by their path here, which is the path in a SparkApplication; a kind that calls a part otherwise
 * (`spec.server` for `spec.driver`) renames the fields of what it reports.
 */

import type { Volume } from "kubernetes-types/core/v1"
import type { OwnerReference } from "kubernetes-types/meta/v1"
import type { DriverIngressOptions, SparkUIOptions } from "../api/application/DriverAccess.ts"
import type { DriverSpec } from "../api/application/DriverSpec.ts"
import type { BatchSchedulerOptions, DynamicAllocation } from "../api/application/DynamicAllocation.ts"
import type { ExecutorSpec } from "../api/application/ExecutorSpec.ts"
import type { HealthChecks } from "../api/application/HealthChecks.ts"
import type { Monitoring } from "../api/application/Monitoring.ts"
import type { Deadlines } from "../api/application/RestartPolicy.ts"
import type { ApplicationType, Dependencies } from "../api/application/SparkApplicationSpec.ts"
import type { SubmissionOptions } from "../api/application/SubmissionOptions.ts"
import type { TelemetryOptions } from "../api/application/TelemetryOptions.ts"
import { apiVersion, type Resource } from "../kube/Resource.ts"

type StringMap = Readonly<Record<string, string>>

/** Name and namespace of the owning resource; its labels go to the pods, one of its annotations chooses the submitter. */
export interface WorkloadMetadata {
  readonly name: string
  readonly namespace: string
  readonly labels?: StringMap
  readonly annotations?: StringMap
}

/** With the defaults of the resource applied. */
export interface WorkloadSpec {
  readonly type: ApplicationType
  readonly sparkVersion: string
  /** The file to run, or `spark-internal` for a class on the class path of the image. */
  readonly mainApplicationFile: string
  readonly mainClass?: string
  readonly arguments?: ReadonlyArray<string>
  readonly proxyUser?: string
  readonly image?: string
  readonly imagePullPolicy?: string
  readonly imagePullSecrets?: ReadonlyArray<string>
  readonly sparkConf?: StringMap
  readonly hadoopConf?: StringMap
  readonly sparkConfigMap?: string
  readonly hadoopConfigMap?: string
  readonly deps?: Dependencies
  readonly pythonVersion?: "2" | "3"
  readonly memoryOverheadFactor?: string
  readonly driver: DriverSpec
  readonly executor: ExecutorSpec
  readonly volumes?: ReadonlyArray<Volume>
  readonly nodeSelector?: StringMap
  readonly dynamicAllocation?: DynamicAllocation
  readonly batchScheduler?: string
  readonly batchSchedulerOptions?: BatchSchedulerOptions
  readonly healthChecks?: HealthChecks
  readonly monitoring?: Monitoring
  readonly telemetry?: TelemetryOptions
  readonly sparkUIOptions?: SparkUIOptions
  readonly driverIngressOptions?: ReadonlyArray<DriverIngressOptions>
  readonly driverPodDisruptionBudget?: boolean
  readonly submission?: SubmissionOptions
  /** How long a Job may run spark-submit. */
  readonly deadlines?: Pick<Deadlines, "submittedSeconds">
}

/** The labels by which a kind finds the objects of its resources. */
export interface WorkloadIdentity {
  /** The key of the label with the name of the resource, which all objects have. */
  readonly nameLabel: string
  /** The value of `spark-role` of the driver pod. */
  readonly driverRole: string
}

export interface Workload {
  /** The controller of every object that is made for the workload; with it they are deleted. */
  readonly owner: OwnerReference
  readonly identity: WorkloadIdentity
  /** Whether a Job with spark-submit could submit it instead of the operator. */
  readonly submittableByJob: boolean
  readonly metadata: WorkloadMetadata
  readonly spec: WorkloadSpec
}

/** The reference to an object of this resource as the controller of what is made for it. */
export const ownerReference = (
  resource: Resource,
  { name, uid }: { readonly name: string; readonly uid: string },
): OwnerReference => ({
  apiVersion: apiVersion(resource),
  kind: resource.kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
})

/** Metadata of a new object with the workload's owner as its one controller: a claim of another controller is dropped. */
export const owned = <A extends { readonly ownerReferences?: ReadonlyArray<OwnerReference> }>(
  metadata: A,
  { owner }: Workload,
): A & { readonly ownerReferences: Array<OwnerReference> } => ({
  ...metadata,
  ownerReferences: [...(metadata.ownerReferences ?? []).filter((other) => other.controller !== true), owner],
})
