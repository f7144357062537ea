/** The resource `firesteel.dev/v1alpha1` SparkHistoryServer as a whole, and its reader. */

import { Schema } from "effect"
import { serviceNameSyntax } from "../../kube/names/ObjectName.ts"
import type { Metadata as ObjectMetadata } from "../application/SparkApplication.ts"
import { reader } from "../schema/Decode.ts"
import { embedded, optional, pattern, required } from "../schema/Field.ts"
import { SparkHistoryServerSpec } from "./SparkHistoryServerSpec.ts"
import { SparkHistoryServerStatus } from "./SparkHistoryServerStatus.ts"

/** A DNS label (RFC 1035): the Service has this name, and the pods have it as a label. */
export const HistoryServerName = pattern(
  serviceNameSyntax,
  "the name of a history server; use at most 63 lower case letters, digits and -, with a letter first and no - at the end",
  { maxLength: 63 },
)

/** The API server checks the other fields of `ObjectMeta`. */
const Metadata = embedded<Pick<ObjectMetadata, "name" | "namespace" | "uid">>()({
  name: required(HistoryServerName, "The name of the server."),
  namespace: required(Schema.String, "The namespace of the server."),
  uid: required(Schema.String, "The unique identifier of the object, set by the API server."),
}) as Schema.Codec<ObjectMetadata>

export const SparkHistoryServer = Schema.Struct({
  apiVersion: optional(Schema.String, "The group and version of the resource: firesteel.dev/v1alpha1."),
  kind: optional(Schema.String, "The kind of the resource: SparkHistoryServer."),
  metadata: required(Metadata, "Standard object metadata."),
  spec: required(
    SparkHistoryServerSpec,
    "The desired server: its image, log directories, size, access and applications.",
  ),
  status: optional(SparkHistoryServerStatus, "The observed state of the server. Written by the operator."),
})
export type SparkHistoryServer = typeof SparkHistoryServer.Type

/** Reads an object of the API: `value` is set if everything in it has the right type; all problems, each with its field. */
export const readSparkHistoryServer = reader<SparkHistoryServer>(SparkHistoryServer)
