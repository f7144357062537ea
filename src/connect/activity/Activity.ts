/**
 * Whether a server is used, from its REST API. From 4.3 on it lists its sessions and operations; before, only the jobs of Spark show that
 * somebody works, and an open session in which nothing runs looks idle. Statements are the users' data and are not read. Pure.
 */

import { Predicate } from "effect"
import type { ActivitySignal } from "../../api/connect/SparkConnectStatus.ts"

export interface Activity {
  readonly signal: ActivitySignal
  /** Absent before Spark 4.3. */
  readonly sessions?: { readonly open: number; readonly total: number } | undefined
  /** Operations, or jobs before Spark 4.3. */
  readonly running: number
  /** When the last of them ended, in epoch milliseconds; undefined if there was none. */
  readonly lastEndAt: number | undefined
  /** Epoch milliseconds. */
  readonly readAt: number
}

const objects = (answer: unknown): ReadonlyArray<object> =>
  Array.isArray(answer) ? answer.filter((one) => Predicate.isObject(one)) : []

/** Epoch milliseconds; 0 and everything else that is not a time count as none. */
const time = (value: unknown): number | undefined => {
  const ms = Predicate.isString(value) ? Date.parse(value.replace(/GMT$/, "Z")) : Number(value)
  return Number.isFinite(ms) && ms > 0 ? ms : undefined
}

const newest = (times: ReadonlyArray<number | undefined>): number | undefined => {
  const known = times.filter((one) => one !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

/** The answers to `/connect/sessions` and `/connect/operations`. */
export const ofSessions = (sessions: unknown, operations: unknown, readAt: number): Activity => {
  const all = objects(sessions).map((one) => time(Reflect.get(one, "finishTimestamp")))
  const ends = objects(operations).map((one) =>
    newest([time(Reflect.get(one, "finishTimestamp")), time(Reflect.get(one, "closeTimestamp"))]),
  )
  return {
    signal: "Sessions",
    sessions: { open: all.filter((end) => end === undefined).length, total: all.length },
    running: ends.filter((end) => end === undefined).length,
    lastEndAt: newest([...all, ...ends]),
    readAt,
  }
}

/** The answer to `/jobs`. */
export const ofJobs = (jobs: unknown, readAt: number): Activity => {
  const all = objects(jobs)
  return {
    signal: "Jobs",
    running: all.filter((job) => Reflect.get(job, "status") === "RUNNING").length,
    lastEndAt: newest(all.map((job) => time(Reflect.get(job, "completionTime")))),
    readAt,
  }
}

/** Nobody has a session open, and nothing runs. */
export const isQuiet = ({ sessions, running }: Activity): boolean => (sessions?.open ?? 0) === 0 && running === 0
