/**
 * Submits with the real spark-submit: a ConfigMap and a Job are created once, then each reconcile reads the state of the Job. The driver
 * pod that spark-submit creates has our submission id, and from then on it is followed like any other.
 */

import { Effect } from "effect"
import type { Job } from "kubernetes-types/batch/v1"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { ensure, ignoreNotFound } from "../../kube/Idempotent.ts"
import { find, Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { configMaps, jobs, pods } from "../../kube/Resource.ts"
import type { BuildOptions } from "../../spark/driver/Build.ts"
import * as Labels from "../../spark/Labels.ts"
import { driverPodName } from "../../spark/Names.ts"
import { driverFacts } from "../../spark/observe/PodFacts.ts"
import { endedContainer } from "../../spark/observe/SparkContainer.ts"
import type { Submission } from "../../spark/submit/Submission.ts"
import { submitJob, submitJobName } from "../../spark/submit/SubmitJob.ts"
import { submitFailure } from "../../spark/submit/SubmitJobFailure.ts"
import { submitContainerName } from "../../spark/submit/SubmitJobPod.ts"
import type { Valid } from "../../spark/Validate.ts"
import type { SubmissionOutcome } from "../lifecycle/Observed.ts"
import { ofSubmission } from "./Ownership.ts"
import { conflictWith } from "./SubmissionAnswers.ts"

/** Ensures that the Job of this submission exists, and returns the outcome so far. Idempotent. */
export const submitByJob = Effect.fn("submitByJob")(function* (
  submission: Submission,
  application: SparkApplication,
  valid: Valid,
  options: BuildOptions,
): Effect.fn.Return<SubmissionOutcome, KubeError, Kube> {
  const kube = yield* Kube
  const { namespace } = application.metadata
  const { submissionId } = submission
  // The Job is read first: if it has ended by then, its driver pod exists.
  const job = yield* find(kube, jobs, namespace, submitJobName(application, submissionId))
  const driver = yield* find(kube, pods, namespace, driverPodName(application))
  if (driver && ofSubmission(driver, application, submissionId)) {
    return { _tag: "Accepted", driver: driverFacts(driver) }
  }
  if (job) return ofSubmission(job, application, submissionId) ? yield* progress(job) : conflictWith(job, application)
  if (driver) return conflictWith(driver, application)

  const objects = submitJob(valid, submission, options)
  const templates = yield* ensure(kube, configMaps, namespace, objects.configMap)
  if (!ofSubmission(templates, application, submissionId)) return conflictWith(templates, application)
  return running(yield* ensure(kube, jobs, namespace, objects.job))
})

const running = (job: Job): SubmissionOutcome => ({
  _tag: "Pending",
  message: `Job ${job.metadata?.name} runs spark-submit`,
})

const hasCondition = (job: Job, type: string) =>
  job.status?.conditions?.find((condition) => condition.type === type && condition.status === "True")

/** The outcome so far of this submission's Job if the driver pod does not exist. */
const progress = Effect.fnUntraced(function* (job: Job): Effect.fn.Return<SubmissionOutcome, KubeError, Kube> {
  const name = job.metadata?.name ?? ""
  const refused = (message: string): SubmissionOutcome => ({
    _tag: "Refused",
    reason: "SubmitJobFailed",
    message: `spark-submit of Job ${name} ${message}`,
  })
  const failed = hasCondition(job, "Failed")
  if (failed)
    return refused(`failed: ${(yield* finalMessage(job)) ?? failed.message ?? failed.reason ?? "no reason given"}`)
  return hasCondition(job, "Complete")
    ? refused("succeeded, but its driver pod no longer exists: it was deleted")
    : running(job)
})

/** The final message of the Job's pod; the kubelet puts the end of a failed container's log into its status. */
const finalMessage = Effect.fnUntraced(function* (job: Job): Effect.fn.Return<string | undefined, KubeError, Kube> {
  const kube = yield* Kube
  const submissionId = job.metadata?.labels?.[Labels.submissionId]
  const { items } = yield* kube.list(pods, {
    namespace: job.metadata?.namespace,
    labelSelector: `${Labels.submissionId}=${submissionId},${Labels.sparkRole}=${Labels.submitterRole}`,
  })
  return items.map(finalMessageOf).find((message) => message !== undefined)
})

const finalMessageOf = (pod: Pod): string | undefined => {
  const ended = endedContainer(pod, [submitContainerName])?.terminated
  if (ended) return submitFailure(ended.exitCode, ended.reason, ended.message)
  return pod.status?.message ?? pod.status?.reason
}

/** Deletes the Job, its pod and its templates. */
export const deleteSubmitJob = Effect.fnUntraced(function* (
  application: SparkApplication,
  submissionId: string,
): Effect.fn.Return<void, KubeError, Kube> {
  const kube = yield* Kube
  const { namespace } = application.metadata
  const name = submitJobName(application, submissionId)
  yield* kube.delete(jobs, namespace, name, { propagationPolicy: "Background" }).pipe(ignoreNotFound)
  yield* kube.delete(configMaps, namespace, name).pipe(ignoreNotFound)
})
