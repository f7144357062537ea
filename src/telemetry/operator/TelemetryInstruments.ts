/** The instruments about telemetry itself. */

import type { Instrument } from "../meter/Instrument.ts"

export const TelemetryInstruments = {
  "spark.operator.telemetry.faults": {
    kind: "counter",
    unit: "{fault}",
    description: "Telemetry that is incomplete or inexact, by kind of fault",
    changes:
      "a gauge would have become negative, an attribute value was replaced by __other__, an export or a collection failed",
    identity: "operator",
    attributes: { fault: ["negative_gauge", "attribute_overflow", "export", "collection"] },
  },
  "spark.operator.telemetry.exports": {
    kind: "counter",
    unit: "{export}",
    description: "Exports over OTLP; of a partial one the backend accepted only some records",
    changes: "an export ended, with the retries that follow its first request at once",
    identity: "operator",
    attributes: { signal: ["metrics", "traces", "logs"], outcome: ["success", "partial", "failure"] },
  },
  "spark.operator.telemetry.dropped": {
    kind: "counter",
    unit: "{record}",
    description: "Spans and log lines that were not exported and never will be",
    changes:
      "the queue was full, the backend rejected them, did not answer for minutes, or did not accept them before the operator ended",
    identity: "operator",
    attributes: { signal: ["traces", "logs"], reason: ["queue_full", "rejected", "unanswered", "shutdown"] },
  },
} as const satisfies Record<string, Instrument>
