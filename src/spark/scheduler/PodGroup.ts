/**
 * The PodGroup that makes Volcano and the coscheduling plugin of kube-scheduler reserve room for the executors before a driver starts.
 * Names and content are those of kubeflow's operator; every submission creates it again, since sizes may have changed.
 */

import { createHash } from "node:crypto"
import type { Child } from "../Child.ts"
import * as Labels from "../Labels.ts"
import { maxLabelLength } from "../Names.ts"
import type { Submission } from "../submit/Submission.ts"
import type { Workload } from "../Workload.ts"
import type { BatchScheduler } from "./BatchScheduler.ts"
import { type Gang, gangRequests } from "./Gang.ts"
import { resourceList } from "./PodRequests.ts"

/** The resource of each scheduler that has one. */
const apis = {
  volcano: { group: "scheduling.volcano.sh", version: "v1beta1" },
  "kube-scheduler": { group: "scheduling.x-k8s.io", version: "v1alpha1" },
} as const

/** The name is also the value of a pod label, so a long name ends in a hash instead. */
const shortened = (name: string): string => {
  if (name.length <= maxLabelLength) return name
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8)
  return `${name.slice(0, maxLabelLength - hash.length - 4)}-${hash}-pg`
}

/** `spark-<app>-pg` for Volcano, `<app>-pg` for kube-scheduler. */
export const podGroupName = (kind: keyof typeof apis, { metadata: { name } }: Workload): string =>
  shortened(kind === "volcano" ? `spark-${name}-pg` : `${name}-pg`)

/** One member is enough to start, since the driver creates the others; the resources reserve room for them. */
const specOf = ({ kind }: BatchScheduler, { spec }: Workload, gang: Gang) => {
  const { queue, priorityClassName, resources } = spec.batchSchedulerOptions ?? {}
  const own =
    kind === "volcano" ? { ...(queue ? { queue } : {}), ...(priorityClassName ? { priorityClassName } : {}) } : {}
  return { minMember: 1, minResources: resources ?? resourceList(gangRequests(gang)), ...own }
}

/** The part of a plan from which the PodGroup is made. */
export interface Grouped {
  readonly workload: Workload
  readonly batch: { readonly scheduler: BatchScheduler; readonly gang: Gang } | undefined
}

/** The PodGroup of a submission, to be made before its driver; undefined when its scheduler needs none. */
export const podGroup = ({ workload, batch }: Grouped, { submissionId }: Submission): Child | undefined => {
  if (batch === undefined) return undefined
  const { kind } = batch.scheduler
  if (kind !== "volcano" && kind !== "kube-scheduler") return undefined
  const { identity, metadata } = workload
  const { group, version } = apis[kind]
  const object = {
    apiVersion: `${group}/${version}`,
    kind: "PodGroup",
    metadata: {
      name: podGroupName(kind, workload),
      namespace: metadata.namespace,
      labels: {
        [identity.nameLabel]: metadata.name,
        [Labels.submissionId]: submissionId,
        [Labels.createdBy]: "true",
      },
      ownerReferences: [workload.owner],
    },
    spec: specOf(batch.scheduler, workload, batch.gang),
    ...(kind === "volcano" ? { status: { phase: "Pending" } } : {}),
  }
  return { phase: "before", group, version, plural: "podgroups", kind: "PodGroup", object }
}
