/**
 * What a change in the caches does: gauges follow it, writes whose answer was lost are settled by it, the final state of a deleted pod is
 * kept, and the SparkConnect that it concerns is reconciled.
 */

import type { Service } from "kubernetes-types/core/v1"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { DefinitionCheck } from "../../runtime/DefinitionCheck.ts"
import type { LastSeen } from "../../runtime/LastSeen.ts"
import type { Committed, StatusWrites } from "../../runtime/StatusWrites.ts"
import { type Change, isLeft } from "../../runtime/Store.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import type { ConnectMetrics } from "../telemetry/ConnectMetrics.ts"
import { connectKeyOf } from "./Ownership.ts"
import type { ConnectWrite } from "./Report.ts"

/** Each returns the key of the SparkConnect; `now` is epoch milliseconds. */
export interface Changes {
  readonly ofConnect: (change: Change<SparkConnect>, now: number) => string
  readonly ofPod: (change: Change<SeenPod>) => string | undefined
  /** Of a SparkConnect whose namespace is not selected: only what was written before is settled. */
  readonly ofAside: (change: Change<SparkConnect>) => void
  readonly ofService: (change: Change<Service>) => string | undefined
}

export interface ChangesOptions {
  readonly lastSeen: LastSeen<SeenPod>
  readonly definition: Pick<DefinitionCheck<SparkConnect>, "seen">
  readonly writes: StatusWrites<SparkConnect, ConnectWrite>
  readonly committed: (facts: ReadonlyArray<Committed<SparkConnect, ConnectWrite>>) => void
  readonly metrics: Pick<ConnectMetrics, "connectObserved">
}

export const make = ({ lastSeen, definition, writes, committed, metrics }: ChangesOptions): Changes => {
  const settle = ({ before, after }: Change<SparkConnect>) => {
    definition.seen(before, after)
    committed(writes.seen(before, after))
  }
  return {
    ofConnect: (change) => {
      metrics.connectObserved(change.before, change.after)
      if (!isLeft(change)) settle(change)
      return change.key
    },
    ofAside: settle,
    ofPod: (change) => {
      const { before, after } = change
      const pod = after ?? before
      const key = pod && connectKeyOf(pod)
      if (key !== undefined && before !== undefined && after === undefined && !isLeft(change))
        lastSeen.remember(key, before)
      return key
    },
    ofService: ({ before, after }) => connectKeyOf(after ?? before ?? {}),
  }
}
