/**
 * What would change for an application: the problems and warnings of its validation, and where Firesteel behaves differently from
 * kubeflow's operator although both run it. The differences are a table whose rows apply to an application or not.
 */

import { Result } from "effect"
import type { SparkApplication, SparkApplicationSpec } from "../../api/application/SparkApplication.ts"
import type { SubmitterKind } from "../../api/application/SubmissionOptions.ts"
import type { Problem } from "../../api/Problem.ts"
import type { TimestampPrecision } from "../../api/schedule/TimestampPrecision.ts"
import { validate } from "../../application/Validate.ts"
import { accessWarnings } from "../../spark/access/AccessRules.ts"
import type { ChildOptions } from "../../spark/ChildOptions.ts"
import { noHealthDefaults } from "../../spark/health/HealthDefaults.ts"
import type { EventLogTargetFound } from "../../spark/history/EventLogTarget.ts"
import { noPodMetadata } from "../../spark/pod/PodMetadata.ts"
import type { BatchScheduling } from "../../spark/scheduler/BatchScheduler.ts"
import { created } from "../manifest/Created.ts"
import { type Finding, note, problem, warning } from "./Finding.ts"

/** The settings that Firesteel would have. */
export interface Assumed {
  /** Of the names of runs of schedules. */
  readonly precision: TimestampPrecision
  readonly submitter: SubmitterKind
  readonly batchScheduling: BatchScheduling
  readonly children: ChildOptions
  readonly eventLog: EventLogTargetFound
}

interface Difference {
  readonly field: string
  readonly applies: (spec: SparkApplicationSpec, assumed: Assumed) => boolean
  readonly message: string
}

const ignoredTemplate =
  "kubeflow's operator does not have this field and ignores it; Firesteel uses it as the pod template"

const differences: ReadonlyArray<Difference> = [
  {
    field: "spec.driver.podTemplate",
    applies: ({ driver }) => driver.podTemplate !== undefined,
    message: ignoredTemplate,
  },
  {
    field: "spec.executor.podTemplate",
    applies: ({ executor }) => executor.podTemplate !== undefined,
    message: ignoredTemplate,
  },
  {
    field: "spec.restartPolicy",
    applies: ({ restartPolicy }) => restartPolicy?.type === "OnFailure",
    message:
      "the interval starts at the failure and does not grow; failed runs and failed submissions are limited separately",
  },
  {
    field: "spec.restartPolicy",
    applies: ({ restartPolicy }) => restartPolicy?.type === "Always",
    message:
      "the delay after a failure doubles with each consecutive failure, up to 5 minutes, and is reset by a run of 10 minutes",
  },
  {
    field: "spec.batchScheduler",
    applies: ({ batchScheduler }, { batchScheduling }) => Boolean(batchScheduler) && batchScheduling.enabled,
    message:
      "the PodGroup requests more than before: memory and overhead are summed in Spark's units, including sidecars",
  },
  {
    field: "spec.sparkUIOptions",
    applies: ({ sparkUIOptions }) => sparkUIOptions !== undefined,
    message: "Service and Ingress of the Spark UI are deleted when the run ends; kubeflow's operator keeps them",
  },
  {
    field: "spec.driverIngressOptions",
    applies: ({ driverIngressOptions }) => (driverIngressOptions?.length ?? 0) > 0,
    message: "the Services and Ingresses are deleted when the run ends; kubeflow's operator keeps them",
  },
  {
    field: "spec.dynamicAllocation",
    applies: ({ dynamicAllocation }) => dynamicAllocation?.enabled === true,
    message: "status.executorState lists only executors that exist; the counts are in status.executors",
  },
]

const asFinding =
  (make: (field: string, message: string) => Finding) =>
  ({ field, message }: Problem): Finding =>
    make(field, message)

/** The problems, and a note if spark-submit in a Job would accept the application. */
const rejected = (found: ReadonlyArray<Problem>, byJob: boolean): ReadonlyArray<Finding> => [
  ...found.map(asFinding(problem)),
  ...(byJob
    ? [
        note(
          "spec.submission.submitter",
          "with auto, or with the operator's --submitter=auto, a Job runs spark-submit and the application works unchanged",
        ),
      ]
    : []),
]

/** All findings about a SparkApplication with these settings; `namespace` is the default for a manifest without one. */
export const checkApplication = (object: unknown, assumed: Assumed, namespace = "default"): ReadonlyArray<Finding> => {
  const application = created(object, namespace)
  const settings = {
    scheduling: assumed.batchScheduling,
    submitter: assumed.submitter,
    healthDefaults: noHealthDefaults,
    podMetadata: noPodMetadata,
    eventLog: assumed.eventLog,
  }
  const valid = validate(application, settings)
  if (Result.isFailure(valid)) {
    const byJob =
      assumed.submitter === "native" && Result.isSuccess(validate(application, { ...settings, submitter: "auto" }))
    return rejected(valid.failure, byJob)
  }
  const { submitter, warnings } = valid.success
  // As it is written: with defaults, a pod template is always in `template`.
  const { spec } = application as SparkApplication
  return [
    ...warnings.map(asFinding(warning)),
    ...accessWarnings(valid.success, assumed.children).map(asFinding(warning)),
    ...(submitter.by === "job" ? [note("spec.submission.submitter", jobMessage(submitter.reasons))] : []),
    ...differences.filter(({ applies }) => applies(spec, assumed)).map(({ field, message }) => note(field, message)),
  ]
}

const jobMessage = (reasons: ReadonlyArray<Problem>): string =>
  reasons.length === 0
    ? "a Job runs spark-submit, as requested"
    : `a Job runs spark-submit, because of ${reasons.map(({ field }) => field).join(", ")}`
