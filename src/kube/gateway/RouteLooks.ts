/**
 * When a route is to be looked at again: controllers report a moment after it was made, and nothing else would notice. After an answer, or a
 * few looks without one, nothing more is read. An operator that has just started looks once.
 */

export interface RouteId {
  /** Of the object that the route is made for. */
  readonly owner: string
  readonly name: string
  /** What it was made from, such as a submission or a hash: of another version nothing is known. */
  readonly version: string
}

export interface RouteLooks {
  /** Seconds until the next look; undefined: there is nothing more to look for. */
  readonly due: (route: RouteId, now: number) => number | undefined
  /** It was looked at, and no problem was found; `now` in epoch milliseconds. */
  readonly looked: (route: RouteId, now: number, answered: boolean) => void
  /** A problem was found. It is tried again on its own account, and after that all looks are yet to come. */
  readonly restart: (route: RouteId) => void
  readonly forget: (owner: string) => void
}

/** Seconds from a look without an answer to the next one. */
const pauses = [5, 30, 300]

interface Look {
  readonly version: string
  readonly count: number
  /** Undefined: the last. */
  readonly nextAt: number | undefined
}

export const make = (): RouteLooks => {
  const looks = new Map<string, Map<string, Look>>()
  const of = ({ owner, name, version }: RouteId) => {
    const look = looks.get(owner)?.get(name)
    return look?.version === version ? look : undefined
  }
  return {
    due: (route, now) => {
      const look = of(route)
      if (look === undefined) return 0
      return look.nextAt === undefined ? undefined : Math.max(0, (look.nextAt - now) / 1000)
    },
    looked: (route, now, answered) => {
      const count = of(route)?.count ?? 0
      const pause = answered ? undefined : pauses[count]
      const own = looks.get(route.owner) ?? new Map<string, Look>()
      looks.set(route.owner, own)
      own.set(route.name, {
        version: route.version,
        count: count + 1,
        nextAt: pause === undefined ? undefined : now + pause * 1000,
      })
    },
    restart: ({ owner, name }) => void looks.get(owner)?.delete(name),
    forget: (owner) => void looks.delete(owner),
  }
}
