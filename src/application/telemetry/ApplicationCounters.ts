/**
 * Counters per application. Their series live as long as the application: the SDK never forgets an attribute set, so they are
 * kept here and passed to both readers by a metric producer. What happens to pods of no known application is counted
 * under their namespace alone; beyond the cap applications share `__other__`.
 */

import type { StageState } from "../../spark/monitoring/DriverProgress.ts"
import { AttributeLimit, other } from "../../telemetry/meter/AttributeLimit.ts"
import { type Attributes, namespaceAttribute } from "../../telemetry/meter/Attributes.ts"
import type { Point } from "../../telemetry/meter/Producer.ts"
import type { NameOf } from "./ApplicationMeters.ts"

type Name = NameOf<"object-counter">

interface Series {
  readonly attributes: Attributes
  readonly values: Record<Name, number>
  /** When the series began, in milliseconds since 1970: those of a recreated application start from zero. */
  readonly since: number
}

interface Entry {
  readonly attributes: Attributes
  /** By what the stages do; each begins when they first do that. */
  readonly series: Map<StageState, Series>
}

export interface ApplicationCounters {
  /** The application exists: its series start at zero. Harmless when known. */
  readonly open: (namespace: string, application: string) => void
  /** Its stages do this now: what happens to its pods meanwhile is counted from zero on. Only for applications with series of their own. */
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
  readonly limit: AttributeLimit
  readonly onOverflow: () => void
  readonly now: () => number
}

export const make = ({
  perApplication,
  cap,
  limit,
  onOverflow,
  now,
}: ApplicationCountersSettings): ApplicationCounters => {
  /** By `namespace/name`; series that are not of one application have keys without `/`. */
  const entries = new Map<string, Entry>()
  const own = new Set<string>()

  const seriesOf = ({ attributes, series }: Entry, state: StageState): Series => {
    const known = series.get(state)
    if (known !== undefined) return known
    const values = {
      "spark.operator.pod.creations": 0,
      "spark.operator.pod.updates": 0,
      "spark.operator.pod.deletions": 0,
    }
    const made: Series = { attributes: { ...attributes, stage_state: state }, values, since: now() }
    series.set(state, made)
    return made
  }

  const entryOf = (key: string, attributes: Attributes): Entry => {
    const known = entries.get(key)
    if (known !== undefined) return known
    const made: Entry = { attributes, series: new Map() }
    entries.set(key, made)
    seriesOf(made, "none")
    return made
  }

  const inNamespace = (namespace: string): Attributes => ({
    [namespaceAttribute]: limit.limit(namespaceAttribute, namespace),
  })

  const shared = (namespace: string, known: boolean): Entry => {
    const attributes = inNamespace(namespace)
    const text = attributes[namespaceAttribute] ?? ""
    if (!known || !perApplication) return entryOf(text, attributes)
    onOverflow()
    return entryOf(`${text} ${other}`, { ...attributes, app_name: other })
  }

  const open = (namespace: string, application: string) => {
    const key = `${namespace}/${application}`
    if (!perApplication || own.has(key) || own.size >= cap) return
    own.add(key)
    entryOf(key, { ...inNamespace(namespace), app_name: application })
  }

  entryOf("", {})

  return {
    open,
    stages: (namespace, application, state) => {
      const entry = entries.get(`${namespace}/${application}`)
      if (entry !== undefined) seriesOf(entry, state)
    },
    close: (namespace, application) => {
      const key = `${namespace}/${application}`
      if (own.delete(key)) entries.delete(key)
    },
    count: (name, namespace, application, known, state) => {
      // An application that was finished when this process started gets its series when something happens to its pods all the same.
      if (known && application !== undefined) open(namespace, application)
      const entry = entries.get(`${namespace}/${application ?? ""}`) ?? shared(namespace, known)
      seriesOf(entry, state).values[name] += 1
    },
    points: (name) =>
      [...entries.values()].flatMap(({ series }) =>
        Array.from(series.values(), ({ attributes, values, since }) => ({ attributes, value: values[name], since })),
      ),
  }
}
