/**
 * The progress of a running application, from the REST API of its driver (`/api/v1/applications/<id>/jobs` and `/allexecutors`,
 * `org.apache.spark.status.api.v1.api.scala`). Spark knows the jobs that were submitted so far, not future ones: the percentage is the
 * completed share of the tasks of all known jobs and may decrease when a new job begins. Spark keeps the newest jobs
 * (`spark.ui.retainedJobs`).
 */

import { Predicate } from "effect"

export interface Counts {
  readonly active: number
  readonly completed: number
  readonly failed: number
}

export interface Progress {
  readonly jobs: Counts
  readonly stages: Counts
  readonly tasks: Counts & { readonly total: number }
  /** Executors that the driver counts as active, without the driver itself. */
  readonly executors: number
  /** The description of the newest running job, from Spark or the user. */
  readonly description: string | undefined
  /** The newest micro-batch of a Structured Streaming query. */
  readonly batch: Batch | undefined
  /** The share of the time of all executors' cores in which tasks ran, from 0 to 1; undefined before the first executor. */
  readonly coreUtilization?: number | undefined
}

export interface Batch {
  readonly id: number
  /** Epoch milliseconds: when it ended, or while it runs, when it began. */
  readonly at: number
}

/** A summary of the states of all stages. */
export const stageStates = ["none", "pending", "active", "complete", "failed"] as const
export type StageState = (typeof stageStates)[number]

/** A whole number that is not negative; 0 for anything else, because the answer is not trusted. */
const count = (job: object, field: string): number => {
  const value: unknown = Reflect.get(job, field)
  return Predicate.isNumber(value) && value > 0 ? Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER) : 0
}

const text = (job: object, field: string): string => {
  const value: unknown = Reflect.get(job, field)
  return Predicate.isString(value) ? value : ""
}

const objects = (answer: unknown): ReadonlyArray<object> =>
  Array.isArray(answer) ? answer.filter((one) => Predicate.isObject(one)) : []

/** Spark writes `2026-11-21T02:00:00.123GMT`. */
const epoch = (job: object, field: string): number | undefined => {
  const time = Date.parse(text(job, field).replace(/GMT$/, "Z"))
  return Number.isNaN(time) ? undefined : time
}

/**
 * Structured Streaming describes its jobs like this (`StreamExecution.getBatchDescriptionString`), possibly after the name of the query.
 * The answer is not trusted, so neither pattern here may backtrack.
 */
const batchNumber = /(?:^|\n|<br\/>)[ \t]*batch = (\d{1,15})/
const markup = /<[^<>]*>/g

const batchOf = (jobs: ReadonlyArray<object>): Batch | undefined =>
  jobs.reduce<Batch | undefined>((newest, job) => {
    const at = epoch(job, "completionTime") ?? epoch(job, "submissionTime")
    if (at === undefined || (newest !== undefined && at <= newest.at)) return newest
    const id = batchNumber.exec(text(job, "description"))?.[1]
    return id === undefined ? newest : { id: Number(id), at }
  }, undefined)

const longestDescription = 200

/** Spark lists the newest job first. Descriptions may hold links of the UI and line breaks. */
const descriptionOf = (jobs: ReadonlyArray<object>): string | undefined => {
  const job = jobs.find((one) => text(one, "status") === "RUNNING")
  if (job === undefined) return undefined
  const plain = (text(job, "description").trim() || text(job, "name"))
    .slice(0, 4096)
    .replace(markup, " ")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
  return plain.length > longestDescription ? `${plain.slice(0, longestDescription - 1)}…` : plain || undefined
}

/** Counts a task that ran twice once, as Spark's own progress bar does. Spark before 2.4 does not report this number. */
const completedOf = (job: object): number =>
  Reflect.has(job, "numCompletedIndices") ? count(job, "numCompletedIndices") : count(job, "numCompletedTasks")

/**
 * Task time over core time. Spark adds the duration of a task when it ends. Executors that are gone count, too, as many as Spark keeps
 * (`spark.ui.retainedDeadExecutors`). Tasks that need several cores occupy them all. `now` is in epoch milliseconds.
 */
export const coreUtilization = (executorsAnswer: unknown, now: number): number | undefined => {
  let [tasks, cores] = [0, 0]
  for (const executor of objects(executorsAnswer)) {
    const began = epoch(executor, "addTime")
    if (text(executor, "id") === "driver" || began === undefined) continue
    const ended = epoch(executor, "removeTime") ?? now
    tasks += count(executor, "totalDuration")
    cores += (count(executor, "maxTasks") || count(executor, "totalCores")) * Math.max(0, ended - began)
  }
  return cores === 0 ? undefined : Math.round(Math.min(1, tasks / cores) * 1000) / 1000
}

/** The answers to `/jobs` and `/allexecutors`, without `coreUtilization`; missing values count as zero. */
export const progressOf = (jobsAnswer: unknown, executorsAnswer: unknown): Progress => {
  const jobs = objects(jobsAnswer)
  const sum = (field: string) => jobs.reduce((total, job) => total + count(job, field), 0)
  const inStatus = (status: string) => jobs.reduce((total, job) => total + (text(job, "status") === status ? 1 : 0), 0)
  return {
    jobs: { active: inStatus("RUNNING"), completed: inStatus("SUCCEEDED"), failed: inStatus("FAILED") },
    stages: { active: sum("numActiveStages"), completed: sum("numCompletedStages"), failed: sum("numFailedStages") },
    tasks: {
      active: sum("numActiveTasks"),
      completed: jobs.reduce((total, job) => total + completedOf(job), 0),
      failed: sum("numFailedTasks"),
      // Skipped tasks were completed by an earlier job.
      total: jobs.reduce(
        (total, job) => total + Math.max(0, count(job, "numTasks") - count(job, "numSkippedTasks")),
        0,
      ),
    },
    executors: objects(executorsAnswer).filter(
      (one) => text(one, "id") !== "driver" && Reflect.get(one, "isActive") !== false,
    ).length,
    description: descriptionOf(jobs),
    batch: batchOf(jobs),
  }
}

/** Ids of the executors that an answer to `/allexecutors` counts as active. */
export const executorIds = (executorsAnswer: unknown): ReadonlyArray<number> =>
  objects(executorsAnswer)
    .filter((one) => Reflect.get(one, "isActive") !== false && /^\d{1,15}$/.test(text(one, "id")))
    .map((one) => Number(text(one, "id")))

/** Completed share of the known tasks, 0 to 1; undefined before the first job and for a streaming query, which has no end. */
export const shareOf = ({ tasks, batch }: Progress): number | undefined =>
  batch !== undefined || tasks.total === 0 ? undefined : Math.min(1, tasks.completed / tasks.total)

/** `42%`, or `batch 17` for a streaming query; undefined before the first job. 100% is reserved for an application that has ended. */
export const progressText = (progress: Progress): string | undefined => {
  if (progress.batch !== undefined) return `batch ${progress.batch.id}`
  const share = shareOf(progress)
  return share === undefined ? undefined : `${Math.min(99, Math.floor(100 * share))}%`
}

export const stageStateOf = (progress: Progress | undefined): StageState => {
  if (progress === undefined) return "none"
  const { stages, tasks } = progress
  if (stages.active > 0) return "active"
  if (tasks.total > tasks.completed && stages.failed === 0) return "pending"
  if (stages.completed > 0) return "complete"
  return stages.failed > 0 ? "failed" : "none"
}

const countsOf = ({ jobs, stages, tasks }: Pick<Progress, "jobs" | "stages" | "tasks">): ReadonlyArray<number> =>
  [jobs, stages, tasks].flatMap(({ active, completed, failed }) => [active, completed, failed]).concat(tasks.total)

/** Whether any job, stage, task or micro-batch began or ended between two readings. */
export const hasMoved = (
  before: Pick<Progress, "jobs" | "stages" | "tasks"> & { readonly batch?: { readonly id: number } | undefined },
  after: Progress,
): boolean => {
  const now = countsOf(after)
  return before.batch?.id !== after.batch?.id || countsOf(before).some((value, index) => value !== now[index])
}
