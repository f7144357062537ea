/**
 * How long applications have been in their states, read when metrics are collected: the oldest and the 95th percentile per namespace and
 * state. Whatever an application is stuck in, one alert on the oldest finds it.
 */

import { type Attributes, namespaceAttribute } from "../../telemetry/meter/Attributes.ts"
import type { Point } from "../../telemetry/meter/Producer.ts"
import type { NameOf } from "./ApplicationMeters.ts"
import { passingStates } from "./KnownValues.ts"

interface Group {
  readonly attributes: Attributes
  /** Milliseconds since 1970, by uid of the application. */
  readonly since: Map<string, number>
  /** Whether an application has ever been in it. */
  used: boolean
}

export interface StateAges {
  /** The gauge of the oldest exists for every state of this namespace, at zero while none is in it. Undefined: of no namespace. */
  readonly open: (namespace: string | undefined) => void
  /** The application has been in this state since then (milliseconds since 1970). `namespace` is within its limit already. */
  readonly place: (uid: string, namespace: string, state: string, since: number) => void
  readonly forget: (uid: string) => void
  /** The points of both gauges, in seconds. A state that was entered in the future, by a clock that is ahead, has the age 0. */
  readonly points: (now: number) => Readonly<Record<NameOf<"produced-gauge">, ReadonlyArray<Point>>>
}

const passing = new Set(passingStates)

export const make = (): StateAges => {
  /** By namespace and state. */
  const groups = new Map<string, Group>()
  const placed = new Map<string, Group>()
  const opened = new Set<string | undefined>()

  const groupOf = (namespace: string | undefined, state: string): Group => {
    const key = `${namespace ?? ""}\0${state}`
    const known = groups.get(key)
    if (known !== undefined) return known
    const place = namespace === undefined ? {} : { [namespaceAttribute]: namespace }
    const made: Group = { attributes: { ...place, state }, since: new Map(), used: namespace === undefined }
    groups.set(key, made)
    return made
  }

  return {
    open: (namespace) => {
      if (opened.has(namespace)) return
      opened.add(namespace)
      for (const state of passing) groupOf(namespace, state)
    },
    place: (uid, namespace, state, since) => {
      const group = passing.has(state) ? groupOf(namespace, state) : undefined
      const before = placed.get(uid)
      if (before !== group) before?.since.delete(uid)
      if (group === undefined) {
        placed.delete(uid)
        return
      }
      group.used = true
      group.since.set(uid, since)
      placed.set(uid, group)
    },
    forget: (uid) => {
      placed.get(uid)?.since.delete(uid)
      placed.delete(uid)
    },
    points: (now) => {
      const max: Array<Point> = []
      const p95: Array<Point> = []
      for (const { attributes, since, used } of groups.values()) {
        // The oldest comes first: ages fall as the moments rise.
        const moments = Float64Array.from(since.values()).sort()
        const age = (rank: number) => Math.max(0, (now - (moments[rank] ?? now)) / 1000)
        max.push({ attributes, value: age(0) })
        if (used) p95.push({ attributes, value: age(Math.floor(moments.length * 0.05)) })
      }
      return { "spark.application.state.age.max": max, "spark.application.state.age.p95": p95 }
    },
  }
}
