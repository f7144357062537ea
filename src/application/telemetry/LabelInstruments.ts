/**
 * Instruments by the configured labels alone. Legacy names have no other labels, so they are computed from these where the instruments by
 * namespace do not suffice; and teams can be compared by them.
 */

import type { Instrument } from "../../telemetry/meter/Instrument.ts"
import { ApplicationInstruments } from "./ApplicationInstruments.ts"
import { legacyBuckets } from "./LegacyInstruments.ts"

const byLabel = { identity: "labels" } as const
const ended: ReadonlyArray<string> = ["Succeeded", "Failed"]
/** Seconds. Contains the bounds of the legacy histograms, which are computed from it. */
const waitBuckets = [1, 5, 10, ...legacyBuckets, 900, 3600]

const {
  "spark.application.execution.duration": execution,
  "spark.application.submit.duration": submit,
  "spark.application.start.duration": start,
} = ApplicationInstruments

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
  "spark.application.by_label.execution.duration": { ...execution, ...byLabel },
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
  "spark.application.by_label.submit.duration": { ...submit, ...byLabel, buckets: waitBuckets },
  "spark.application.by_label.start.duration": { ...start, ...byLabel, buckets: waitBuckets },
} as const satisfies Record<string, Instrument>
