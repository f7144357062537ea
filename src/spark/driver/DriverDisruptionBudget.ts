/** `spec.driverPodDisruptionBudget`: a drain of the node waits for the driver instead of killing it. */

import type { PodDisruptionBudget } from "kubernetes-types/policy/v1"
import { type ChildContext, childMetadata, driverSelector } from "../access/Access.ts"
import type { Child } from "../Child.ts"
import * as Labels from "../Labels.ts"
import { driverPodName } from "../Names.ts"

/** A PodDisruptionBudget with the name of the driver pod, if the spec requests one and the operator makes them. */
export const driverDisruptionBudget = (context: ChildContext): ReadonlyArray<Child> => {
  const { workload, options } = context
  if (!options.driverPodDisruptionBudget || workload.spec.driverPodDisruptionBudget !== true) return []
  const object: PodDisruptionBudget = {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: childMetadata(context, driverPodName(workload), { labels: { [Labels.launchedBy]: "true" } }),
    spec: { minAvailable: 1, selector: { matchLabels: { ...driverSelector(context) } } },
  }
  return [
    { phase: "after", group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: object.kind ?? "", object },
  ]
}
