/**
 * What is known of a submission before a status records it: an annotation of the object that is created first for it, whose name follows from
 * the submission id. As long as that object exists, a repetition knows which spec the other objects were made from, what they are, and since
 * when the submission is in progress; so it begins with this object, and ends with the status.
 */

import { Effect, Option, Schema } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { Kube, find } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { configMaps, type KubeObject } from "../../kube/Resource.ts"
import { epoch } from "../../kube/Time.ts"
import type { Child } from "../../spark/Child.ts"
import * as Labels from "../../spark/Labels.ts"
import { driverPodName, objectNames } from "../../spark/Names.ts"
import { submitJobName } from "../../spark/submit/SubmitJob.ts"
import type { Submitter } from "../../spark/submit/Submitter.ts"
import type { Begun, SubmissionKey } from "../lifecycle/Begun.ts"
import { childStatus } from "./ApplyChildren.ts"
import { ofSubmission } from "./Ownership.ts"

const Content = Schema.Struct({
  runSpecHash: Schema.String,
  driverPodName: Schema.String,
  /** The companion objects that the driver requires. */
  required: Schema.Array(
    Schema.Struct({ apiVersion: Schema.String, kind: Schema.String, resource: Schema.String, name: Schema.String }),
  ),
})

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Content))

/** The object that is created first for a submission, with the record. `required`: the companion objects that its driver requires. */
export const withRecord = <A extends KubeObject>(
  object: A,
  application: SparkApplication,
  runSpecHash: string,
  required: ReadonlyArray<Child>,
): A => {
  const content: typeof Content.Type = {
    runSpecHash,
    driverPodName: driverPodName(application),
    required: required
      .map(childStatus)
      .map(({ apiVersion, kind, resource, name }) => ({ apiVersion, kind, resource, name })),
  }
  const annotations = { ...object.metadata?.annotations, [Labels.submissionRecord]: JSON.stringify(content) }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** What such an object says of its submission. Those of earlier versions have no record: their submissions are in the status. */
export const recordOf = (
  object: KubeObject,
  application: SparkApplication,
  { submissionId, attempt }: SubmissionKey,
  by: Submitter["by"],
  now: number,
): Begun => {
  const { annotations, creationTimestamp } = object.metadata ?? {}
  const content = Option.getOrUndefined(decode(annotations?.[Labels.submissionRecord]))
  return {
    submissionId,
    attempt,
    by,
    startedAt: epoch(creationTimestamp) ?? now,
    runSpecHash: content?.runSpecHash,
    driverPodName: content?.driverPodName ?? driverPodName(application),
    required: (content?.required ?? []).map((object) => ({ ...object, state: "Pending", required: true })),
  }
}

/** Searches the API for the record of this submission; undefined if it has not begun. */
export const findRecord = Effect.fnUntraced(function* (
  application: SparkApplication,
  submission: SubmissionKey,
  now: number,
): Effect.fn.Return<Begun | undefined, KubeError, Kube> {
  const kube = yield* Kube
  const { namespace } = application.metadata
  const { submissionId } = submission
  const names = [
    ["native", objectNames(application, submissionId).confConfigMap],
    ["job", submitJobName(application, submissionId)],
  ] as const
  for (const [by, name] of names) {
    const object = yield* find(kube, configMaps, namespace, name)
    if (object && ofSubmission(object, application, submissionId))
      return recordOf(object, application, submission, by, now)
  }
  return undefined
})
