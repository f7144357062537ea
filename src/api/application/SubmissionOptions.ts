/**
 * How an application is submitted: by the operator itself, or by the `spark-submit` of the application's own image. The choice stands in
 * the spec, in an annotation for manifests that must not have fields unknown to other operators, or in the operator's settings.
 */

import { Schema } from "effect"
import { optional } from "../schema/Field.ts"

/** `native`: the operator makes the driver pod. `job`: a Job runs spark-submit. `auto`: natively where that is possible, else a Job. */
export const SubmitterKind = Schema.Literals(["native", "job", "auto"])
export type SubmitterKind = typeof SubmitterKind.Type

export const SubmissionOptions = Schema.Struct({
  submitter: optional(
    SubmitterKind,
    "Who submits: native (the operator), job (spark-submit in a Job), or auto (job only for what cannot be native).",
  ),
})
export type SubmissionOptions = typeof SubmissionOptions.Type
