/** The SparkApplication that a schedule starts: its template, with the labels and annotations that runs have. Pure. */

import type { ObjectMeta } from "kubernetes-types/meta/v1"
import type { SparkApplication } from "../api/application/SparkApplication.ts"
import { scheduledSparkApplications, sparkApplicationType } from "../api/Kinds.ts"
import type { ScheduledSparkApplication } from "../api/schedule/ScheduledSparkApplication.ts"
import { timestamp } from "../kube/Time.ts"
import * as Labels from "../spark/Labels.ts"
import { ownerReference } from "../spark/Workload.ts"

type StringMap = Readonly<Record<string, string>>

const ownedByOperator: ReadonlySet<string> = new Set([
  ...Labels.reservedByOperator,
  ...Labels.reservedBySparkForExecutors,
  Labels.scheduledAppName,
])

/** Labels by which GitOps tools find what they have applied: on a run they would make the tool delete it as superfluous. */
const trackingPrefixes = ["argocd.argoproj.io/", "kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/"]
/** Argo CD's tracking label, and a common label of everybody else. */
const instanceLabel = "app.kubernetes.io/instance"

const isTracking = (key: string) => trackingPrefixes.some((prefix) => key.startsWith(prefix))

const byArgo = ({ labels = {}, annotations = {}, managedFields = [] }: ObjectMeta): boolean =>
  [...Object.keys(labels), ...Object.keys(annotations)].some((key) => key.startsWith(trackingPrefixes[0]!)) ||
  managedFields.some(({ manager }) => manager?.startsWith("argocd") === true)

/** The labels of the schedule that its runs have, too: all but those of the operator and those by which GitOps tools track objects. */
export const inheritedLabels = (metadata: ObjectMeta): StringMap => {
  const argo = byArgo(metadata)
  return Object.fromEntries(
    Object.entries(metadata.labels ?? {}).filter(
      ([key]) => !ownedByOperator.has(key) && !isTracking(key) && !(argo && key === instanceLabel),
    ),
  )
}

const withoutOwned = (labels: StringMap = {}): StringMap =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => !ownedByOperator.has(key)))

export interface RunOptions {
  readonly name: string
  /** Epoch milliseconds. Absent: started by hand. */
  readonly scheduledTime?: number | undefined
}

/** The run as it is created. `uid` of the schedule must be known, because it owns the run. */
export const runOf = (
  { metadata, spec }: ScheduledSparkApplication,
  { name, scheduledTime }: RunOptions,
): SparkApplication => {
  const created = {
    ...sparkApplicationType,
    metadata: {
      name,
      namespace: metadata.namespace,
      labels: {
        ...inheritedLabels(metadata),
        ...withoutOwned(spec.templateMetadata?.labels),
        [Labels.scheduledAppName]: metadata.name,
      },
      annotations: {
        ...spec.templateMetadata?.annotations,
        [Labels.templateGenerationAnnotation]: String(metadata.generation ?? 1),
        ...(scheduledTime === undefined
          ? { [Labels.triggerAnnotation]: Labels.manualTrigger }
          : { [Labels.scheduledTimeAnnotation]: timestamp(scheduledTime) }),
      },
      ownerReferences: [ownerReference(scheduledSparkApplications, metadata)],
    },
    spec: spec.template,
  }
  // The API server sets the uid.
  return created as unknown as SparkApplication
}
