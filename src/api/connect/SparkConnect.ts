/** The resource `sparkoperator.k8s.io/v1alpha1` SparkConnect as a whole, and its reader. */

import { Schema } from "effect"
import type { Metadata as ObjectMetadata } from "../application/SparkApplication.ts"
import { reader } from "../schema/Decode.ts"
import { embedded, optional, required } from "../schema/Field.ts"
import { ConnectName } from "../schema/Scalar.ts"
import { SparkConnectSpec } from "./SparkConnectSpec.ts"
import { SparkConnectStatus } from "./SparkConnectStatus.ts"

/** The API server checks the other fields of `ObjectMeta`. */
const Metadata = embedded<Pick<ObjectMetadata, "name" | "namespace" | "uid">>()({
  name: required(ConnectName, "The name of the server."),
  namespace: required(Schema.String, "The namespace of the server."),
  uid: required(Schema.String, "The unique identifier of the object, set by the API server."),
}) as Schema.Codec<ObjectMetadata>

export const SparkConnect = Schema.Struct({
  apiVersion: optional(Schema.String, "The group and version of the resource: sparkoperator.k8s.io/v1alpha1."),
  kind: optional(Schema.String, "The kind of the resource: SparkConnect."),
  metadata: required(Metadata, "Standard object metadata."),
  spec: required(SparkConnectSpec, "The desired server: its image, size, executors, access and policies."),
  status: optional(SparkConnectStatus, "The observed state of the server. Written by the operator."),
})
export type SparkConnect = typeof SparkConnect.Type

/** Reads an object of the API: `value` is set if everything in it has the right type; all problems, each with its field. */
export const readSparkConnect = reader<SparkConnect>(SparkConnect)
