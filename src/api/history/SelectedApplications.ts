/** Which applications write their event logs for a history server, and are linked to it. */

import { Schema } from "effect"
import { optional, required } from "../schema/Field.ts"
import { StringMap, Strings } from "../schema/Scalar.ts"

const Requirement = Schema.Struct({
  key: required(Schema.String, "The key of the label."),
  operator: required(Schema.Literals(["In", "NotIn", "Exists", "DoesNotExist"]), "In, NotIn, Exists or DoesNotExist."),
  values: optional(Strings, "The values for In and NotIn."),
})

/** Kubernetes' LabelSelector. */
export const LabelSelector = Schema.Struct({
  matchLabels: optional(StringMap, "Labels that an application must have, with their values."),
  matchExpressions: optional(Schema.Array(Requirement), "Requirements that its labels must meet."),
})
export type LabelSelector = typeof LabelSelector.Type

export const SelectedApplications = Schema.Struct({
  selector: optional(LabelSelector, "The labels of the applications. Defaults to all applications."),
  namespaces: optional(
    Strings,
    'The namespaces of the applications; "*" is all. Defaults to the namespace of the server.',
  ),
  inject: optional(
    Schema.Boolean,
    "Whether spark.eventLog.enabled and spark.eventLog.dir are set for applications that do not set them, and the claim is mounted. Defaults to true.",
    true,
  ),
})
export type SelectedApplications = typeof SelectedApplications.Type
