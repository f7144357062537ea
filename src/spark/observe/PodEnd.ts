/** Why a pod ended: one judgement for the status and for metrics. Pure. */

import type { Pod } from "kubernetes-types/core/v1"
import * as Labels from "../Labels.ts"
import { driverFacts, executorFacts } from "./PodFacts.ts"
import type { SeenPod } from "./PodPast.ts"
import { sparkContainer } from "./SparkContainer.ts"

/**
 * `Completed`, or the reason that the status of the application gives for the end of this driver or executor: that of the pod (`Evicted`,
 * `NodeLost`), of the disruption that ended it (`PreemptionByScheduler`), or of its Spark container (`OOMKilled`, `Error`). Where Spark's
 * container has no end, that of another container that failed; else `Error`. Undefined while the pod has not reached a final phase.
 */
export const endReason = (pod: SeenPod): string | undefined => {
  const phase = pod.status?.phase
  if (phase === "Succeeded") return "Completed"
  if (phase !== "Failed") return undefined
  return reasonOf(pod) ?? failedContainer(pod) ?? "Error"
}

const reasonOf = (pod: SeenPod): string | undefined => {
  if (pod.metadata?.labels?.[Labels.sparkRole] === Labels.executorRole) return executorFacts(pod).reason
  const { podReason, terminated } = driverFacts(pod)
  return terminated?.exitCode === 0 ? "Completed" : (podReason ?? terminated?.reason)
}

const failedContainer = (pod: Pod): string | undefined =>
  [sparkContainer(pod), ...(pod.status?.containerStatuses ?? [])].find(
    (container) => (container?.state?.terminated?.exitCode ?? 0) !== 0,
  )?.state?.terminated?.reason
