/**
 * Names of runs. That of a scheduled run follows from its scheduled time, and that of a run by hand from the token that asked for it: a
 * repeated start has the same name, so the API server refuses to create the run twice.
 */

import { createHash } from "node:crypto"
import type { TimestampPrecision } from "../api/schedule/TimestampPrecision.ts"
import { maxLabelLength } from "../spark/Names.ts"

/** Scheduled times are whole seconds; finer units only add zeros, which keeps the length and the order of kubeflow's names. */
const zeros: Readonly<Record<Exclude<TimestampPrecision, "minutes">, string>> = {
  nanos: "0".repeat(9),
  micros: "0".repeat(6),
  millis: "0".repeat(3),
  seconds: "",
}

const numberOf = (time: number, precision: TimestampPrecision): string => {
  const seconds = Math.floor(time / 1000)
  return precision === "minutes" ? String(Math.floor(seconds / 60)) : `${seconds}${zeros[precision]}`
}

/** `<schedule>-<number>`; `time` is in epoch milliseconds. */
export const runName = (schedule: string, time: number, precision: TimestampPrecision): string =>
  `${schedule}-${numberOf(time, precision)}`

/** Every time until 2286 has a number of this length. */
const sampleTime = Date.UTC(2026, 0, 1)

/** The longest name of a schedule whose runs have names that an application may have. */
export const longestScheduleName = (precision: TimestampPrecision): number =>
  maxLabelLength - 1 - numberOf(sampleTime, precision).length

const manual = "-manual-"
const digits = 8

/**
 * `<schedule>-manual-<8 hex digits of uid and token>`, the name of the schedule cut where it is too long. Only the same schedule, not a later
 * one of the same name, makes the same name for the same token.
 */
export const manualRunName = (schedule: { readonly name: string; readonly uid: string }, token: string): string => {
  const hash = createHash("sha256").update(`${schedule.uid}\n${token}`).digest("hex").slice(0, digits)
  const base = schedule.name.slice(0, maxLabelLength - manual.length - digits).replace(/-+$/, "")
  return `${base}${manual}${hash}`
}
