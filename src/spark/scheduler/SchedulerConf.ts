/**
 * What a batch scheduler reads from the pods: the name of their scheduler, and the labels and annotations that put them into one group. All
 * of it is set by Spark's configuration, so executors get it from their driver and no webhook is needed.
 */

import type { ConfEntry } from "../conf/SparkConf.ts"
import type { Workload } from "../Workload.ts"
import type { BatchScheduler, SchedulerKind } from "./BatchScheduler.ts"
import type { Gang } from "./Gang.ts"
import { podGroupName } from "./PodGroup.ts"
import { resourceList } from "./PodRequests.ts"

type Role = "driver" | "executor"
const roles: ReadonlyArray<Role> = ["driver", "executor"]

/** A label or an annotation of a role's pods. */
type Mark = readonly [kind: "label" | "annotation", key: string, value: string]

/**
 * YuniKorn's task groups (`yunikorn.apache.org/task-groups`): one for the driver, and one for the first executors if there
 * are any. YuniKorn makes placeholder pods from them, so they also define where the pods may run.
 */
const taskGroups = ({ spec }: Workload, gang: Gang): string => {
  const group = (role: Role, members: number) => {
    const { nodeSelector = spec.nodeSelector, tolerations, affinity, labels } = spec[role]
    const minResource = resourceList(gang[role])
    return { name: `spark-${role}`, minMember: members, minResource, nodeSelector, tolerations, affinity, labels }
  }
  return JSON.stringify([group("driver", 1), ...(gang.executors > 0 ? [group("executor", gang.executors)] : [])])
}

type Marks = (workload: Workload, role: Role, gang: Gang) => ReadonlyArray<Mark>

const marks: Readonly<Record<SchedulerKind, Marks>> = {
  volcano: (workload) => [["annotation", "scheduling.k8s.io/group-name", podGroupName("volcano", workload)]],
  "kube-scheduler": (workload) => [
    ["label", "scheduling.x-k8s.io/pod-group", podGroupName("kube-scheduler", workload)],
  ],
  yunikorn: (workload, role, gang) => {
    const queue = workload.spec.batchSchedulerOptions?.queue
    return [
      ["annotation", "yunikorn.apache.org/task-group-name", `spark-${role}`],
      ...(role === "driver"
        ? [["annotation", "yunikorn.apache.org/task-groups", taskGroups(workload, gang)] as const]
        : []),
      ...(queue ? [["label", "queue", queue] as const] : []),
    ]
  },
  ungrouped: () => [],
}

/** The entries for a workload that this scheduler places; they win over those of the user. */
export function* schedulerConf(workload: Workload, scheduler: BatchScheduler, gang: Gang): Iterable<ConfEntry> {
  const field = "spec.batchScheduler"
  for (const role of roles) {
    yield { key: `spark.kubernetes.${role}.scheduler.name`, value: scheduler.name, field }
    for (const [kind, key, value] of marks[scheduler.kind](workload, role, gang)) {
      yield { key: `spark.kubernetes.${role}.${kind}.${key}`, value, field: "spec.batchSchedulerOptions" }
    }
  }
}
