/** What is known about an instrument before anything is measured. The tables of instruments are the files `*Instruments.ts`. */

export interface Instrument {
  /**
   * - `counter`, `histogram`: recorded when something happens
   * - `positive-gauge`: an UpDownCounter that follows the cache and is never below zero, see `PositiveGauge.ts`
   * - `produced-counter`, `produced-gauge`: computed when metrics are collected; a series exists as long as what it is about
   * - `observable-…`: read when metrics are collected
   */
  readonly kind:
    | "counter"
    | "histogram"
    | "positive-gauge"
    | "produced-counter"
    | "produced-gauge"
    | "observable-counter"
    | "observable-up-down-counter"
    | "observable-gauge"
  readonly unit: string
  readonly description: string
  /** When it changes, for the reference page. */
  readonly changes: string
  /**
   * Attributes besides its own ones: `application` has the namespace and the configured labels, `namespace` and `labels` only one of both,
   * `queue` the name of a work queue, `operator` none.
   */
  readonly identity: "application" | "namespace" | "labels" | "queue" | "operator"
  /** Own attributes, if any, with the values known beforehand. An empty list: any value, absent from points at zero. */
  readonly attributes?: Readonly<Record<string, ReadonlyArray<string>>>
  /**
   * Counters and gauges exist at zero from the start, without the attributes of their identity. `each`: also for each identity when it is
   * first seen, because an alert or a ratio needs the increase to the first event. Costs a series per identity and known value.
   */
  readonly zeros?: "each"
  readonly buckets?: ReadonlyArray<number>
  /** What changes it, in the words of the component that defines it. */
  readonly on?: string
}

/** Seconds, from 5 ms to 1 min. */
export const workBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** How long something takes that the operator itself does. */
export const workDuration = { kind: "histogram", unit: "s", buckets: workBuckets } as const
