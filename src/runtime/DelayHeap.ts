/** Deadlines in order: a binary heap of (due, key). A key may be in it more than once; the caller of `pop` decides which entry still counts. */

export interface Deadline {
  /** On the caller's scale. */
  readonly due: number
  readonly key: string
}

export interface DelayHeap {
  readonly push: (deadline: Deadline) => void
  /** The earliest, without removing it. */
  readonly peek: () => Deadline | undefined
  /** Remove and return the earliest. */
  readonly pop: () => Deadline | undefined
  readonly size: () => number
}

/** An empty heap. Push and pop in O(log n). */
export const make = (): DelayHeap => {
  const heap: Array<Deadline> = []
  const isBefore = (a: number, b: number) => heap[a]!.due < heap[b]!.due
  const swap = (a: number, b: number) => {
    const held = heap[a]!
    heap[a] = heap[b]!
    heap[b] = held
  }
  const rise = (index: number): void => {
    const parent = (index - 1) >> 1
    if (index === 0 || !isBefore(index, parent)) return
    swap(index, parent)
    rise(parent)
  }
  const sink = (index: number): void => {
    const [left, right] = [2 * index + 1, 2 * index + 2]
    if (left >= heap.length) return
    const child = right < heap.length && isBefore(right, left) ? right : left
    if (!isBefore(child, index)) return
    swap(index, child)
    sink(child)
  }
  return {
    push: (deadline) => {
      heap.push(deadline)
      rise(heap.length - 1)
    },
    peek: () => heap[0],
    size: () => heap.length,
    pop: () => {
      const first = heap[0]
      const last = heap.pop()
      if (first === undefined || last === undefined || heap.length === 0) return first
      heap[0] = last
      sink(0)
      return first
    },
  }
}
