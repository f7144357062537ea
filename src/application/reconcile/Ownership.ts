/**
 * Ownership checks. A matching name is not proof: an object belongs to a submission if the uid of its owner, and a label or name that
 * derives from the submission, say so.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import type { KubeObject } from "../../kube/Resource.ts"
import { keyOf } from "../../runtime/Store.ts"
import * as Labels from "../../spark/Labels.ts"
import { objectNames } from "../../spark/Names.ts"
import { sparkAppId } from "../../spark/submit/Submission.ts"

/** Owned by this very application, not by an earlier one of the same name. */
export const ownedBy = (object: KubeObject, application: SparkApplication): boolean =>
  object.metadata?.ownerReferences?.some(({ uid }) => uid === application.metadata.uid) ?? false

/**
 * Created for this submission of this application. Under strict parity only pods have the submission's label; Spark's application id and
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

/** Created by an operator for an application of this name: by an earlier submission, or for an application that was deleted. */
export const ofEarlierRun = (object: KubeObject, application: SparkApplication): boolean =>
  object.metadata?.labels?.[Labels.launchedBy] === "true" &&
  object.metadata?.labels?.[Labels.appName] === application.metadata.name

/**
 * An object whose name will be free soon: it is being deleted, or the garbage collector will delete it, because its owner is an earlier
 * application of this name. Two applications of one name never exist at the same time.
 */
export const isLeaving = ({ metadata }: KubeObject, application: SparkApplication): boolean =>
  metadata?.deletionTimestamp !== undefined ||
  (metadata?.ownerReferences?.some(
    ({ kind, name, uid }) =>
      kind === sparkApplications.kind && name === application.metadata.name && uid !== application.metadata.uid,
  ) ??
    false)

/** Key of the application that a pod belongs to, by its labels. */
export const applicationKeyOf = (pod: KubeObject): string | undefined => {
  const name = pod.metadata?.labels?.[Labels.appName]
  return name === undefined ? undefined : keyOf({ metadata: { ...pod.metadata, name } })
}
