/**
 * The resource `sparkoperator.k8s.io/v1beta2` SparkApplication as a whole: identity, what is wanted, what is so.
 */

import { Schema } from "effect"
import type { ObjectMeta } from "kubernetes-types/meta/v1"
import { sparkApplicationType } from "../Kinds.ts"
import { embedded, optional, required } from "../schema/Field.ts"
import { ApplicationName } from "../schema/Scalar.ts"
import { SparkApplicationSpec } from "./SparkApplicationSpec.ts"
import { SparkApplicationStatus } from "./SparkApplicationStatus.ts"

/** Kubernetes' `ObjectMeta` of an object that has been read from the API. */
export type Metadata = ObjectMeta & { readonly name: string; readonly namespace: string; readonly uid: string }

/** The API server has checked the rest of `ObjectMeta`. */
const Metadata = embedded<Pick<Metadata, "name" | "namespace" | "uid">>()({
  name: required(ApplicationName, "The name of the application."),
  namespace: required(Schema.String, "The namespace of the application."),
  uid: required(Schema.String, "The identity of this object, given by the API server."),
}) as Schema.Codec<Metadata>

export const SparkApplication = Schema.Struct({
  apiVersion: optional(Schema.String, sparkApplicationType.apiVersion),
  kind: optional(Schema.String, sparkApplicationType.kind),
  metadata: required(Metadata, "Name, namespace, labels and the like."),
  spec: required(SparkApplicationSpec, "What is to be run, and how."),
  status: optional(SparkApplicationStatus, "What became of it; written by the operator."),
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
