/**
 * The companion objects of a run. The driver cannot start without those of phase `before`; those of phase `after` are a convenience, and
 * a failure to create one never stops the run.
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
 * All companion objects of one submission. Pure: equal input gives equal objects. Where a Job runs spark-submit, that makes the objects
 * of Spark's own steps.
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

/** The part of `status.driverInfo` about the UI when these companion objects exist. */
export const childrenInfo = (
  plan: Plan,
  submission: Submission,
  options: { readonly children?: ChildOptions },
  existing: ReadonlyArray<ChildObject>,
): WebUIInfo => webUIInfo(childContext(plan, submission, options), existing)
