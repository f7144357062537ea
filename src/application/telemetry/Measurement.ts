/** What was measured, independent of the instruments that record it. */

import type { Attributes } from "../../telemetry/meter/Attributes.ts"

export type Source =
  | "created"
  | "submitted"
  | "submission-failed"
  /** Attribute `result`. */
  | "run"
  | "succeeded"
  | "failed"
  /** Attribute `reason`. */
  | "attempt-failed"
  | "retried"
  /** Attribute `reason`. */
  | "stalled"
  /** Seconds; attribute `phase`. */
  | "phase"
  /** Seconds; attribute `result`. */
  | "execution-time"
  /** Seconds of the last run when the application is over; attribute `result`. */
  | "last-execution-time"
  /** Seconds. */
  | "submit-latency"
  /** Seconds. */
  | "start-latency"
  | "executor-succeeded"
  /** Attribute `reason`. */
  | "executor-failed"

export interface Measurement {
  readonly source: Source
  /** A number of things, or seconds. */
  readonly value: number
  readonly attributes?: Attributes
}
