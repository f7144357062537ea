/**
 * The objects that the operator would create for an application, and the executor that its driver would create, each with a title. They are
 * built by the functions that submit it; only identities (uid, submission id) are placeholders.
 */

import { Result } from "effect"
import type { ConfigMap } from "kubernetes-types/core/v1"
import { stringify } from "yaml"
import type { SubmitterKind } from "../../api/application/SubmissionOptions.ts"
import type { Problem } from "../../api/Problem.ts"
import { validate } from "../../application/Validate.ts"
import type { PodSettings } from "../../settings/PodSettings.ts"
import { children } from "../../spark/Children.ts"
import { build, type BuildOptions } from "../../spark/driver/Build.ts"
import { executorPod } from "../../spark/executor/ExecutorPod.ts"
import type { HealthDefaults } from "../../spark/health/HealthDefaults.ts"
import { historyUrlOf } from "../../spark/history/EventLog.ts"
import type { EventLogTargetFound } from "../../spark/history/EventLogTarget.ts"
import type { BatchScheduling } from "../../spark/scheduler/BatchScheduler.ts"
import { submitJob } from "../../spark/submit/SubmitJob.ts"
import type { Valid } from "../../spark/Validate.ts"
import { created } from "../manifest/Created.ts"

export interface ApplicationOptions {
  readonly build: BuildOptions
  readonly scheduling: BatchScheduling
  readonly submitter: SubmitterKind
  readonly health: HealthDefaults
  readonly metadata: PodSettings["metadata"]
  readonly eventLog: EventLogTargetFound
}

/** What a resource becomes. */
export interface Outcome {
  /** YAML documents; empty with problems. */
  readonly output: string
  readonly problems: ReadonlyArray<Problem>
  readonly warnings: ReadonlyArray<Problem>
}

/** The identity of what is rendered. */
export const firstSubmission = { submissionId: "00000000-0000-8000-8000-000000000000", submittedAt: 0, attempt: 1 }

type Titled = readonly [title: string, object: object]

const objectsOf = (valid: Valid, options: BuildOptions): ReadonlyArray<Titled> => {
  const companions = children(valid, firstSubmission, options).map(({ object }): Titled => [
    `companion object: ${object.kind}`,
    object,
  ])
  const { pod, service, configMaps } = build(valid, firstSubmission, options)
  const executor: Titled = [
    "the first executor, as the driver creates it",
    executorPod(valid, pod, firstSubmission, options),
  ]
  if (valid.submitter.by === "job") {
    const { configMap, job } = submitJob(valid, firstSubmission, options)
    return [executor, ["submission by the image's spark-submit", job], ["its pod templates", configMap], ...companions]
  }
  return [
    ["driver", pod],
    executor,
    ["Service of the driver", service],
    ...configMaps.toReversed().map((object): Titled => [contentOf(object), object]),
    ...companions,
  ]
}

const contentOf = ({ data = {} }: ConfigMap) =>
  ["spark.properties" in data && "configuration", "podspec-configmap-key" in data && "template of executors"]
    .filter(Boolean)
    .join(", with the ")

/** A document with its title as a comment. */
export const titled = (title: string, object: object): string =>
  `---\n# ${title}\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`

/** Where the history of the run will be, as a document of its own; empty if it has none. */
export const historyComment = (valid: Valid): string => {
  const url = historyUrlOf(valid, "<spark application ID>")
  return url === undefined ? "" : `---\n# history of the run: ${url}\n`
}

/** An application as in a manifest. */
export const renderApplication = (
  object: unknown,
  { build: options, scheduling, submitter, health, metadata, eventLog }: ApplicationOptions,
): Outcome =>
  Result.match(
    validate(created(object, "default"), {
      scheduling,
      submitter,
      healthDefaults: health,
      podMetadata: metadata.applications,
      eventLog,
    }),
    {
      onFailure: (problems) => ({ output: "", problems, warnings: [] }),
      onSuccess: (valid) => ({
        output:
          historyComment(valid) +
          objectsOf(valid, options)
            .map(([title, made]) => titled(title, made))
            .join(""),
        problems: [],
        warnings: valid.warnings,
      }),
    },
  )
