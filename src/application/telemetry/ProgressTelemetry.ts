/**
 * What running drivers say of their work, as numbers: sums over all applications, which move by the difference of two readings, and series
 * per application, which are there as long as the driver runs. Also knows what the stages of an application do, for whoever tells
 * of its pods.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { NameOf } from "../../Instruments.ts"
import type { Counts, Progress, StageState } from "../../spark/monitoring/DriverProgress.ts"
import { shareOf, stageStateOf } from "../../spark/monitoring/DriverProgress.ts"
import type { AttributeLimit } from "../../telemetry/meter/AttributeLimit.ts"
import type { Meters } from "../../telemetry/meter/Meters.ts"
import type { Point } from "../../telemetry/meter/PositiveGauge.ts"
import { type Identity, namespaceAttribute } from "./ApplicationIdentity.ts"
import { workStates } from "./KnownValues.ts"
import type { Attributes } from "./Measurement.ts"

/** What was read of a driver, and when something was last seen to move (milliseconds since 1970). */
export interface ProgressReading {
  readonly progress: Progress
  readonly movedAt: number
}

export interface ProgressSinks {
  readonly meters: Meters
  readonly limit: AttributeLimit
  readonly identify: (namespace: string, ...labels: ReadonlyArray<SparkApplication["metadata"]["labels"]>) => Identity
  /** Applications that have series of their own at the same time; the others are only in the sums. */
  readonly cap: number
}

interface Running {
  readonly identity: Identity
  readonly reading: ProgressReading
  /** Of the series of its own; undefined beyond the cap. */
  readonly own: Attributes | undefined
}

const summed = { jobs: "spark.job.state", stages: "spark.stage.state", tasks: "spark.task.state" } as const
const works = ["jobs", "stages", "tasks"] as const

const withState = (() => {
  const made = new WeakMap<Attributes, Readonly<Record<string, Attributes>>>()
  return (attributes: Attributes, state: keyof Counts): Attributes => {
    const known = made.get(attributes) ?? Object.fromEntries(workStates.map((it) => [it, { ...attributes, state: it }]))
    made.set(attributes, known)
    return known[state] ?? attributes
  }
})()

export class ProgressTelemetry {
  readonly #sinks: ProgressSinks
  /** By `namespace/name`. */
  readonly #running = new Map<string, Running>()
  readonly #states = new Map<string, StageState>()
  #owning = 0

  constructor(sinks: ProgressSinks) {
    this.#sinks = sinks
  }

  /** A driver was read. */
  observed({ metadata: { namespace, name, labels } }: SparkApplication, reading: ProgressReading): void {
    const key = `${namespace}/${name}`
    const before = this.#running.get(key)
    const identity = this.#sinks.identify(namespace, labels)
    this.#sinks.meters.startAtZero("application", identity.attributes)
    if (before !== undefined) this.#add(before, -1)
    const own = before?.own ?? this.#claim(namespace, name)
    const now = { identity, reading, own }
    this.#running.set(key, now)
    this.#add(now, 1)
    this.#states.set(key, stageStateOf(reading.progress))
  }

  /** The run is over; what its stages did last is remembered, because its pods have yet to go. */
  ended(key: string): void {
    const before = this.#running.get(key)
    if (before === undefined) return
    this.#running.delete(key)
    this.#add(before, -1)
    if (before.own !== undefined) this.#owning--
  }

  /** The application is gone, or begins another run. */
  forget(key: string): void {
    this.ended(key)
    this.#states.delete(key)
  }

  /** What the stages of an application do, or did last in its current run; `none` where nobody knows. */
  stageState(namespace: string, application: string | undefined): StageState {
    return (application === undefined ? undefined : this.#states.get(`${namespace}/${application}`)) ?? "none"
  }

  /** The series that exist now; `now` is milliseconds since 1970. */
  points(name: NameOf<"application-gauge">, now: number): ReadonlyArray<Point> {
    if (name === "spark.streaming.batch.age") return this.#oldest(({ progress }) => batchAge(progress, now))
    if (name === "spark.application.progress.age.max") return this.#oldest((reading) => movedAge(reading, now))
    return [...this.#running.values()].flatMap(({ own, reading }) =>
      own === undefined ? [] : ownPoints(name, own, reading, now),
    )
  }

  #claim(namespace: string, name: string): Attributes | undefined {
    if (this.#owning >= this.#sinks.cap) return undefined
    this.#owning++
    return { [namespaceAttribute]: this.#sinks.limit.limit(namespaceAttribute, namespace), app_name: name }
  }

  #add({ identity: { attributes }, reading: { progress } }: Running, sign: 1 | -1): void {
    const { meters } = this.#sinks
    const add = (name: NameOf<"positive-gauge">, value: number, under: Attributes) => {
      if (value !== 0) meters.gauge(name).add(sign * value, under)
    }
    for (const work of works) {
      for (const state of workStates) add(summed[work], progress[work][state], withState(attributes, state))
    }
    add("spark.executor.active", progress.executors, attributes)
  }

  #oldest(ageOf: (reading: ProgressReading) => number | undefined): ReadonlyArray<Point> {
    const oldest = new Map<Attributes, number>()
    for (const { identity, reading } of this.#running.values()) {
      const age = ageOf(reading)
      if (age !== undefined) oldest.set(identity.attributes, Math.max(age, oldest.get(identity.attributes) ?? 0))
    }
    return [...oldest].map(([attributes, value]) => ({ attributes, value }))
  }
}

const batchAge = ({ batch }: Progress, now: number): number | undefined =>
  batch === undefined ? undefined : Math.max(0, (now - batch.at) / 1000)

const movedAge = ({ movedAt }: ProgressReading, now: number): number => Math.max(0, (now - movedAt) / 1000)

const ownPoints = (
  name: Exclude<NameOf<"application-gauge">, "spark.streaming.batch.age" | "spark.application.progress.age.max">,
  attributes: Attributes,
  reading: ProgressReading,
  now: number,
): ReadonlyArray<Point> => {
  const { progress } = reading
  const one = (value: number | undefined) => (value === undefined ? [] : [{ attributes, value }])
  const each = (counts: Counts) =>
    workStates.map((state) => ({ attributes: withState(attributes, state), value: counts[state] }))
  switch (name) {
    case "spark.application.progress":
      return one(shareOf(progress))
    case "spark.application.progress.age":
      return one(movedAge(reading, now))
    case "spark.application.jobs":
      return each(progress.jobs)
    case "spark.application.stages":
      return each(progress.stages)
    case "spark.application.tasks":
      return each(progress.tasks)
    case "spark.application.executors":
      return one(progress.executors)
    case "spark.application.batch.age":
      return one(batchAge(progress, now))
  }
}
