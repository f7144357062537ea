/**
 * The few shapes of PromQL that dashboards and rules are made of. Names of series come from the tables of instruments, so that none is
 * spelled a second time; labels are held against the same tables by test/otel.
 */

import { type InstrumentName, seriesName } from "../src/Instruments.ts"

export interface Selector {
  /** The series of an instrument, with further matchers such as `state="RUNNING"`. */
  (name: InstrumentName, ...matchers: ReadonlyArray<string>): string
  /** The buckets of a histogram. */
  readonly buckets: (name: InstrumentName, ...matchers: ReadonlyArray<string>) => string
  /** How many values a histogram has. */
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
 * The sum of gauges that follow the cache, by some labels. Every replica has the same cache, and while one takes over from another both are
 * there: of those the larger counts, not their sum.
 */
export const currentSum = (series: string, by = ""): string =>
  `sum${grouped(by)} (max without (instance, pod, node) (${series}))`

/** The range of Grafana that has four samples in it, whatever the interval of the samples. */
const range = "$__rate_interval"

/** How often a counter was raised in a second. */
export const perSecond = (series: string, by = ""): string => `sum${grouped(by)} (rate(${series}[${range}]))`

/** How often a counter was raised in a minute. */
export const perMinute = (series: string, by = ""): string => `60 * ${perSecond(series, by)}`

/** How much a counter rose in the time that the dashboard shows. */
export const increaseInRange = (series: string, by = ""): string => `sum${grouped(by)} (increase(${series}[$__range]))`

/** A quantile of a histogram (its buckets are given), by some labels. */
export const quantile = (q: number, buckets: string, by = ""): string =>
  `histogram_quantile(${q}, sum by (${by === "" ? "le" : `le, ${by}`}) (rate(${buckets}[${range}])))`

/** Zero where nothing is counted yet: attributes whose values nobody knows beforehand have no series before they happen. */
export const orZero = (expr: string): string => `${expr} or vector(0)`
