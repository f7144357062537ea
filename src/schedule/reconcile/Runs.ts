/**
 * SparkApplications as a schedule sees them. The kind SparkApplication has a watch of its own for its work; this one has only the runs of
 * schedules, and of each only what a schedule needs to know.
 */

import type { OwnerReference } from "kubernetes-types/meta/v1"
import { scheduledSparkApplications, sparkApplications } from "../../api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { isFinal } from "../../api/States.ts"
import { type KubeObject, resource } from "../../kube/Resource.ts"
import { epoch } from "../../kube/Time.ts"
import { keyOf } from "../../runtime/Store.ts"
import * as Labels from "../../spark/Labels.ts"
import type { ObservedRun } from "../decide/Situation.ts"

/** The part of a SparkApplication that is kept. */
export interface RunObject extends KubeObject {
  readonly spec?: { readonly suspend?: boolean }
  readonly status?: {
    readonly applicationState?: { readonly state?: string }
    readonly terminationTime?: string | null
  }
}

/** The same resource, of which less is read. */
export const runs = resource<RunObject>(
  sparkApplications.group,
  sparkApplications.version,
  sparkApplications.plural,
  sparkApplications.kind,
)

const kept = ({ annotations = {} }: NonNullable<KubeObject["metadata"]>) => {
  const time = annotations[Labels.scheduledTimeAnnotation]
  return time === undefined ? {} : { annotations: { [Labels.scheduledTimeAnnotation]: time } }
}

/** Without template, labels and all that the driver reports. */
export const keepRun = ({ metadata = {}, spec, status }: RunObject): RunObject => {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, ownerReferences } = metadata
  return {
    metadata: {
      ...(name ? { name } : {}),
      ...(namespace ? { namespace } : {}),
      ...(uid ? { uid } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(creationTimestamp ? { creationTimestamp } : {}),
      ...(deletionTimestamp ? { deletionTimestamp } : {}),
      ...(ownerReferences ? { ownerReferences } : {}),
      ...kept(metadata),
    },
    ...(spec?.suspend === true ? { spec: { suspend: true } } : {}),
    status: {
      applicationState: { state: status?.applicationState?.state ?? "" },
      ...(status?.terminationTime ? { terminationTime: status.terminationTime } : {}),
    },
  }
}

const isSchedule = ({ kind }: OwnerReference) => kind === scheduledSparkApplications.kind

/** Index: by uid of the owning schedule. */
export const ownersOf = ({ metadata }: RunObject): ReadonlyArray<string> =>
  (metadata?.ownerReferences ?? []).filter(isSchedule).map(({ uid }) => uid)

/** The key of the schedule that owns the run. */
export const scheduleKeyOf = ({ metadata }: RunObject): string | undefined => {
  const owner = metadata?.ownerReferences?.find(isSchedule)
  return owner === undefined ? undefined : keyOf({ metadata: { ...metadata, name: owner.name } })
}

/** Owned by this very schedule, not by an earlier one of the same name. */
export const ownedBy = (run: RunObject, { metadata }: ScheduledSparkApplication): boolean =>
  ownersOf(run).includes(metadata.uid)

/** Its name will be free soon: it is being deleted, or the garbage collector will delete it with an earlier schedule of this name. */
export const isLeaving = ({ metadata }: RunObject, schedule: ScheduledSparkApplication): boolean =>
  metadata?.deletionTimestamp !== undefined ||
  (metadata?.ownerReferences ?? []).some((owner) => isSchedule(owner) && owner.name === schedule.metadata.name)

const resultOf = (state: string | undefined): ObservedRun["result"] =>
  !isFinal(state) ? "Unfinished" : state === "COMPLETED" ? "Completed" : "Failed"

/** What a decision sees of a run. `gone`: it was deleted. */
export const observedRun = ({ metadata = {}, spec, status }: RunObject, gone = false): ObservedRun => {
  const createdAt = epoch(metadata.creationTimestamp) ?? 0
  const result = resultOf(status?.applicationState?.state)
  return {
    name: metadata.name ?? "",
    uid: metadata.uid ?? "",
    createdAt,
    scheduledTime: epoch(metadata.annotations?.[Labels.scheduledTimeAnnotation]),
    result,
    finishedAt: result === "Unfinished" ? undefined : epoch(status?.terminationTime),
    suspended: spec?.suspend === true,
    deleting: metadata.deletionTimestamp !== undefined,
    gone,
  }
}
