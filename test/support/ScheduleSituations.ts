/** Situations for the tests of `schedule/decide/`: an hourly schedule that is followed, at ten past twelve, changed where a test says so. */

import type { ScheduledSparkApplication } from "../../src/api/schedule/ScheduledSparkApplication.ts"
import type { ScheduledSparkApplicationSpec } from "../../src/api/schedule/ScheduledSparkApplicationSpec.ts"
import type { ScheduledSparkApplicationStatus } from "../../src/api/schedule/ScheduledSparkApplicationStatus.ts"
import { decide, type Decision } from "../../src/schedule/decide/Decide.ts"
import type { Creation, ObservedRun, Situation } from "../../src/schedule/decide/Situation.ts"
import { runName } from "../../src/schedule/RunNames.ts"
import { readSchedule, type ScheduleReading } from "../../src/schedule/Validate.ts"
import { scheduled } from "./Schedules.ts"

/** A time of the day on which everything happens. */
export const at = (time: string): number => Date.parse(`2026-11-20T${time}Z`)
export const stamp = (time: string): string => `2026-11-20T${time}Z`

export const createdAt = at("00:30:00")

export const schedule = (
  spec: Partial<ScheduledSparkApplicationSpec> = {},
  metadata: Partial<ScheduledSparkApplication["metadata"]> = {},
): ScheduledSparkApplication => {
  const written = scheduled("nightly", {}, { schedule: "0 * * * *", timeZone: "UTC", ...spec })
  return {
    ...written,
    metadata: { ...written.metadata, uid: "s1", creationTimestamp: stamp("00:30:00"), generation: 1, ...metadata },
  }
}

/** In force since the beginning, and handled until noon. */
export const followed: ScheduledSparkApplicationStatus = {
  scheduleState: "Scheduled",
  observedGeneration: 1,
  scheduleInForce: "TZ=UTC 0 * * * *",
  inForceSince: stamp("00:30:00"),
  handledUntil: stamp("12:00:00"),
  lastScheduleTime: stamp("12:00:00"),
  nextRun: stamp("13:00:00"),
}

export const run = (time: string, facts: Partial<ObservedRun> = {}): ObservedRun => ({
  name: `nightly-${at(time) / 1000}`,
  uid: `run ${time}`,
  createdAt: at(time),
  scheduledTime: at(time),
  result: "Unfinished",
  finishedAt: facts.result === undefined ? undefined : at(time) + 60_000,
  suspended: false,
  deleting: false,
  gone: false,
  ...facts,
})

export interface Given {
  readonly spec?: Partial<ScheduledSparkApplicationSpec>
  readonly status?: ScheduledSparkApplicationStatus
  readonly now?: number
  readonly runs?: ReadonlyArray<ObservedRun>
  readonly drivers?: ReadonlyArray<string>
  readonly creation?: Creation
  readonly trigger?: string
  readonly generation?: number
  readonly deleting?: boolean
}

/** What was read of a spec: reading decodes and validates everything, which costs more than a decision. */
const readings = new WeakMap<object, ScheduleReading>()
const read = (spec: NonNullable<Given["spec"]>): ScheduleReading => {
  const known = readings.get(spec)
  if (known !== undefined) return known
  const reading = readSchedule(schedule(spec), {
    precision: "seconds",
    localZone: "UTC",
    validateTemplate: () => ({ problems: [], warnings: [] }),
  })
  readings.set(spec, reading)
  return reading
}

export const situation = ({ spec = {}, status = followed, now = at("12:10:00"), ...given }: Given = {}): Situation => ({
  name: "nightly",
  generation: given.generation ?? 1,
  createdAt,
  deleting: given.deleting ?? false,
  suspend: spec.suspend === true,
  trigger: given.trigger,
  ...read(spec),
  nameOf: (occasion) =>
    "token" in occasion ? `nightly-manual-${occasion.token}` : runName("nightly", occasion.scheduledTime, "seconds"),
  localZone: "UTC",
  status,
  observed: { runs: given.runs ?? [], drivers: given.drivers ?? [], creation: given.creation },
  now,
})

export const nameOf = (time: string): string => `nightly-${at(time) / 1000}`

export const decided = (given: Given): Decision => decide(situation(given))

/** Reasons of the Events of a decision. */
export const reasons = ({ events }: Decision): ReadonlyArray<string> => events.map(({ reason }) => reason)

/** Names of the runs that a decision creates. */
export const created = ({ actions }: Decision): ReadonlyArray<string> =>
  actions.flatMap((one) => (one._tag === "CreateRun" ? [one.name] : []))

/** `True Scheduled`. */
export const condition = ({ status }: Decision, type: string): string => {
  const { status: truth, reason } = status.conditions?.find((one) => one.type === type) ?? {}
  return `${truth} ${reason}`
}
