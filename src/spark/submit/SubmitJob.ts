/**
 * The objects of a submission by the real spark-submit: a ConfigMap with the pod templates and a Job that runs the application image's own
 * spark-submit once. spark-submit makes the driver pod and its companion objects itself; the operator finds the driver pod by its label.
 */

import type { Job } from "kubernetes-types/batch/v1"
import type { ConfigMap } from "kubernetes-types/core/v1"
import { childContext } from "../access/Access.ts"
import { withProxyBase } from "../access/ProxyBase.ts"
import type { BuildOptions } from "../driver/FeatureStep.ts"
import { driverTemplate } from "../health/HealthPlan.ts"
import * as Labels from "../Labels.ts"
import { withTelemetryVariables } from "../monitoring/OpenTelemetry.ts"
import { maxLabelLength, type Named, resourceNamePrefix } from "../Names.ts"
import { submitterMetadata } from "../pod/PodMetadata.ts"
import type { Valid } from "../Validate.ts"
import { type Submission, uniqueId } from "./Submission.ts"
import { submitArguments } from "./SubmitJobArguments.ts"
import { submitPodSpec } from "./SubmitJobPod.ts"
import { submitTemplates, templateFiles } from "./SubmitJobTemplates.ts"

export interface SubmitJobObjects {
  readonly configMap: ConfigMap
  readonly job: Job
}

/** Seconds that spark-submit may take without a deadline in the spec, pulling the image included. */
const defaultDeadlineSeconds = 900
/** Seconds for which a finished Job is kept, so that its log can be read. */
const timeToLiveSeconds = 3600

/** The name of both objects: `<app>-<16 hex digits>-submit`. Total, as `objectNames`. */
export const submitJobName = (application: Named, submissionId: string): string => {
  const preferred = `${resourceNamePrefix(application.metadata?.name ?? "spark", uniqueId(submissionId, "prefix"))}-submit`
  return preferred.length <= maxLabelLength ? preferred : `spark-${uniqueId(submissionId, "submit")}-submit`
}

/** Total and pure: equal input gives equal objects. Create the ConfigMap before the Job. */
export const submitJob = (valid: Valid, submission: Submission, options: BuildOptions): SubmitJobObjects => {
  const { workload } = valid
  const { submissionId } = submission
  const name = submitJobName(workload, submissionId)
  const path = `/tmp/spark/${submissionId}`
  const pods = { driver: driverTemplate(workload), executor: valid.executorTemplate }
  const conf = withTelemetryVariables(
    withProxyBase(valid.conf, childContext(valid, submission, options)),
    workload,
    pods,
    submission,
    options,
  )
  const args = submitArguments(
    { ...valid, conf },
    {
      master: options.master,
      submissionId,
      templates: { driver: `${path}/${templateFiles.driver}`, executor: `${path}/${templateFiles.executor}` },
    },
  )
  const labels = { [workload.identity.nameLabel]: workload.metadata.name, [Labels.submissionId]: submissionId }
  const given = submitterMetadata(valid)
  const metadata = {
    name,
    namespace: workload.metadata.namespace,
    labels: { ...labels, [Labels.createdBy]: "true" },
    ownerReferences: [workload.owner],
  }
  return {
    configMap: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      immutable: true,
      data: submitTemplates(valid, submission, options),
    },
    job: {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata,
      spec: {
        // Once: the restart policy decides whether a failed submission is repeated.
        backoffLimit: 0,
        activeDeadlineSeconds: workload.spec.deadlines?.submittedSeconds ?? defaultDeadlineSeconds,
        ttlSecondsAfterFinished: timeToLiveSeconds,
        template: {
          metadata: {
            labels: {
              ...given.labels,
              ...labels,
              [Labels.launchedBy]: "true",
              [Labels.sparkRole]: Labels.submitterRole,
            },
            ...(Object.keys(given.annotations).length > 0 ? { annotations: { ...given.annotations } } : {}),
          },
          spec: submitPodSpec(valid, args, name, path),
        },
      },
    },
  }
}
