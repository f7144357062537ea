/** Keys that wait for a worker: first come, first served within a namespace, and round-robin between namespaces. */

import { namespaceOf } from "./Store.ts"

export interface FairLane {
  /** At the end of its namespace's line; a key that waits already keeps its place. */
  readonly push: (key: string) => void
  /** The next key of the namespace whose turn it is. */
  readonly pop: () => string | undefined
  readonly remove: (key: string) => void
  readonly size: () => number
}

/** An empty lane. Every operation takes constant time, however many keys or namespaces wait. */
export const make = (): FairLane => {
  /** In order of turn; no line is empty. */
  const lines = new Map<string, Set<string>>()
  let size = 0
  return {
    push: (key) => {
      const namespace = namespaceOf(key)
      const line = lines.get(namespace) ?? new Set()
      if (line.has(key)) return
      line.add(key)
      lines.set(namespace, line)
      size++
    },
    pop: () => {
      const turn = lines.entries().next().value
      if (turn === undefined) return undefined
      const [namespace, line] = turn
      const key = line.values().next().value!
      line.delete(key)
      lines.delete(namespace)
      if (line.size > 0) lines.set(namespace, line)
      size--
      return key
    },
    remove: (key) => {
      const namespace = namespaceOf(key)
      const line = lines.get(namespace)
      if (line?.delete(key) !== true) return
      size--
      if (line.size === 0) lines.delete(namespace)
    },
    size: () => size,
  }
}
