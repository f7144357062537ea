/** Settings of schedules. The flag is kubeflow's. */

import { type TimestampPrecision, timestampPrecisions } from "../api/schedule/TimestampPrecision.ts"
import type { FlagValues } from "./Flag.ts"
import { oneOf } from "./ValueKind.ts"

export const flags = {
  scheduledSparkApplicationTimestampPrecision: {
    kind: oneOf(...timestampPrecisions),
    default: "seconds",
    description:
      "The unit of the number in the names of runs of a ScheduledSparkApplication, which is the scheduled time. Shorter numbers allow longer names of schedules; minutes excludes @every below a minute.",
  },
} as const

export interface ScheduleSettings {
  readonly precision: TimestampPrecision
}

export const fromValues = (values: FlagValues<typeof flags>): ScheduleSettings => ({
  precision: values.scheduledSparkApplicationTimestampPrecision,
})
