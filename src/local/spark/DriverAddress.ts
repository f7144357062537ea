/** Whether executors find their driver: by the Service that its configuration names as its host, as long as that selects its pod. */

import { Effect } from "effect"
import { services } from "../../kube/Resource.ts"
import type { Node, PodWorker } from "../node/KubeletNode.ts"
import type { Properties } from "./SparkDriverPlan.ts"

/** False: the name of the driver cannot be resolved, so an executor ends with exit code 1. True also where that cannot be read. */
export const isReachable = Effect.fnUntraced(function* (
  { kube }: Node,
  { namespace, pod }: PodWorker,
  properties: Properties,
): Effect.fn.Return<boolean> {
  const service = /^([^.]+)\..+\.svc$/.exec(properties.get("spark.driver.host") ?? "")?.[1]
  if (service === undefined) return true
  return yield* kube.get(services, namespace, service).pipe(
    Effect.map(({ spec }) => {
      const labels = pod.metadata?.labels ?? {}
      return Object.entries(spec?.selector ?? {}).every(([key, value]) => labels[key] === value)
    }),
    Effect.catch(({ reason }) => Effect.succeed(reason !== "NotFound")),
  )
})
