/** A reference to what a route of the Gateway API is attached to, usually a Gateway: the fields of `gateway.networking.k8s.io/v1`. */

import { Schema } from "effect"
import { optional, required } from "./schema/Field.ts"
import { PositiveInt32 } from "./schema/Scalar.ts"

export const ParentReference = Schema.Struct({
  group: optional(Schema.String, "The API group of the parent. Defaults to gateway.networking.k8s.io."),
  kind: optional(Schema.String, "The kind of the parent. Defaults to Gateway."),
  namespace: optional(Schema.String, "The namespace of the parent. Defaults to that of the resource."),
  name: required(Schema.String, "The name of the parent."),
  sectionName: optional(Schema.String, "The listener of the parent."),
  port: optional(PositiveInt32, "The port of the listener."),
})
export type ParentReference = typeof ParentReference.Type
