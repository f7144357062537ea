/**
 * How far a running application is, from what its driver says over Spark's REST API (`/api/v1/applications/<id>/jobs` and `/executors`,
 * `org.apache.spark.status.api.v1.api.scala`). Spark knows the jobs that were submitted so far, not those to come: the percentage is the
 * share of the tasks of all jobs it knows, and may fall when a new job begins.
 */
import { Predicate } from "effect"

export interface Counts {
  readonly active: number
  readonly completed: number
  readonly failed: number
}

export interface Progress {
  readonly stages: Counts
  readonly tasks: Counts & { readonly total: number }
  /** Executors that the driver counts as active; the driver itself is none. */
  readonly executors: number
  /** The newest micro-batch of a Structured Streaming query. */
  readonly batch: Batch | undefined
}

export interface Batch {
  readonly id: number
  /** Epoch milliseconds: when it ended, or, while it goes on, when it began. */
  readonly at: number
}

/** What the stages of an application are doing, in one word. */
export const stageStates = ["none", "pending", "active", "complete", "failed"] as const
export type StageState = (typeof stageStates)[number]

const number = (job: object, field: string): number => {
  const value: unknown = Reflect.get(job, field)
  return Number.isFinite(value) ? Number(value) : 0
}

const objects = (answer: unknown): ReadonlyArray<object> =>
  Array.isArray(answer) ? answer.filter((one) => Predicate.isObject(one)) : []

/** Spark writes `2026-11-21T02:00:00.123GMT`. */
const epoch = (job: object, field: string): number | undefined => {
  const text: unknown = Reflect.get(job, field)
  const time = typeof text === "string" ? Date.parse(text.replace(/GMT$/, "Z")) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

/** Structured Streaming describes its jobs so (`StreamExecution.getBatchDescriptionString`), perhaps after the query's name. */
const batchNumber = /(?:^|\n|<br\/>)\s*batch = (\d+)/

const batchOf = (jobs: ReadonlyArray<object>): Batch | undefined => {
  const batches = jobs.flatMap((job) => {
    const description: unknown = Reflect.get(job, "description")
    const id = typeof description === "string" ? batchNumber.exec(description)?.[1] : undefined
    const at = epoch(job, "completionTime") ?? epoch(job, "submissionTime")
    return id === undefined || at === undefined ? [] : [{ id: Number(id), at }]
  })
  return batches.length === 0 ? undefined : batches.reduce((a, b) => (b.at > a.at ? b : a))
}

/** The answers to `/jobs` and `/executors`; what is missing in them counts as zero. */
export const progressOf = (jobsAnswer: unknown, executorsAnswer: unknown): Progress => {
  const jobs = objects(jobsAnswer)
  const sum = (field: string) => jobs.reduce((total, job) => total + number(job, field), 0)
  const skipped = sum("numSkippedTasks")
  return {
    stages: { active: sum("numActiveStages"), completed: sum("numCompletedStages"), failed: sum("numFailedStages") },
    tasks: {
      active: sum("numActiveTasks"),
      // Of a task that ran twice only one attempt counts, as in Spark's own progress bar; skipped ones had been done before.
      completed: jobs.reduce((total, job) => total + completedOf(job), 0),
      failed: sum("numFailedTasks"),
      total: Math.max(0, sum("numTasks") - skipped),
    },
    executors: objects(executorsAnswer).filter(
      (one) => Reflect.get(one, "id") !== "driver" && Reflect.get(one, "isActive") !== false,
    ).length,
    batch: batchOf(jobs),
  }
}

/** Jobs of Spark before 2.4 have no completed indices. */
const completedOf = (job: object): number =>
  Reflect.has(job, "numCompletedIndices") ? number(job, "numCompletedIndices") : number(job, "numCompletedTasks")

/** `42%`, or `batch 17` of a streaming query, which has no end; undefined before the first job. 100 % is said only when it has ended. */
export const progressText = ({ tasks, batch }: Progress): string | undefined => {
  if (batch !== undefined) return `batch ${batch.id}`
  return tasks.total === 0 ? undefined : `${Math.min(99, Math.floor((100 * tasks.completed) / tasks.total))}%`
}

/** Seconds since the newest micro-batch ended, or began; undefined without one. */
export const batchAge = ({ batch }: Progress, now: number): number | undefined =>
  batch === undefined ? undefined : Math.max(0, (now - batch.at) / 1000)

export const stageStateOf = (progress: Progress | undefined): StageState => {
  if (progress === undefined) return "none"
  const { stages, tasks } = progress
  if (stages.active > 0) return "active"
  if (tasks.total > tasks.completed && stages.failed === 0) return "pending"
  if (stages.completed > 0) return "complete"
  return stages.failed > 0 ? "failed" : "none"
}

/** Whether anything moved between two looks. */
export const hasMoved = (before: Progress | undefined, after: Progress): boolean =>
  before === undefined ||
  before.tasks.completed !== after.tasks.completed ||
  before.tasks.active !== after.tasks.active ||
  before.tasks.total !== after.tasks.total ||
  before.stages.completed !== after.stages.completed ||
  before.batch?.id !== after.batch?.id
