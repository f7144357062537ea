/** Every phase that can hang has a deadline, measured from the Kubernetes timestamp at which the current attempt entered the phase. */

import type { Deadlines } from "../../api/application/SparkApplication.ts"
import type { DriverPod } from "../../spark/observe/ObservedPod.ts"

export interface Deadline {
  /** The field of `spec.deadlines`. */
  readonly field: keyof Deadlines
  /** What the phase waits for, to complete "driver …". */
  readonly waitsFor: string
  readonly limitSeconds: number
  /** Seconds left; zero or less means it has passed. */
  readonly remainingSeconds: number
}

interface Phase {
  readonly field: keyof Deadlines
  readonly waitsFor: string
  /** Epoch milliseconds at which the phase began, if the driver is in it. */
  readonly since: (driver: DriverPod) => number | undefined
}

/** In order of a driver's life. Phases may overlap: running and ready. */
const phases: ReadonlyArray<Phase> = [
  {
    field: "scheduledSeconds",
    waitsFor: "was not scheduled to a node",
    since: (driver) =>
      driver.scheduledAt === undefined && driver.startedAt === undefined ? driver.createdAt : undefined,
  },
  {
    field: "startedSeconds",
    waitsFor: "did not start",
    since: (driver) => (driver.startedAt === undefined ? driver.scheduledAt : undefined),
  },
  {
    field: "readySeconds",
    waitsFor: "did not become ready",
    since: (driver) => (driver.readyAt === undefined ? driver.startedAt : undefined),
  },
  { field: "runningSeconds", waitsFor: "did not finish", since: (driver) => driver.startedAt },
]

/** The deadlines of the phases that this driver is in; the limits of `spec.deadlines` take precedence over the operator's. */
export const runningDeadlines = (
  driver: DriverPod,
  specified: Deadlines,
  defaults: Deadlines,
  now: number,
): ReadonlyArray<Deadline> =>
  phases.flatMap(({ field, waitsFor, since }) => {
    const limitSeconds = specified[field] ?? defaults[field]
    const began = since(driver)
    return limitSeconds === undefined || began === undefined
      ? []
      : [{ field, waitsFor, limitSeconds, remainingSeconds: limitSeconds - (now - began) / 1000 }]
  })
