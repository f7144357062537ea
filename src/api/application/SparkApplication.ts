/**
 * The resource `sparkoperator.k8s.io/v1beta2` SparkApplication as a whole: metadata, spec and status.
 */

import { Schema } from "effect"
import type { ObjectMeta } from "kubernetes-types/meta/v1"
import { embedded, optional, required } from "../schema/Field.ts"
import { ApplicationName } from "../schema/Scalar.ts"
import { SparkApplicationSpec } from "./SparkApplicationSpec.ts"
import { SparkApplicationStatus } from "./SparkApplicationStatus.ts"

/** Kubernetes' `ObjectMeta` of an object that has been read from the API. */
export type Metadata = ObjectMeta & { readonly name: string; readonly namespace: string; readonly uid: string }

/** The API server checks the other fields of `ObjectMeta`. */
const Metadata = embedded<Pick<Metadata, "name" | "namespace" | "uid">>()({
  name: required(ApplicationName, "The name of the application."),
  namespace: required(Schema.String, "The namespace of the application."),
  uid: required(Schema.String, "The unique identifier of the object, set by the API server."),
}) as Schema.Codec<Metadata>

export const SparkApplication = Schema.Struct({
  apiVersion: optional(Schema.String, "The group and version of the resource: sparkoperator.k8s.io/v1beta2."),
  kind: optional(Schema.String, "The kind of the resource: SparkApplication."),
  metadata: required(Metadata, "Standard object metadata."),
  spec: required(SparkApplicationSpec, "The desired application: its program, driver, executors and policies."),
  status: optional(SparkApplicationStatus, "The observed state of the application. Written by the operator."),
})
export type SparkApplication = typeof SparkApplication.Type

export type { DriverIngressOptions, SparkUIOptions } from "./DriverAccess.ts"
export type { DriverSpec } from "./DriverSpec.ts"
export type { BatchSchedulerOptions, DynamicAllocation } from "./DynamicAllocation.ts"
export type { ExecutorSpec } from "./ExecutorSpec.ts"
export type { Monitoring, Prometheus } from "./Monitoring.ts"
export type { Deadlines, RestartPolicy, RestartPolicyType } from "./RestartPolicy.ts"
export type { ApplicationType, Dependencies, DeployMode, SparkApplicationSpec } from "./SparkApplicationSpec.ts"
export type { GPUSpec, NameKey, NamePath, SecretInfo } from "../pod/SparkPodSpec.ts"
export type { SubmissionOptions, SubmitterKind } from "./SubmissionOptions.ts"
