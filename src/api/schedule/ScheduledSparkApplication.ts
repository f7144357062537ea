/** The resource `sparkoperator.k8s.io/v1beta2` ScheduledSparkApplication as a whole: metadata, spec and status. */

import { Schema } from "effect"
import type { ObjectMeta } from "kubernetes-types/meta/v1"
import { embedded, optional, required } from "../schema/Field.ts"
import { ApplicationName } from "../schema/Scalar.ts"
import { ScheduledSparkApplicationSpec } from "./ScheduledSparkApplicationSpec.ts"
import { ScheduledSparkApplicationStatus } from "./ScheduledSparkApplicationStatus.ts"

type Metadata = ObjectMeta & { readonly name: string; readonly namespace: string; readonly uid: string }

const Metadata = embedded<Pick<Metadata, "name" | "namespace" | "uid">>()({
  name: required(ApplicationName, "The name of the schedule."),
  namespace: required(Schema.String, "The namespace of the schedule and of its runs."),
  uid: required(Schema.String, "The unique identifier of the object, set by the API server."),
}) as Schema.Codec<Metadata>

export const ScheduledSparkApplication = Schema.Struct({
  apiVersion: optional(Schema.String, "The group and version of the resource: sparkoperator.k8s.io/v1beta2."),
  kind: optional(Schema.String, "The kind of the resource: ScheduledSparkApplication."),
  metadata: required(Metadata, "Standard object metadata."),
  spec: required(ScheduledSparkApplicationSpec, "When runs start, and what is run."),
  status: optional(ScheduledSparkApplicationStatus, "The observed state of the schedule. Written by the operator."),
})
export type ScheduledSparkApplication = typeof ScheduledSparkApplication.Type
