/**
 * How long applications have been in their states, read when metrics are collected: the oldest and the 95th percentile per namespace and
 * state. Whatever an application is stuck in, one alert on the oldest finds it.
 */

import { type Attributes, namespaceAttribute } from "../../telemetry/meter/Attributes.ts"
import type { NameOf } from "../../telemetry/meter/InstrumentTable.ts"
import type { Point } from "../../telemetry/meter/Producer.ts"
import type { InNamespace } from "./ApplicationIdentity.ts"
import type { ApplicationInstruments } from "./ApplicationInstruments.ts"
import { passingStates } from "./KnownValues.ts"

interface Group {
  readonly attributes: Attributes
  /** Milliseconds since 1970, by uid of the application. */
  readonly since: Map<string, number>
}

export interface StateAges {
  /** The application has been in this state since then (milliseconds since 1970). */
  readonly place: (uid: string, namespace: InNamespace, state: string, since: number) => void
  readonly forget: (uid: string) => void
  /**
   * In seconds: for every namespace and state in which an application has ever been. A state that was entered in the future, by a clock that is
   * ahead, has the age 0.
   */
  readonly points: (name: NameOf<typeof ApplicationInstruments, "produced-gauge">, now: number) => ReadonlyArray<Point>
}

const passing = new Set(passingStates)

export const make = (): StateAges => {
  /** By namespace and state. */
  const groups = new Map<string, Group>()
  const placed = new Map<string, Group>()

  const groupOf = (namespace: InNamespace, state: string): Group => {
    const key = `${namespace[namespaceAttribute]}\0${state}`
    const group = groups.get(key) ?? { attributes: { ...namespace, state }, since: new Map() }
    groups.set(key, group)
    return group
  }

  const forget = (uid: string) => {
    placed.get(uid)?.since.delete(uid)
    placed.delete(uid)
  }

  return {
    place: (uid, namespace, state, since) => {
      forget(uid)
      if (!passing.has(state)) return
      const group = groupOf(namespace, state)
      group.since.set(uid, since)
      placed.set(uid, group)
    },
    forget,
    points: (name, now) =>
      Array.from(groups.values(), ({ attributes, since }) => {
        // The oldest comes first: ages fall as the moments rise.
        const moments = Float64Array.from(since.values()).sort()
        const rank = name === "spark.application.state.age.max" ? 0 : Math.floor(moments.length * 0.05)
        return { attributes, value: Math.max(0, (now - (moments[rank] ?? now)) / 1000) }
      }),
  }
}
