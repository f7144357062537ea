/**
 * Counters per application. Their series live as long as the application: the SDK never forgets an attribute set, so they are
 * kept here and handed to both exports by a metric producer. What happens to pods of no known application is counted
 * under their namespace alone; beyond the cap applications share `__other__`.
 */

import type { NameOf } from "../../Instruments.ts"
import type { StageState } from "../../spark/monitoring/DriverProgress.ts"
import { AttributeLimit, other } from "../../telemetry/meter/AttributeLimit.ts"
import { namespaceAttribute } from "./ApplicationIdentity.ts"
import type { Attributes } from "./Measurement.ts"

type Name = NameOf<"application-counter">

interface Series {
  readonly attributes: Attributes
  readonly values: Record<Name, number>
  /** When the series began, in milliseconds since 1970: a recreated application starts anew. */
  readonly since: number
}

interface Entry {
  readonly attributes: Attributes
  /** By what the stages do; each begins when they first do that. */
  readonly series: Map<StageState, Series>
}

export interface ApplicationPoint {
  readonly attributes: Attributes
  readonly value: number
  readonly since: number
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

export class ApplicationCounters {
  readonly #settings: ApplicationCountersSettings
  /** By `namespace/name`; series that are not of one application have keys without `/`. */
  readonly #entries = new Map<string, Entry>()
  readonly #own = new Set<string>()

  constructor(settings: ApplicationCountersSettings) {
    this.#settings = settings
    this.#entry("", {})
  }

  /** The application exists: its series start at zero. Harmless when known. */
  open(namespace: string, application: string): void {
    const key = `${namespace}/${application}`
    if (!this.#settings.perApplication || this.#own.has(key) || this.#own.size >= this.#settings.cap) return
    this.#own.add(key)
    this.#entry(key, { ...this.#namespace(namespace), app_name: application })
  }

  /** Its stages do this now: what happens to its pods meanwhile is counted from zero on. Only for applications with series of their own. */
  stages(namespace: string, application: string, state: StageState): void {
    const entry = this.#entries.get(`${namespace}/${application}`)
    if (entry !== undefined) this.#series(entry, state)
  }

  /** The application is gone, and its series with it. */
  close(namespace: string, application: string): void {
    const key = `${namespace}/${application}`
    if (this.#own.delete(key)) this.#entries.delete(key)
  }

  /** Counts one event of a pod; `known` says whether its application exists (an application beyond the cap does too). */
  count(name: Name, namespace: string, application: string | undefined, known: boolean, state: StageState): void {
    const key = `${namespace}/${application ?? ""}`
    // One that was over when this process began gets its series when something happens to its pods all the same.
    if (known && application !== undefined) this.open(namespace, application)
    const entry = this.#entries.get(key) ?? this.#shared(namespace, known)
    this.#series(entry, state).values[name] += 1
  }

  points(name: Name): ReadonlyArray<ApplicationPoint> {
    return [...this.#entries.values()].flatMap(({ series }) =>
      Array.from(series.values(), ({ attributes, values, since }) => ({ attributes, value: values[name], since })),
    )
  }

  #shared(namespace: string, known: boolean): Entry {
    const attributes = this.#namespace(namespace)
    const text = attributes[namespaceAttribute] ?? ""
    if (!known || !this.#settings.perApplication) return this.#entry(text, attributes)
    this.#settings.onOverflow()
    return this.#entry(`${text} ${other}`, { ...attributes, app_name: other })
  }

  #namespace(namespace: string): Attributes {
    return { [namespaceAttribute]: this.#settings.limit.limit(namespaceAttribute, namespace) }
  }

  #entry(key: string, attributes: Attributes): Entry {
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const made: Entry = { attributes, series: new Map() }
    this.#entries.set(key, made)
    this.#series(made, "none")
    return made
  }

  #series({ attributes, series }: Entry, state: StageState): Series {
    const known = series.get(state)
    if (known !== undefined) return known
    const values = { "spark.operator.pod.created": 0, "spark.operator.pod.updated": 0, "spark.operator.pod.deleted": 0 }
    const made: Series = { attributes: { ...attributes, stage_state: state }, values, since: this.#settings.now() }
    series.set(state, made)
    return made
  }
}
