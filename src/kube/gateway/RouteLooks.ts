/**
 * When the routes of an object are to be looked at again: controllers report a moment after a route was made, and nothing else would notice.
 * After an answer, or a few looks without one, nothing more is read. An operator that has just started looks once.
 */

export interface RouteLooks {
  /** Seconds until the next look at the routes with this id (of a submission, or a hash); undefined: there is nothing more to look for. */
  readonly due: (key: string, id: string, now: number) => number | undefined
  /** They were looked at; `now` in epoch milliseconds. */
  readonly looked: (key: string, id: string, now: number, answered: boolean) => void
  readonly forget: (key: string) => void
}

/** Seconds from a look without an answer to the next one. */
const pauses = [5, 30, 300]

interface Look {
  readonly id: string
  readonly count: number
  /** Undefined: the last. */
  readonly nextAt: number | undefined
}

export const make = (): RouteLooks => {
  const looks = new Map<string, Look>()
  const of = (key: string, id: string) => {
    const look = looks.get(key)
    return look?.id === id ? look : undefined
  }
  return {
    due: (key, id, now) => {
      const look = of(key, id)
      if (look === undefined) return 0
      return look.nextAt === undefined ? undefined : Math.max(0, (look.nextAt - now) / 1000)
    },
    looked: (key, id, now, answered) => {
      const count = of(key, id)?.count ?? 0
      const pause = answered ? undefined : pauses[count]
      looks.set(key, { id, count: count + 1, nextAt: pause === undefined ? undefined : now + pause * 1000 })
    },
    forget: (key) => void looks.delete(key),
  }
}
