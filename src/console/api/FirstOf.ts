/** The first few of many in an order. Pure. */

/** The first `count`, in order. Those behind them are not sorted: for a small `count`, one comparison rules most of them out. */
export const firstOf = <A>(all: ReadonlyArray<A>, count: number, order: (a: A, b: A) => number): ReadonlyArray<A> => {
  const first: Array<A> = []
  for (const one of all) {
    const last = first.at(-1)
    if (first.length === count && last !== undefined && order(one, last) >= 0) continue
    let [low, high] = [0, first.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (order(one, first[middle]!) < 0) high = middle
      else low = middle + 1
    }
    first.splice(low, 0, one)
    if (first.length > count) first.pop()
  }
  return first
}

/** The order of texts that are ASCII, as names and timestamps are. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
