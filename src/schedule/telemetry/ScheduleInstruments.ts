/** The instruments about schedules and the runs that they start. */

import type { Instrument } from "../../telemetry/meter/Instrument.ts"
import { skipReasons } from "../decide/Step.ts"

/** New is a schedule that was not reconciled yet; Blocked one whose run is held up or was refused. */
export const scheduleStates = ["NEW", "SCHEDULED", "BLOCKED", "SUSPENDED", "INVALID"] as const
export type ScheduleState = (typeof scheduleStates)[number]

/** Seconds, from 1 s to a day: from a prompt start to one that was made up for after a long downtime. */
const latencyBuckets = [1, 2, 5, 10, 30, 60, 120, 300, 900, 3600, 14_400, 86_400]

export const ScheduleInstruments = {
  "spark.schedule.state": {
    kind: "positive-gauge",
    unit: "{schedule}",
    description: "Schedules by state",
    changes: "with the cache: any change, deletion or relist",
    identity: "namespace",
    attributes: { state: scheduleStates },
  },
  "spark.schedule.started": {
    kind: "counter",
    unit: "{run}",
    description: "Runs that were started, on schedule or by hand",
    changes: "a run was recorded in the status of its schedule",
    identity: "namespace",
    attributes: { trigger: ["schedule", "manual"] },
    zeros: "each",
  },
  "spark.schedule.skipped": {
    kind: "counter",
    unit: "{run}",
    description: "Scheduled times whose run was not started although the operator was there in time, by reason",
    changes: "status.skippedRuns of a schedule rose",
    identity: "namespace",
    attributes: { reason: skipReasons },
    zeros: "each",
  },
  "spark.schedule.missed": {
    kind: "counter",
    unit: "{run}",
    description: "Scheduled times that passed without a run: the operator did not run, or the starting deadline passed",
    changes: "status.missedRuns of a schedule rose",
    identity: "namespace",
    attributes: {},
    zeros: "each",
  },
  "spark.schedule.start.latency": {
    kind: "histogram",
    unit: "s",
    description: "From the scheduled time of a run to its creation",
    changes: "a scheduled run was recorded in the status of its schedule",
    identity: "namespace",
    attributes: {},
    buckets: latencyBuckets,
  },
  "spark.schedule.success.age": {
    kind: "object-gauge",
    unit: "s",
    description: "How long ago a run of the schedule last succeeded; the age of the schedule if none has yet",
    changes: "read when collected, for schedules that are not suspended",
    identity: "namespace",
    attributes: { schedule: [] },
  },
  "spark.schedule.success.overdue": {
    kind: "object-gauge",
    unit: "s",
    description:
      "For how long the next success has been due: the last one plus the interval of the schedule at that time",
    changes: "read when collected, for schedules that are followed",
    identity: "namespace",
    attributes: { schedule: [] },
  },
} as const satisfies Record<string, Instrument>
