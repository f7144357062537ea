/**
 * Keeps attributes finite: per key only a number of different values are distinguished, the rest become `__other__`. A
 * user who labels every run with its own id loses detail, but does not overload the metrics backend.
 */

export const other = "__other__"

export class AttributeLimit {
  readonly #values = new Map<string, Set<string>>()
  readonly #cap: number
  readonly #onOverflow: () => void

  /** `cap`: different values per key. `onOverflow` is called for every value that is replaced. */
  constructor(cap: number, onOverflow: () => void) {
    this.#cap = cap
    this.#onOverflow = onOverflow
  }

  /** The value itself, or `__other__` if the key has reached its number of different values. */
  limit(key: string, value: string): string {
    const values = this.#values.get(key)
    if (values === undefined) {
      this.#values.set(key, new Set([value]))
      return value
    }
    if (values.has(value)) return value
    if (values.size < this.#cap) {
      values.add(value)
      return value
    }
    this.#onOverflow()
    return other
  }
}
