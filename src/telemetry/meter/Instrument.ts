/** What is known about an instrument before anything is measured. The tables of them are `*Instruments.ts`. */

import type { Source } from "../../application/telemetry/Measurement.ts"

export interface Instrument {
  /**
   * - `counter`, `histogram`: recorded by the OpenTelemetry SDK when something happens
   * - `positive-gauge`: an UpDownCounter that follows the cache and is never below zero, see `PositiveGauge.ts`
   * - `application-counter`: a counter per application, dropped with it, see `ApplicationCounters.ts`
   * - `application-gauge`: what is true of an application while it runs, and dropped with it, see `ProgressTelemetry.ts`
   * - `produced-gauge`: computed from the cache when metrics are collected; what is gone then has no series any more
   * - `observable-…`: read when metrics are collected
   */
  readonly kind:
    | "counter"
    | "histogram"
    | "positive-gauge"
    | "application-counter"
    | "application-gauge"
    | "produced-gauge"
    | "observable-counter"
    | "observable-up-down-counter"
    | "observable-gauge"
  readonly unit: string
  readonly description: string
  /** When it changes, for the reference page. */
  readonly changes: string
  /** Attributes that come along: `application` has the namespace and the configured labels, `namespace` the namespace alone. */
  readonly identity: "application" | "namespace" | "operator"
  /** Own attributes with the values known beforehand, which start at zero. An empty list: any value, absent in the zero point. */
  readonly attributes: Readonly<Record<string, ReadonlyArray<string>>>
  readonly buckets?: ReadonlyArray<number>
  readonly on?: Source
}

/** Seconds, from 5 ms to 1 min: what the operator itself does. */
export const workBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
