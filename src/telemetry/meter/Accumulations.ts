/**
 * The values of one instrument, one per attribute set, for scrapes. The SDK copies and merges all of its series at each
 * collection, in one go; these are read in place, so that a scrape can be done in slices, and recording costs one lookup.
 */

import { labelText } from "../prometheus/PrometheusText.ts"
import type { Attributes } from "./Attributes.ts"

/** The attribute set of everything beyond the limit, as in the SDK. */
const overflow: Attributes = { "otel.metric.overflow": "true" }

/** A running sum. */
export class Sum {
  readonly labels: string
  value = 0

  constructor(labels: string) {
    this.labels = labels
  }
}

export class Accumulations<A> {
  readonly #byAttributes = new Map<string, A>()
  readonly #all: Array<A> = []
  readonly #limit: number
  readonly #make: (labels: string) => A

  /** `make` starts a series, from its labels as text; at most `limit` times; the last one is for all further attribute sets. */
  constructor(limit: number, make: (labels: string) => A) {
    this.#limit = limit
    this.#make = make
  }

  /** The value of an attribute set, whatever the order of its keys; a new one starts at zero. */
  at(attributes: Attributes): A {
    return this.#byAttributes.get(spelled(attributes)) ?? this.#find(attributes)
  }

  /** In the order in which they began. */
  values(): ReadonlyArray<A> {
    return this.#all
  }

  /** Nearly always the keys have one order; other orders are remembered as further names of the same series. */
  #find(attributes: Attributes): A {
    const sorted = Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)))
    const known = this.#byAttributes.get(spelled(sorted))
    if (known === undefined && this.#all.length >= this.#limit - 1 && attributes !== overflow) return this.at(overflow)
    const series = known ?? this.#make(labelText(attributes))
    if (known === undefined) this.#all.push(series)
    this.#byAttributes.set(spelled(sorted), series)
    this.#byAttributes.set(spelled(attributes), series)
    return series
  }
}

/** The lengths distinguish `a=1,b` from `a=1` with `b`. */
const spelled = (attributes: Attributes): string => {
  let text = ""
  for (const key in attributes) {
    const value = attributes[key]!
    text += `${key}=${value.length}:${value},`
  }
  return text
}
