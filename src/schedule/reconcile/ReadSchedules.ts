/**
 * The specs of schedules, validated. Validating a template costs about one build of its driver, so each spec is read once: every status write
 * brings a new object with the same spec.
 */

import { Equal } from "effect"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { keyOf } from "../../runtime/Store.ts"
import { readSchedule, type ScheduleReading, type ScheduleRules } from "../Validate.ts"

/** Everything of a schedule that its reading depends on; the generation stands for the spec. */
interface Read {
  readonly uid: string
  readonly generation: number | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly reading: ScheduleReading
}

export interface ReadSchedules {
  readonly read: (schedule: ScheduledSparkApplication) => ScheduleReading
  /** The schedule of this key is gone. */
  readonly forget: (key: string) => void
}

export const make = (rules: ScheduleRules): ReadSchedules => {
  const known = new Map<string, Read>()
  return {
    read: (schedule) => {
      const { uid, generation, labels = {} } = schedule.metadata
      const key = keyOf(schedule)
      const before = known.get(key)
      if (before?.uid === uid && before.generation === generation && Equal.equals(before.labels, labels)) {
        return before.reading
      }
      const reading = readSchedule(schedule, rules)
      known.set(key, { uid, generation, labels, reading })
      return reading
    },
    forget: (key) => void known.delete(key),
  }
}
