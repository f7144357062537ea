/**
 * The progress of a run as the status tells it. What was read of a driver stands in the status as it is, so that an operator that starts
 * anew knows what it saw last, and since when nothing has moved.
 */

import type { ApplicationProgress, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { timestamp } from "../../kube/Time.ts"
import { hasMoved, type Progress, progressText } from "../../spark/monitoring/DriverProgress.ts"

/** What was read of the driver of one submission. */
export interface Reading {
  readonly progress: Progress
  /** Epoch milliseconds: when something was seen to have moved. */
  readonly movedAt: number
  /** Epoch milliseconds: when the driver last said so. */
  readonly readAt: number
}

/** The next reading of a run: `before` is the one of the same submission before it, or what its status says. */
export const nextReading = (
  before: Reading | ApplicationProgress | undefined,
  progress: Progress,
  now: number,
): Reading => {
  const { counts, at } = seen(before)
  return counts === undefined || at === undefined || Number.isNaN(at) || hasMoved(counts, progress)
    ? { progress, movedAt: now, readAt: now }
    : { progress, movedAt: at, readAt: now }
}

const seen = (before: Reading | ApplicationProgress | undefined) => {
  if (before === undefined) return { counts: undefined, at: undefined }
  if ("movedAt" in before) return { counts: before.progress, at: before.movedAt }
  const { jobs, stages, tasks, batch, lastProgressTime } = before
  const counts = jobs && stages && tasks ? { jobs, stages, tasks, batch } : undefined
  return { counts, at: lastProgressTime === undefined ? undefined : Date.parse(lastProgressTime) }
}

/** The reading as it stands in the status. */
export const reported = ({ progress, movedAt }: Reading): ApplicationProgress => {
  const { jobs, stages, tasks, executors, description, batch } = progress
  const summary = progressText(progress)
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    jobs,
    stages,
    tasks,
    executors,
    ...(batch === undefined ? {} : { batch: { id: batch.id, time: timestamp(batch.at) } }),
    lastProgressTime: timestamp(movedAt),
  }
}

/** The status with what was read last, if anything was. */
export const withReading = (status: SparkApplicationStatus, reading: Reading | undefined): SparkApplicationStatus =>
  reading === undefined ? status : { ...status, progress: reported(reading) }

/** A run that ended well has done everything; the counts of the last look would only contradict that. */
export const completed = (progress: ApplicationProgress | undefined, finishedAt: number): ApplicationProgress => {
  const lastProgressTime = timestamp(finishedAt)
  return progress?.batch === undefined
    ? { summary: "100%", lastProgressTime }
    : { summary: `batch ${progress.batch.id}`, batch: progress.batch, lastProgressTime }
}
