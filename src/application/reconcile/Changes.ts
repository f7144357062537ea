/**
 * What a change in the caches does: gauges follow it, writes whose answer was lost are settled by it, the final state of a deleted pod is
 * kept, and the application that it concerns is reconciled.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { PodReports } from "../../pods/PodReports.ts"
import type { DefinitionCheck } from "../../runtime/DefinitionCheck.ts"
import type { LastSeen } from "../../runtime/LastSeen.ts"
import type { StatusWrites } from "../../runtime/StatusWrites.ts"
import { type Change, isLeft } from "../../runtime/Store.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import type { ApplicationMetrics } from "../telemetry/ApplicationMetrics.ts"
import type { AttemptTraces } from "../telemetry/AttemptTraces.ts"
import type { PodUses } from "../usage/PodUses.ts"
import { applicationKeyOf } from "./Ownership.ts"
import type { ApplicationWrite, Reported } from "./Reported.ts"

export interface Changes {
  /** Both return the key of the application; `now` is epoch milliseconds. */
  readonly ofApplication: (change: Change<SparkApplication>, now: number) => string
  readonly ofPod: (change: Change<SeenPod>, now: number) => string | undefined
  /** Of an application whose namespace is not selected: only what was written before is settled. */
  readonly ofAside: (change: Change<SparkApplication>) => void
}

export interface ChangesOptions {
  readonly lastSeen: LastSeen<SeenPod>
  readonly definition: Pick<DefinitionCheck<SparkApplication>, "seen">
  readonly writes: StatusWrites<SparkApplication, ApplicationWrite>
  readonly reported: Reported
  readonly metrics: Pick<ApplicationMetrics, "applicationObserved" | "podObserved">
  readonly traces: AttemptTraces
  readonly podReports: Pick<PodReports, "probeKillOf">
  readonly podUses: Pick<PodUses, "observed">
}

export const make = ({
  lastSeen,
  definition,
  writes,
  reported,
  metrics,
  traces,
  podReports,
  podUses,
}: ChangesOptions): Changes => {
  const settle = ({ before, after }: Change<SparkApplication>) => {
    reported.committed(writes.seen(before, after))
    definition.seen(before, after)
  }
  return {
    ofApplication: (change, now) => {
      metrics.applicationObserved(change.before, change.after)
      if (!isLeft(change)) settle(change)
      traces.observed(change, now)
      return change.key
    },
    ofAside: settle,
    ofPod: (change, now) => {
      metrics.podObserved({ ...change, killedBy: change.after && podReports.probeKillOf(change.after)?.probe }, now)
      podUses.observed(change, now)
      const pod = change.after ?? change.before
      const key = pod && applicationKeyOf(pod)
      if (key && change.before && !change.after && !isLeft(change)) lastSeen.remember(key, change.before)
      return key
    },
  }
}
