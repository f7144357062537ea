/**
 * How many executors a driver requests over its run: a fixed number, the steps of a script, or the ramp of dynamic allocation.
 * Pure; the driver of the local cluster calls it twice a second.
 */

import type { Wanted } from "../node/KubeletScript.ts"

export type Properties = ReadonlyMap<string, string>

const integer = (properties: Properties, key: string): number | undefined => {
  const value = Number.parseInt(properties.get(key) ?? "", 10)
  return Number.isNaN(value) ? undefined : value
}

/** Spark has no upper limit by default; this one keeps the view readable. */
const defaultMaximum = 8

/** Duration of a run in seconds: the whole run, and until now. */
export interface Run {
  readonly seconds: number
  readonly elapsed: number
}

/**
 * Without dynamic allocation `spark.executor.instances`, 2 if it is absent (`SchedulerBackendUtils.getInitialTargetExecutorNumber`).
 * With it, Spark's rules: starts with the largest of minimum, initial and instances, asks for 1, 2, 4, … more each second up to the
 * maximum, and returns to the minimum when work runs out, here in the last third of the run. A script overrides both, within the limits.
 */
export const wantedExecutors = (
  properties: Properties,
  script: ReadonlyArray<Wanted> | undefined,
  run: Run,
): number => {
  const instances = integer(properties, "spark.executor.instances")
  const scripted = script?.findLast(({ from }) => from <= run.elapsed)?.count
  if (properties.get("spark.dynamicAllocation.enabled") !== "true") return scripted ?? (script ? 0 : (instances ?? 2))
  const minimum = integer(properties, "spark.dynamicAllocation.minExecutors") ?? 0
  const maximum = integer(properties, "spark.dynamicAllocation.maxExecutors") ?? Math.max(defaultMaximum, minimum)
  const initial = Math.max(
    minimum,
    integer(properties, "spark.dynamicAllocation.initialExecutors") ?? 0,
    instances ?? 0,
  )
  const within = (count: number) => Math.min(Math.max(count, minimum), maximum)
  if (script !== undefined) return within(scripted ?? initial)
  if (run.elapsed > (run.seconds * 2) / 3) return minimum
  // The exponent is capped, since a driver may run for days.
  return within(initial + 2 ** Math.min(Math.floor(run.elapsed), 16) - 1)
}

/** `42%`; undefined for a run without end. 100 % only for a run that has `succeeded`. */
export const progressOf = (run: Run, succeeded: boolean): string | undefined => {
  if (succeeded) return "100%"
  return Number.isFinite(run.seconds) ? `${Math.min(99, Math.floor((100 * run.elapsed) / run.seconds))}%` : undefined
}

/** How many of the script's log lines a container has printed: evenly over its run, or one per second of a run without end. */
export const linesPrinted = (lines: number, run: Run): number =>
  Math.min(lines, Math.floor(Number.isFinite(run.seconds) ? ((lines + 1) * run.elapsed) / run.seconds : run.elapsed))
