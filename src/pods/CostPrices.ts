/**
 * The operator's ConfigMap of prices (`--cost-prices`): a change of it counts for what is counted from then on, without a restart. Prices by
 * label of the node need the nodes, which are watched from the first such price on.
 */

import { Effect, type Scope } from "effect"
import type { EventRecorder } from "../kube/EventRecorder.ts"
import type { Kube } from "../kube/Kube.ts"
import type { WatchMetrics } from "../kube/Reflector.ts"
import type { PriceOf } from "../spark/usage/Amounts.ts"
import { noPrices, priceOn, readPrices, type Prices } from "../spark/usage/Prices.ts"
import { follow, type FollowedConfigMap } from "./FollowedConfigMap.ts"
import * as NodeLabels from "./NodeLabels.ts"

export interface CostPrices extends Pick<FollowedConfigMap<Prices>, "ready" | "liveness"> {
  readonly priceOf: PriceOf
}

const longestWait = "10 seconds"

/**
 * Follows the ConfigMap `source`, which is `namespace/name`, in the scope; undefined: nothing has a price. An invalid price keeps its last
 * valid value.
 */
export const make = Effect.fnUntraced(function* (
  source: string | undefined,
  recorder: EventRecorder,
  metrics: WatchMetrics,
): Effect.fn.Return<CostPrices, never, Kube | Scope.Scope> {
  const nodes = yield* NodeLabels.make(metrics)
  const prices = yield* follow<Prices>(
    source,
    {
      absent: noPrices,
      parse: (data, before) => {
        const read = readPrices(data, before)
        if (read.value.nodes.length > 0) nodes.need()
        return read
      },
      reason: "InvalidPrices",
      lines: {
        read: "the prices of the operator were read",
        invalid: "some prices of the operator are invalid; their last valid values still apply",
        absent: "the ConfigMap of prices does not exist: no costs are estimated",
        unreadable: "the ConfigMap of prices cannot be read yet; no costs are estimated until then",
      },
      annotations: ({ currency = "none", nodes }) => ({ currency, byNode: String(nodes.length) }),
    },
    recorder,
    metrics,
  )
  const nodesReady = Effect.suspend(() =>
    prices.read().nodes.length === 0 ? Effect.void : Effect.timeoutOption(nodes.listed, longestWait),
  )
  return {
    priceOf: (node) => priceOn(prices.read(), nodes.of(node)),
    ready: Effect.asVoid(Effect.andThen(prices.ready, nodesReady)),
    liveness: prices.liveness,
  }
})
