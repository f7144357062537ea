/**
 * An UpDownCounter that never falls below zero. It counts things that exist, so a negative value can only be a bug: the change is cut off at
 * zero and reported as a fault. The SDK cannot read a value back, so it is remembered here per attribute set, to cut off the change.
 */

import type { UpDownCounter } from "@opentelemetry/api"
import { attributeKey, type Attributes } from "./Attributes.ts"

/** The attribute set of everything beyond the limit, as in the SDK. */
const overflow: Attributes = { "otel.metric.overflow": "true" }

export interface PositiveGaugeOptions {
  /** Called for every change that would have made a value negative. */
  readonly onNegative: () => void
  /** Different attribute sets; further ones share one, so that the limit of the SDK cannot separate an increase from its decrease. */
  readonly limit: number
}

export class PositiveGauge {
  readonly #counter: UpDownCounter
  readonly #values = new Map<string, number>()
  readonly #options: PositiveGaugeOptions

  constructor(counter: UpDownCounter, options: PositiveGaugeOptions) {
    this.#counter = counter
    this.#options = options
  }

  /** Adds `delta`, which may be negative or zero; zero makes the series exist. */
  add(delta: number, attributes: Attributes): void {
    const key = attributeKey(attributes)
    const before = this.#values.get(key)
    if (before === undefined && attributes !== overflow && this.#values.size >= this.#options.limit - 2) {
      this.add(delta, overflow)
      return
    }
    const now = (before ?? 0) + delta
    if (now < 0) this.#options.onNegative()
    const value = Math.max(0, now)
    if (value === before) return
    this.#values.set(key, value)
    this.#counter.add(value - (before ?? 0), attributes)
  }

  /**
   * Moves one unit. Without `from` a thing appeared, without `to` it disappeared; with both the sum stays the same.
   * The old attribute set stays, at zero, so that its series does not vanish.
   */
  move(from: Attributes | undefined, to: Attributes | undefined): void {
    if (from === to) return
    if (from !== undefined) this.add(-1, from)
    if (to !== undefined) this.add(1, to)
  }

  value(attributes: Attributes): number {
    return this.#values.get(attributeKey(attributes)) ?? 0
  }
}
