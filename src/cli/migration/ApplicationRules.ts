/**
 * What would change for an application: whatever our validation says of it, and where Firesteel behaves otherwise than kubeflow's operator
 * although both run it. Behaviour is a table; a row applies to an application or does not.
 */

import { Predicate, Result } from "effect"
import type { SparkApplicationSpec } from "../../api/application/SparkApplication.ts"
import type { SubmitterKind } from "../../api/application/SubmissionOptions.ts"
import type { Problem } from "../../api/Problem.ts"
import { validate } from "../../application/Validate.ts"
import { accessWarnings } from "../../spark/access/AccessRules.ts"
import type { ChildOptions } from "../../spark/ChildOptions.ts"
import { noHealthDefaults } from "../../spark/health/HealthDefaults.ts"
import type { BatchScheduling } from "../../spark/scheduler/BatchScheduler.ts"
import { type Finding, note, problem, warning } from "./Finding.ts"

/** How the operator would be set up. */
export interface Assumed {
  readonly submitter: SubmitterKind
  readonly batchScheduling: BatchScheduling
  readonly children: ChildOptions
}

interface Difference {
  readonly field: string
  readonly applies: (spec: SparkApplicationSpec, assumed: Assumed) => boolean
  readonly message: string
}

const differences: ReadonlyArray<Difference> = [
  {
    field: "spec.restartPolicy",
    applies: ({ restartPolicy }) => restartPolicy?.type === "OnFailure",
    message:
      "the interval counts from the failure and does not grow; failed runs and failed submissions have budgets of their own",
  },
  {
    field: "spec.restartPolicy",
    applies: ({ restartPolicy }) => restartPolicy?.type === "Always",
    message:
      "the wait after a failure doubles with each failure in a row, up to 5 minutes, and starts anew after a run of 10 minutes",
  },
  {
    field: "spec.batchScheduler",
    applies: ({ batchScheduler }, { batchScheduling }) => Boolean(batchScheduler) && batchScheduling.enabled,
    message:
      "the group asks for more room than before: memory and overhead are counted in Spark's units, with sidecars",
  },
  {
    field: "spec.sparkUIOptions",
    applies: ({ sparkUIOptions }) => sparkUIOptions !== undefined,
    message: "Service and Ingress of the Spark UI go when the run ends; kubeflow's operator keeps them",
  },
  {
    field: "spec.driverIngressOptions",
    applies: ({ driverIngressOptions }) => (driverIngressOptions?.length ?? 0) > 0,
    message: "the Services and Ingresses go when the run ends; kubeflow's operator keeps them",
  },
  {
    field: "spec.dynamicAllocation",
    applies: ({ dynamicAllocation }) => dynamicAllocation?.enabled === true,
    message: "status.executorState lists only executors that exist; the counts are in status.executors",
  },
]

/** An object of the API, or as it stands in a manifest: what only the API server adds is filled in. */
const complete = (object: unknown, namespace: string): unknown => {
  if (!Predicate.isObject(object)) return object
  const metadata = "metadata" in object && Predicate.isObject(object.metadata) ? object.metadata : {}
  return { ...object, metadata: { namespace, uid: "00000000-0000-4000-8000-000000000000", ...metadata } }
}

const asFinding =
  (make: (field: string, message: string) => Finding) =>
  ({ field, message }: Problem): Finding =>
    make(field, message)

/** A problem that the real spark-submit does not have is a warning with that way out. */
const refused = (found: ReadonlyArray<Problem>, byJob: boolean): ReadonlyArray<Finding> => [
  ...found.map(asFinding(problem)),
  ...(byJob
    ? [
        note(
          "spec.submission.submitter",
          "with auto, or with the operator's --submitter=auto, a Job runs spark-submit for it, and it works as it is",
        ),
      ]
    : []),
]

/** Everything there is to say of a SparkApplication under these assumptions; `namespace` is for a manifest that names none. */
export const checkApplication = (object: unknown, assumed: Assumed, namespace = "default"): ReadonlyArray<Finding> => {
  const application = complete(object, namespace)
  const settings = {
    scheduling: assumed.batchScheduling,
    submitter: assumed.submitter,
    healthDefaults: noHealthDefaults,
  }
  const valid = validate(application, settings)
  if (Result.isFailure(valid)) {
    const byJob =
      assumed.submitter === "native" && Result.isSuccess(validate(application, { ...settings, submitter: "auto" }))
    return refused(valid.failure, byJob)
  }
  const { submitter, warnings } = valid.success
  const { spec } = valid.success.application
  return [
    ...warnings.map(asFinding(warning)),
    ...accessWarnings(valid.success.workload, assumed.children, submitter.by).map(asFinding(warning)),
    ...(submitter.by === "job" ? [note("spec.submission.submitter", jobMessage(submitter.reasons))] : []),
    ...differences.filter(({ applies }) => applies(spec, assumed)).map(({ field, message }) => note(field, message)),
  ]
}

const jobMessage = (reasons: ReadonlyArray<Problem>): string =>
  reasons.length === 0
    ? "a Job runs spark-submit, as asked for"
    : `a Job runs spark-submit, because of ${reasons.map(({ field }) => field).join(", ")}`
