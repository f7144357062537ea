/**
 * Who submits an application: the operator natively, or a Job with the real spark-submit. The wish comes from the spec, else from an
 * annotation, else from the operator's settings; what cannot be native then decides, and is told to the user either way.
 */

import { Option, Schema } from "effect"
import { SubmitterKind } from "../../api/application/SubmissionOptions.ts"
import type { Problem } from "../../api/Problem.ts"
import { keyOf } from "../conf/SparkConf.ts"
import * as Labels from "../Labels.ts"
import type { Workload, WorkloadSpec } from "../Workload.ts"

export type Submitter =
  | { readonly by: "native" }
  /** `reasons`: what the operator cannot do itself; empty when the user asked for a Job. */
  | { readonly by: "job"; readonly reasons: ReadonlyArray<Problem> }

const annotated = ({ metadata }: Pick<Workload, "metadata">) => metadata.annotations?.[Labels.submitterAnnotation]
const decode = Schema.decodeUnknownOption(SubmitterKind)

/** The wish of the spec, else of the annotation, else the operator's. An unknown value goes to `report`. */
export const wantedSubmitter = (
  workload: Workload,
  byDefault: SubmitterKind,
  report: (problem: Problem) => void,
): SubmitterKind => {
  const text = annotated(workload)
  const kind = Option.getOrUndefined(decode(text))
  if (text !== undefined && kind === undefined) {
    const message = `${JSON.stringify(text)} is no submitter; use one of ${SubmitterKind.literals.join(", ")}`
    report({ field: keyOf("metadata.annotations", Labels.submitterAnnotation), message })
  }
  return workload.spec.submission?.submitter ?? kind ?? byDefault
}

/**
 * The submitter, and the problems that remain with it. A problem that only the native way has is no problem of a Job; with `native` it
 * is refused, with the way out.
 */
export const chooseSubmitter = (
  wanted: SubmitterKind,
  problems: ReadonlyArray<Problem>,
): { readonly submitter: Submitter; readonly problems: ReadonlyArray<Problem> } => {
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

/** The spec with the annotation's wish in its place, so that a change of either is a change of what shapes a run. */
export const withSubmitterOf = <A extends Pick<WorkloadSpec, "submission">>({
  metadata,
  spec,
}: Pick<Workload, "metadata"> & { readonly spec: A }): A => {
  const text = annotated({ metadata })
  return text === undefined || spec?.submission?.submitter !== undefined
    ? spec
    : { ...spec, submission: { submitter: text as SubmitterKind } }
}
