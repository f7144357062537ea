/** Where exports over OTLP are counted: `spark.operator.telemetry.exports` and `.dropped`. */

import type { Verdict } from "./ExportResult.ts"
import type { Signal } from "./OtlpEnvironment.ts"

export interface ExportCounts {
  /** One export ended; OpenTelemetry's exporter may have sent its request several times. */
  readonly exported: (signal: Signal, outcome: ExportOutcome) => void
  /** Records that will never arrive. */
  readonly dropped: (signal: Signal, reason: DropReason, count: number) => void
}

export type ExportOutcome = "success" | "partial" | "failure"

export const outcomes: Readonly<Record<Verdict["_tag"], ExportOutcome>> = {
  Accepted: "success",
  Partial: "partial",
  Refused: "failure",
  Busy: "failure",
}

/** The queue was full; the backend rejected it; it was not accepted for minutes; the operator ended. */
export type DropReason = "queue_full" | "rejected" | "unanswered" | "shutdown"
