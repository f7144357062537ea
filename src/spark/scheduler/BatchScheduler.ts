/**
 * Which batch scheduler places the pods of a workload (the one it names, else the operator's default), and how that scheduler learns which
 * pods belong together. The names and flags are those of kubeflow's operator (`--enable-batch-scheduler`).
 */

import type { Problem } from "../../api/Problem.ts"
import type { WorkloadSpec } from "../Workload.ts"

/** The operator's settings for batch scheduling. */
export interface BatchScheduling {
  /** Whether pods are grouped; otherwise only the name of the scheduler is set in the pods. */
  readonly enabled: boolean
  /** For workloads that name no scheduler. */
  readonly defaultScheduler: string | undefined
  /** Names under which kube-schedulers with the coscheduling plugin run. */
  readonly kubeSchedulerNames: ReadonlyArray<string>
}

export const noBatchScheduling: BatchScheduling = {
  enabled: false,
  defaultScheduler: undefined,
  kubeSchedulerNames: [],
}

/**
 * `volcano` and `kube-scheduler` (the coscheduling plugin) need a PodGroup, `yunikorn` annotations; `ungrouped` is any scheduler of which
 * only the name is known.
 */
export type SchedulerKind = "volcano" | "yunikorn" | "kube-scheduler" | "ungrouped"

export interface BatchScheduler {
  readonly kind: SchedulerKind
  /** The `schedulerName` of the pods. */
  readonly name: string
}

const known: ReadonlyMap<string, SchedulerKind> = new Map([
  ["volcano", "volcano"],
  ["yunikorn", "yunikorn"],
])

const kindOf = (name: string, { kubeSchedulerNames }: BatchScheduling): SchedulerKind | undefined =>
  known.get(name) ?? (kubeSchedulerNames.includes(name) ? "kube-scheduler" : undefined)

/** Whether the spec chooses a scheduler for its pods in any other place. */
const namesScheduler = ({ driver, executor, sparkConf = {} }: WorkloadSpec): boolean =>
  [driver, executor].some(
    (role) => role.schedulerName !== undefined || role.template?.spec?.schedulerName !== undefined,
  ) || Object.keys(sparkConf).some((key) => /^spark\.kubernetes\.((driver|executor)\.)?scheduler\.name$/.test(key))

/** The batch scheduler of a spec; undefined when the default scheduler, or one that the roles name, places its pods. */
export const batchSchedulerOf = (spec: WorkloadSpec, scheduling: BatchScheduling): BatchScheduler | undefined => {
  if (spec.batchScheduler) {
    const kind = scheduling.enabled ? kindOf(spec.batchScheduler, scheduling) : undefined
    return { kind: kind ?? "ungrouped", name: spec.batchScheduler }
  }
  const { enabled, defaultScheduler } = scheduling
  if (!enabled || !defaultScheduler || namesScheduler(spec)) return undefined
  return { kind: kindOf(defaultScheduler, scheduling) ?? "ungrouped", name: defaultScheduler }
}

/** A scheduler for which the operator cannot group pods although grouping is enabled. */
export const schedulerProblems = (
  { batchScheduler }: WorkloadSpec,
  scheduling: BatchScheduling,
): ReadonlyArray<Problem> => {
  if (!batchScheduler || !scheduling.enabled || kindOf(batchScheduler, scheduling) !== undefined) return []
  const names = [...known.keys(), ...scheduling.kubeSchedulerNames].join(", ")
  return [
    {
      field: "spec.batchScheduler",
      message: `${JSON.stringify(batchScheduler)} is not a batch scheduler of this operator; use one of ${names}, or set spec.driver.schedulerName and spec.executor.schedulerName to choose only the scheduler of the pods`,
    },
  ]
}

/** The options that each scheduler uses. */
const optionsOf: Readonly<Record<SchedulerKind, ReadonlyArray<string>>> = {
  volcano: ["queue", "priorityClassName", "resources"],
  yunikorn: ["queue"],
  "kube-scheduler": ["resources"],
  ungrouped: [],
}

/** Batch scheduling settings of the spec that have no effect. */
export const schedulerWarnings = (spec: WorkloadSpec, scheduling: BatchScheduling): ReadonlyArray<Problem> => {
  const scheduler = batchSchedulerOf(spec, scheduling)
  const ungrouped =
    spec.batchScheduler && scheduler?.kind === "ungrouped"
      ? [
          {
            field: "spec.batchScheduler",
            message:
              "only sets the scheduler of each pod: the operator runs without --enable-batch-scheduler and does not group pods",
          },
        ]
      : []
  const used = scheduler === undefined ? [] : optionsOf[scheduler.kind]
  const unused = Object.keys(spec.batchSchedulerOptions ?? {})
    .filter((option) => !used.includes(option))
    .map((option) => ({
      field: `spec.batchSchedulerOptions.${option}`,
      message:
        scheduler === undefined ? "has no effect without a batch scheduler" : `has no effect with ${scheduler.name}`,
    }))
  return [...ungrouped, ...unused]
}
