/** What has been observed under one label set: sum, count and, with boundaries, the counts between them. */

export class Distribution {
  readonly labels: string
  readonly #boundaries: ReadonlyArray<number> | undefined
  readonly #counts: Array<number>
  #sum = 0
  #count = 0

  /** `labels` as `labelText` gives them. Without boundaries there are a sum and a count only. */
  constructor(labels: string, boundaries: ReadonlyArray<number> | undefined) {
    this.labels = labels
    this.#boundaries = boundaries
    this.#counts = Array.from({ length: (boundaries?.length ?? 0) + 1 }, () => 0)
  }

  observe(value: number): void {
    this.#sum += value
    this.#count += 1
    const last = this.#counts.length - 1
    let index = 0
    while (index < last && value > this.#boundaries![index]!) index++
    this.#counts[index]! += 1
  }

  get value() {
    const totals = { sum: this.#sum, count: this.#count }
    if (this.#boundaries === undefined) return totals
    return { ...totals, buckets: { boundaries: this.#boundaries, counts: this.#counts } }
  }
}
