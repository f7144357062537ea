/** Whose is this object? Names alone prove nothing: an object is of a submission when owner uid and what names the submission say so. */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { KubeObject } from "../../kube/Resource.ts"
import * as Labels from "../../spark/Labels.ts"
import { objectNames } from "../../spark/Names.ts"
import { sparkAppId } from "../../spark/submit/Submission.ts"

/** Owned by this very application, not by one of the same name that was there before. */
export const ownedBy = (object: KubeObject, application: SparkApplication): boolean =>
  object.metadata?.ownerReferences?.some(({ uid }) => uid === application.metadata.uid) ?? false

/**
 * Made for this submission of this application. Under strict parity only pods have the submission's label; Spark's application id and
 * the names of ConfigMaps derive from the submission, too.
 */
export const ofSubmission = (
  object: KubeObject,
  application: SparkApplication,
  submissionId: string | undefined,
): boolean =>
  submissionId !== undefined &&
  ownedBy(object, application) &&
  (object.metadata?.labels?.[Labels.submissionId] === submissionId ||
    object.metadata?.labels?.[Labels.sparkAppSelector] === sparkAppId(submissionId) ||
    object.metadata?.name === objectNames(application, submissionId).confConfigMap ||
    object.metadata?.name === objectNames(application, submissionId).executorTemplateConfigMap)

/** Made by an operator for some application of this name: an earlier submission, or an application deleted since. */
export const ofEarlierRun = (object: KubeObject, application: SparkApplication): boolean =>
  object.metadata?.labels?.[Labels.launchedBy] === "true" &&
  object.metadata?.labels?.[Labels.appName] === application.metadata.name

/** Key of the application that a pod belongs to, by its labels. */
export const applicationKeyOf = (pod: KubeObject): string | undefined => {
  const name = pod.metadata?.labels?.[Labels.appName]
  return name === undefined ? undefined : `${pod.metadata?.namespace ?? ""}/${name}`
}
