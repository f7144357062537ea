/**
 * What follows from a status that was written: counters and traces advance, and deleted pods whose final state is in it are forgotten. This
 * is the one subscriber of what `StatusWrites` returns, whether the API server's answer or the cache confirmed the write.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { LastSeen } from "../../runtime/LastSeen.ts"
import type { Committed, StatusWrite } from "../../runtime/StatusWrites.ts"
import { keyOf } from "../../runtime/Store.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import type { ApplicationMetrics } from "../telemetry/ApplicationMetrics.ts"
import type { AttemptTraces } from "../telemetry/AttemptTraces.ts"
import type { PodUses } from "../usage/PodUses.ts"

export interface ApplicationWrite extends StatusWrite<SparkApplication> {
  /** Deleted pods whose final state is part of the status. */
  readonly gone: ReadonlyArray<SeenPod>
}

export interface Reported {
  readonly committed: (facts: ReadonlyArray<Committed<SparkApplication, ApplicationWrite>>) => void
  /** The final state of these pods changed nothing in the status, so there was no write. */
  readonly nothingToWrite: (application: SparkApplication, gone: ReadonlyArray<SeenPod>) => void
}

export interface ReportedOptions {
  readonly lastSeen: LastSeen<SeenPod>
  readonly metrics: Pick<ApplicationMetrics, "applicationCommitted">
  readonly traces: AttemptTraces
  readonly podUses: Pick<PodUses, "reported">
}

export const make = ({ lastSeen, metrics, traces, podUses }: ReportedOptions): Reported => {
  const forget = (application: SparkApplication, gone: ReadonlyArray<SeenPod>) =>
    lastSeen.forget(keyOf(application), gone)
  return {
    committed: (facts) => {
      for (const { write, after } of facts) {
        forget(after, write.gone)
        podUses.reported(after)
        metrics.applicationCommitted(write.before.status, after)
        traces.committed(write.before.status, after)
      }
    },
    nothingToWrite: (application, gone) => {
      forget(application, gone)
      podUses.reported(application)
    },
  }
}
