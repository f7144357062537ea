/**
 * How an application is submitted: by the operator itself, or by the `spark-submit` of the application's own image. It is chosen in the
 * spec, in an annotation (for manifests that must not contain fields unknown to other operators) or in the operator's settings.
 */

import { Schema } from "effect"
import { optional } from "../schema/Field.ts"

/** `native`: the operator creates the driver pod. `job`: a Job runs spark-submit. `auto`: native if possible, otherwise a Job. */
export const SubmitterKind = Schema.Literals(["native", "job", "auto"])
export type SubmitterKind = typeof SubmitterKind.Type

export const SubmissionOptions = Schema.Struct({
  submitter: optional(
    SubmitterKind,
    "How the application is submitted: native (by the operator), job (by spark-submit in a Job), or auto (native if possible, otherwise job). Defaults to the operator's setting.",
  ),
})
export type SubmissionOptions = typeof SubmissionOptions.Type
