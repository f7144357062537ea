/**
 * An UpDownCounter that remembers its value per attribute set and never goes below zero. It counts things that exist, so
 * a negative value can only be a bug: it is clamped and reported as a fault instead of being exported.
 */

import { attributeKey, type Attributes } from "./Attributes.ts"

export interface Point {
  readonly attributes: Attributes
  readonly value: number
}

export class PositiveGauge {
  readonly #points = new Map<string, Point>()
  readonly #onNegative: () => void

  /** `onNegative` is called for every change that would have made a value negative. */
  constructor(onNegative: () => void) {
    this.#onNegative = onNegative
  }

  /** Adds `delta`, which may be negative or zero; zero makes the series exist. */
  add(delta: number, attributes: Attributes): void {
    const key = attributeKey(attributes)
    const point = this.#points.get(key)
    const value = (point?.value ?? 0) + delta
    if (value < 0) this.#onNegative()
    this.#points.set(key, { attributes: point?.attributes ?? attributes, value: Math.max(0, value) })
  }

  /**
   * Moves one unit. Without `from` a thing appeared, without `to` it disappeared; with both the sum stays the same.
   * The old attribute set stays, at zero, so that its series does not vanish.
   */
  move(from: Attributes | undefined, to: Attributes | undefined): void {
    if (from !== undefined) this.add(-1, from)
    if (to !== undefined) this.add(1, to)
  }

  value(attributes: Attributes): number {
    return this.#points.get(attributeKey(attributes))?.value ?? 0
  }

  points(): ReadonlyArray<Point> {
    return [...this.#points.values()]
  }
}
