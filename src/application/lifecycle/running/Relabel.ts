/**
 * Labels of the application that were edited while it runs: its driver and all its executors get them, also executors that are created
 * later by the configuration of the submission, which never changes. Nothing restarts.
 */

import type { PodLabels } from "../../../spark/pod/InheritedLabels.ts"
import type { Action } from "../Action.ts"
import type { Driver } from "../Observed.ts"
import type { Situation } from "../Situation.ts"
import type { Step } from "../Step.ts"

/** Adds to a step that follows a live driver what brings the labels of its pods up to date. */
export const withLabels = ({ inheritedLabels, observed }: Situation, step: Step): Step => {
  const { driver, executors } = observed
  const alive = executors.filter(({ state }) => state === "PENDING" || state === "RUNNING")
  const all = driver._tag === "Present" ? [driver, ...alive] : alive
  const whole = inheritedLabels.of
  if (whole !== undefined && all.every(({ labels }) => Object.keys(missingIn(labels, whole)).length === 0)) return step
  const pods = [
    ...(driver._tag === "Present" ? [{ ...driver, desired: inheritedLabels.driver }] : []),
    ...alive.map((executor) => ({ ...executor, desired: inheritedLabels.executor })),
  ].flatMap(({ name, uid, labels, deleting, desired }) => {
    const missing = deleting ? {} : missingIn(labels, desired)
    return Object.keys(missing).length === 0 ? [] : [{ name, uid, labels: missing }]
  })
  if (pods.length === 0) return step
  const action = { _tag: "LabelPods", pods, ...replacedIn(driver, pods) } as const
  return { ...step, actions: [...step.actions, action] }
}

/** The labels of the driver that will have another value: its Service may select it by the present one. */
const replacedIn = (
  driver: Driver,
  pods: Extract<Action, { _tag: "LabelPods" }>["pods"],
): Pick<Extract<Action, { _tag: "LabelPods" }>, "replaced"> => {
  if (driver._tag !== "Present" || driver.sparkApplicationId === undefined) return {}
  const { uid, labels = {}, sparkApplicationId } = driver
  const changed = pods.find((pod) => pod.uid === uid)?.labels ?? {}
  const keys = Object.keys(changed).filter((key) => labels[key] !== undefined)
  return keys.length === 0 ? {} : { replaced: { sparkApplicationId, keys } }
}

/** Labels that the pod lacks, or has with another value. Undefined: its labels are not known. */
const missingIn = (labels: PodLabels | undefined, desired: PodLabels): PodLabels =>
  labels === undefined
    ? {}
    : Object.fromEntries(Object.entries(desired).filter(([key, value]) => labels[key] !== value))
