/**
 * The work of running drivers as numbers: sums over all applications, which move by the difference of two readings, and series
 * per application, which exist as long as the driver runs. Also knows what the stages of an application do, for the metrics of its pods.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { Counts, Progress, StageState } from "../../spark/monitoring/DriverProgress.ts"
import { shareOf, stageStateOf } from "../../spark/monitoring/DriverProgress.ts"
import type { Attributes } from "../../telemetry/meter/Attributes.ts"
import type { NameOf } from "../../telemetry/meter/InstrumentTable.ts"
import type { Point } from "../../telemetry/meter/Producer.ts"
import type { Identities, InNamespace } from "./ApplicationIdentity.ts"
import type { ApplicationMeters } from "./ApplicationMeters.ts"
import { workStates } from "./KnownValues.ts"
import type { ProgressInstruments } from "./ProgressInstruments.ts"

/** The progress of a driver, and when it was last seen to change (milliseconds since 1970). */
export interface ProgressReading {
  readonly progress: Progress
  readonly movedAt: number
}

export interface ProgressSinks {
  readonly meters: ApplicationMeters
  readonly identities: Identities
  /** Applications that have series of their own at the same time; the others are only in the sums. */
  readonly cap: number
}

interface Running {
  readonly namespace: InNamespace
  readonly reading: ProgressReading
  /** Of the series of its own; undefined beyond the cap. */
  readonly own: Attributes | undefined
}

type Name = NameOf<typeof ProgressInstruments, "produced-gauge">

const summed = { jobs: "spark.job.state", stages: "spark.stage.state", tasks: "spark.task.state" } as const
const works = ["jobs", "stages", "tasks"] as const

export interface ProgressTelemetry {
  /** The progress of a driver was read. */
  readonly observed: (application: SparkApplication, reading: ProgressReading) => void
  /** The run is over; what its stages did last is remembered, because its pods end later. By `namespace/name`. */
  readonly ended: (key: string) => void
  /** The application is gone, or begins another run. By `namespace/name`. */
  readonly forget: (key: string) => void
  /** What the stages of an application do, or did last in its current run; `none` where that is not known. */
  readonly stageState: (namespace: string, application: string | undefined) => StageState
  /** The series that exist now; `now` is milliseconds since 1970. */
  readonly points: (name: Name, now: number) => ReadonlyArray<Point>
}

export const make = ({ meters, identities, cap }: ProgressSinks): ProgressTelemetry => {
  /** By `namespace/name`. */
  const running = new Map<string, Running>()
  const states = new Map<string, StageState>()
  let owning = 0

  const claim = (namespace: InNamespace, name: string): Attributes | undefined => {
    if (owning >= cap) return undefined
    owning++
    return { ...namespace, app_name: name }
  }

  const add = ({ namespace, reading: { progress } }: Running, sign: 1 | -1) => {
    const addTo = (name: NameOf<typeof ProgressInstruments, "positive-gauge">, value: number, under: Attributes) => {
      if (value !== 0) meters.gauge(name).add(sign * value, under)
    }
    for (const work of works) {
      for (const state of workStates) addTo(summed[work], progress[work][state], { ...namespace, state })
    }
    addTo("spark.executor.active", progress.executors, namespace)
  }

  const ended = (key: string) => {
    const before = running.get(key)
    if (before === undefined) return
    running.delete(key)
    add(before, -1)
    if (before.own !== undefined) owning--
  }

  const oldest = (ageOf: (reading: ProgressReading) => number | undefined): ReadonlyArray<Point> => {
    const ages = new Map<InNamespace, number>()
    for (const { namespace, reading } of running.values()) {
      const age = ageOf(reading)
      if (age !== undefined) ages.set(namespace, Math.max(age, ages.get(namespace) ?? 0))
    }
    return [...ages].map(([attributes, value]) => ({ attributes, value }))
  }

  return {
    observed: ({ metadata }, reading) => {
      const key = `${metadata.namespace}/${metadata.name}`
      const before = running.get(key)
      const namespace = identities.inNamespace(metadata.namespace)
      if (before !== undefined) add(before, -1)
      const now = { namespace, reading, own: before?.own ?? claim(namespace, metadata.name) }
      running.set(key, now)
      add(now, 1)
      states.set(key, stageStateOf(reading.progress))
    },
    ended,
    forget: (key) => {
      ended(key)
      states.delete(key)
    },
    stageState: (namespace, application) =>
      (application === undefined ? undefined : states.get(`${namespace}/${application}`)) ?? "none",
    points: (name, now) => {
      if (name === "spark.streaming.batch.age") return oldest((reading) => batchAge(reading, now))
      if (name === "spark.application.progress.age.max") return oldest((reading) => movedAge(reading, now))
      return [...running.values()].flatMap(({ own, reading }) =>
        own === undefined ? [] : pointsOf(own, ownValues[name](reading, now)),
      )
    },
  }
}

const batchAge = ({ progress: { batch } }: ProgressReading, now: number): number | undefined =>
  batch === undefined ? undefined : Math.max(0, (now - batch.at) / 1000)

const movedAge = ({ movedAt }: ProgressReading, now: number): number => Math.max(0, (now - movedAt) / 1000)

type OwnName = Exclude<Name, "spark.streaming.batch.age" | "spark.application.progress.age.max">

/** The values of one application: a number, if there is one, or a number by state. */
const ownValues: Readonly<Record<OwnName, (reading: ProgressReading, now: number) => number | Counts | undefined>> = {
  "spark.application.progress": ({ progress }) => shareOf(progress),
  "spark.application.progress.age": movedAge,
  "spark.application.jobs": ({ progress }) => progress.jobs,
  "spark.application.stages": ({ progress }) => progress.stages,
  "spark.application.tasks": ({ progress }) => progress.tasks,
  "spark.application.executors": ({ progress }) => progress.executors,
  "spark.application.executor.utilization": ({ progress }) => progress.coreUtilization,
  "spark.application.batch.age": batchAge,
}

const pointsOf = (attributes: Attributes, value: number | Counts | undefined): ReadonlyArray<Point> => {
  if (value === undefined) return []
  if (typeof value === "number") return [{ attributes, value }]
  return workStates.map((state) => ({ attributes: { ...attributes, state }, value: value[state] }))
}
