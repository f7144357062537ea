/**
 * What submits a workload: the operator natively, or a Job with the real spark-submit. The choice is made in the spec, else in an
 * annotation, else in the operator's settings. With `auto`, whatever cannot be submitted natively goes to a Job; the reasons are reported.
 */

import { Option, Schema } from "effect"
import { SubmitterKind } from "../../api/application/SubmissionOptions.ts"
import type { Problem } from "../../api/Problem.ts"
import { keyOf } from "../conf/SparkConf.ts"
import * as Labels from "../Labels.ts"
import type { Workload, WorkloadSpec } from "../Workload.ts"

export type Submitter =
  | { readonly by: "native" }
  /** `reasons`: what the operator cannot do itself; empty when the Job was chosen. */
  | { readonly by: "job"; readonly reasons: ReadonlyArray<Problem> }

const annotated = ({ metadata }: Pick<Workload, "metadata">) => metadata.annotations?.[Labels.submitterAnnotation]
const decode = Schema.decodeUnknownOption(SubmitterKind)

/** The choice of the spec, else of the annotation, else of the settings. An unknown value goes to `report`. */
export const wantedSubmitter = (
  workload: Workload,
  byDefault: SubmitterKind,
  report: (problem: Problem) => void,
): SubmitterKind => {
  const text = annotated(workload)
  const kind = Option.getOrUndefined(decode(text))
  if (text !== undefined && kind === undefined) {
    const message = `${JSON.stringify(text)} is not a submitter; use one of ${SubmitterKind.literals.join(", ")}`
    report({ field: keyOf("metadata.annotations", Labels.submitterAnnotation), message })
  }
  return workload.spec.submission?.submitter ?? kind ?? byDefault
}

/**
 * The submitter, and the problems that remain with it. A problem of the native way only does not concern a Job; with `native`
 * it is refused, with the remedy. `undefined`: only the operator can submit the workload.
 */
export const chooseSubmitter = (
  wanted: SubmitterKind | undefined,
  problems: ReadonlyArray<Problem>,
): { readonly submitter: Submitter; readonly problems: ReadonlyArray<Problem> } => {
  if (wanted === undefined) return { submitter: { by: "native" }, problems }
  const reasons = problems.filter(({ nativeOnly }) => nativeOnly)
  if (wanted === "job" || (wanted === "auto" && reasons.length > 0)) {
    return { submitter: { by: "job", reasons }, problems: problems.filter(({ nativeOnly }) => !nativeOnly) }
  }
  return { submitter: { by: "native" }, problems: problems.map(withRemedy) }
}

const withRemedy = (problem: Problem): Problem =>
  problem.nativeOnly
    ? {
        ...problem,
        message: `${problem.message}; or set spec.submission.submitter: job to use the image's spark-submit`,
      }
    : problem

/** The spec with the choice of the annotation in the field, so that changing either counts as a change of the spec. */
export const withSubmitterOf = <A extends Pick<WorkloadSpec, "submission">>({
  metadata,
  spec,
}: Pick<Workload, "metadata"> & { readonly spec: A }): A => {
  const text = annotated({ metadata })
  return text === undefined || spec?.submission?.submitter !== undefined
    ? spec
    : { ...spec, submission: { submitter: text as SubmitterKind } }
}
