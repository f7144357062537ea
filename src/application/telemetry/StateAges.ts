/**
 * How long applications have been in their states, read when metrics are collected: the oldest and the 95th percentile per namespace and
 * state. Whatever an application is stuck in, and whyever, one alert on the oldest finds it.
 */

import type { NameOf } from "../../Instruments.ts"
import type { Point } from "../../telemetry/meter/PositiveGauge.ts"
import { namespaceAttribute } from "./ApplicationIdentity.ts"
import { passingStates } from "./KnownValues.ts"
import type { Attributes } from "./Measurement.ts"

interface Group {
  readonly attributes: Attributes
  /** Milliseconds since 1970, by uid of the application. */
  readonly since: Map<string, number>
}

type Name = NameOf<"produced-gauge">

const passing = new Set(passingStates)

export class StateAges {
  /** By namespace and state. */
  readonly #groups = new Map<string, Group>()
  readonly #placed = new Map<string, Group>()

  /** The application is in this state since then (milliseconds since 1970). `namespace` is within its limit already. */
  place(uid: string, namespace: string, state: string, since: number): void {
    const group = passing.has(state) ? this.#group(namespace, state) : undefined
    const before = this.#placed.get(uid)
    if (before !== group) before?.since.delete(uid)
    if (group === undefined) {
      this.#placed.delete(uid)
      return
    }
    group.since.set(uid, since)
    this.#placed.set(uid, group)
  }

  forget(uid: string): void {
    this.#placed.get(uid)?.since.delete(uid)
    this.#placed.delete(uid)
  }

  /** The points of both gauges, in seconds. A state that was entered in the future, by a clock that is ahead, has the age 0. */
  points(now: number): ReadonlyMap<Name, ReadonlyArray<Point>> {
    const max: Array<Point> = []
    const p95: Array<Point> = []
    for (const { attributes, since } of this.#groups.values()) {
      // The oldest comes first: ages fall as the moments rise.
      const moments = Float64Array.from(since.values()).sort()
      const age = (rank: number) => Math.max(0, (now - (moments[rank] ?? now)) / 1000)
      max.push({ attributes, value: age(0) })
      p95.push({ attributes, value: age(Math.floor(moments.length * 0.05)) })
    }
    return new Map([
      ["spark.application.state.age.max", max],
      ["spark.application.state.age.p95", p95],
    ])
  }

  #group(namespace: string, state: string): Group {
    const key = `${namespace}\0${state}`
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    const made: Group = { attributes: { [namespaceAttribute]: namespace, state }, since: new Map() }
    this.#groups.set(key, made)
    return made
  }
}
