/**
 * Counters per application. Their series live as long as the application: the SDK never forgets an attribute set, so they are
 * kept here and passed to both readers by a metric producer. What happens to pods of no known application is counted
 * under their namespace alone; beyond the cap applications share `__other__`.
 */

import type { StageState } from "../../spark/monitoring/DriverProgress.ts"
import { other } from "../../telemetry/meter/AttributeLimit.ts"
import { type Attributes, namespaceAttribute } from "../../telemetry/meter/Attributes.ts"
import { type NameOf, namesOf } from "../../telemetry/meter/InstrumentTable.ts"
import type { Point } from "../../telemetry/meter/Producer.ts"
import type { Identities } from "./ApplicationIdentity.ts"
import { PodInstruments } from "./PodInstruments.ts"

type Name = NameOf<typeof PodInstruments, "produced-counter">

interface Counter extends Point {
  readonly name: Name
  value: number
  /** When the series began: those of a recreated application start from zero. */
  readonly since: number
}

interface Entry {
  readonly attributes: Attributes
  /** By name, and for deletions by what the stages did. */
  readonly counters: Map<string, Counter>
}

export interface ApplicationCounters {
  /** The application exists: its series start at zero. Harmless when known. */
  readonly open: (namespace: string, application: string) => void
  /** Its stages do this now: deletions of its pods meanwhile are counted from zero on. Only for applications with series of their own. */
  readonly stages: (namespace: string, application: string, state: StageState) => void
  /** The application is gone, and its series with it. */
  readonly close: (namespace: string, application: string) => void
  /** Counts one event of a pod; `known` says whether its application exists (an application beyond the cap does too). */
  readonly count: (
    name: Name,
    namespace: string,
    application: string | undefined,
    known: boolean,
    state: StageState,
  ) => void
  readonly points: (name: Name) => ReadonlyArray<Point>
}

export interface ApplicationCountersSettings {
  /** False: no series per application, everything is counted by namespace. */
  readonly perApplication: boolean
  /** Applications that have series of their own at the same time. */
  readonly cap: number
  readonly identities: Identities
  readonly onOverflow: () => void
  readonly now: () => number
}

export const make = ({
  perApplication,
  cap,
  identities,
  onOverflow,
  now,
}: ApplicationCountersSettings): ApplicationCounters => {
  /** By `namespace/name`; series that are not of one application have keys without `/`. */
  const entries = new Map<string, Entry>()
  const own = new Set<string>()

  const counterOf = ({ attributes, counters }: Entry, name: Name, state: StageState): Counter => {
    const stages = name === "spark.operator.pod.deletions" ? { stage_state: state } : {}
    const key = `${name} ${stages.stage_state ?? ""}`
    const counter = counters.get(key) ?? { name, attributes: { ...attributes, ...stages }, value: 0, since: now() }
    counters.set(key, counter)
    return counter
  }

  const entryOf = (key: string, attributes: Attributes): Entry => {
    const known = entries.get(key)
    if (known !== undefined) return known
    const made: Entry = { attributes, counters: new Map() }
    entries.set(key, made)
    for (const name of namesOf(PodInstruments, "produced-counter")) counterOf(made, name, "none")
    return made
  }

  const shared = (namespace: string, known: boolean): Entry => {
    const attributes = identities.inNamespace(namespace)
    const text = attributes[namespaceAttribute]
    if (!known || !perApplication) return entryOf(text, attributes)
    onOverflow()
    return entryOf(`${text} ${other}`, { ...attributes, app_name: other })
  }

  const open = (namespace: string, application: string) => {
    const key = `${namespace}/${application}`
    if (!perApplication || own.has(key) || own.size >= cap) return
    own.add(key)
    entryOf(key, { ...identities.inNamespace(namespace), app_name: application })
  }

  entryOf("", {})

  return {
    open,
    stages: (namespace, application, state) => {
      const entry = entries.get(`${namespace}/${application}`)
      if (entry !== undefined) counterOf(entry, "spark.operator.pod.deletions", state)
    },
    close: (namespace, application) => {
      const key = `${namespace}/${application}`
      if (own.delete(key)) entries.delete(key)
    },
    count: (name, namespace, application, known, state) => {
      // An application that was finished when this process started gets its series when something happens to its pods all the same.
      if (known && application !== undefined) open(namespace, application)
      const entry = entries.get(`${namespace}/${application ?? ""}`) ?? shared(namespace, known)
      counterOf(entry, name, state).value += 1
    },
    points: (name) =>
      [...entries.values()].flatMap(({ counters }) =>
        [...counters.values()].filter((counter) => counter.name === name),
      ),
  }
}
