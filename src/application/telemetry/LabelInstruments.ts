/**
 * Instruments by the configured labels alone. Legacy names have no other labels, so they are computed from these where the instruments by
 * namespace do not suffice; and teams can be compared by them.
 */

import type { Instrument } from "../../telemetry/meter/Instrument.ts"
import { runBuckets } from "./ApplicationInstruments.ts"
import { results } from "./KnownValues.ts"
import { legacyBuckets } from "./LegacyInstruments.ts"

const byLabel = { identity: "labels" } as const
const ended: ReadonlyArray<string> = ["Succeeded", "Failed"]
/** Seconds. Contains the bounds of the legacy histograms, which are computed from it. */
const waitBuckets = [1, 5, 10, ...legacyBuckets, 900, 3600]

export const LabelInstruments = {
  "spark.application.by_label.runs": {
    ...byLabel,
    kind: "counter",
    unit: "{run}",
    description: "Runs that ended, by result, whether the application is over or not",
    changes: "the state became SUCCEEDING or FAILING, or the final state if that was skipped",
    attributes: { result: ended },
    on: "run",
  },
  "spark.application.by_label.execution.duration": {
    ...byLabel,
    kind: "histogram",
    unit: "s",
    description: "How long a run took: from the start of the driver to its end",
    changes: "an attempt that was submitted got its finish time",
    attributes: { result: results },
    buckets: runBuckets,
    on: "execution-time",
  },
  "spark.application.by_label.last_run.duration": {
    ...byLabel,
    kind: "histogram",
    unit: "s",
    description: "How long the last run of an application took, from the start of its driver to its end",
    changes: "the state became COMPLETED or FAILED",
    attributes: { result: ended },
    buckets: [],
    on: "last-execution-time",
  },
  "spark.application.by_label.submit.duration": {
    ...byLabel,
    kind: "histogram",
    unit: "s",
    description: "From the creation of the application to its first driver pod",
    changes: "attempt 1 was submitted",
    buckets: waitBuckets,
    on: "submit-latency",
  },
  "spark.application.by_label.start.duration": {
    ...byLabel,
    kind: "histogram",
    unit: "s",
    description: "From the creation of the application to the start of its first driver",
    changes: "attempt 1 reached the phase Running",
    buckets: waitBuckets,
    on: "start-latency",
  },
} as const satisfies Record<string, Instrument>
