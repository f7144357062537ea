/**
 * The objects that a run has beside the driver pod and its configuration. Those of phase `before` the driver cannot start without;
 * those of phase `after` are a convenience, and what goes wrong with them never stops the run.
 */

import { childContext } from "./access/Access.ts"
import { driverIngresses } from "./access/DriverIngresses.ts"
import { webUI, type WebUIInfo, webUIInfo } from "./access/WebUI.ts"
import type { Child, ChildObject } from "./Child.ts"
import type { ChildOptions } from "./ChildOptions.ts"
import { driverDisruptionBudget } from "./driver/DriverDisruptionBudget.ts"
import { stepChildren } from "./driver/DriverObjects.ts"
import type { BuildOptions } from "./driver/FeatureStep.ts"
import { monitoringConfigMap } from "./monitoring/MonitoringConfigMap.ts"
import type { Plan } from "./Plan.ts"
import { podGroup } from "./scheduler/PodGroup.ts"
import type { Submission } from "./submit/Submission.ts"
import type { Valid } from "./Validate.ts"

/**
 * All of them, for one submission. Pure: equal input gives equal objects. What Spark's own steps make is left to spark-submit where that
 * runs in a Job.
 */
export const children = (valid: Valid, submission: Submission, options: BuildOptions): ReadonlyArray<Child> => {
  const context = childContext(valid, submission, options)
  const group = podGroup(valid, submission)
  return [
    ...(group === undefined ? [] : [group]),
    ...(valid.submitter.by === "native" ? stepChildren(valid, submission, options) : []),
    ...monitoringConfigMap(context),
    ...webUI(context),
    ...driverIngresses(context),
    ...driverDisruptionBudget(context),
  ]
}

/** What `status.driverInfo` says of the UI when these children exist. */
export const childrenInfo = (
  plan: Plan,
  submission: Submission,
  options: { readonly children?: ChildOptions },
  existing: ReadonlyArray<ChildObject>,
): WebUIInfo => webUIInfo(childContext(plan, submission, options), existing)
