/**
 * The few shapes of PromQL that dashboards and rules are made of. Names of series come from the tables of instruments, so none is
 * written a second time; test/otel checks labels against the same tables.
 */

import { type InstrumentName, seriesName } from "../src/Instruments.ts"

export interface Selector {
  /** The series of an instrument, with further matchers such as `state="RUNNING"`. */
  (name: InstrumentName, ...matchers: ReadonlyArray<string>): string
  /** The buckets of a histogram. */
  readonly buckets: (name: InstrumentName, ...matchers: ReadonlyArray<string>) => string
  /** The number of values in a histogram. */
  readonly count: (name: InstrumentName, ...matchers: ReadonlyArray<string>) => string
}

/** Selects series that all match `common`. */
export const selecting = (...common: ReadonlyArray<string>): Selector => {
  const selector =
    (suffix: string) =>
    (name: InstrumentName, ...matchers: ReadonlyArray<string>): string => {
      const all = [...common, ...matchers]
      return `${seriesName(name)}${suffix}${all.length === 0 ? "" : `{${all.join(", ")}}`}`
    }
  return Object.assign(selector(""), { buckets: selector("_bucket"), count: selector("_count") })
}

const grouped = (by: string): string => (by === "" ? "" : ` by (${by})`)

/**
 * The sum of gauges that follow the cache, by some labels. Every replica has the same cache, and while one takes over from another both
 * have series: the larger value counts, not their sum.
 */
export const currentSum = (series: string, by = ""): string =>
  `sum${grouped(by)} (max without (instance, pod, node) (${series}))`

/** Grafana's range that contains four samples, whatever their interval. */
const range = "$__rate_interval"

/** The increase of a counter per second. */
export const perSecond = (series: string, by = ""): string => `sum${grouped(by)} (rate(${series}[${range}]))`

/** The increase of a counter per minute. */
export const perMinute = (series: string, by = ""): string => `60 * ${perSecond(series, by)}`

/** The increase of a counter in the time range of the dashboard. */
export const increaseInRange = (series: string, by = ""): string => `sum${grouped(by)} (increase(${series}[$__range]))`

/** A quantile of a histogram (its buckets are given), by some labels. */
export const quantile = (q: number, buckets: string, by = ""): string =>
  `histogram_quantile(${q}, sum by (${by === "" ? "le" : `le, ${by}`}) (rate(${buckets}[${range}])))`

/** Zero where nothing is counted yet: values of attributes that are not known beforehand have no series before they occur. */
export const orZero = (expr: string): string => `${expr} or vector(0)`
