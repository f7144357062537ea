/**
 * The progress of a run in its status. A reading is stored there completely, so that a restarted operator knows what was read last, and
 * since when nothing has moved.
 */

import type { ApplicationProgress, SparkApplicationStatus } from "../../../api/application/SparkApplicationStatus.ts"
import { timestamp } from "../../../kube/Time.ts"
import { hasMoved, type Progress, progressText } from "../../../spark/monitoring/DriverProgress.ts"

/** What was read from the driver of one submission. */
export interface Reading {
  readonly progress: Progress
  /** Epoch milliseconds: when a reading last showed that something moved. */
  readonly movedAt: number
  /** Epoch milliseconds: when this was read. */
  readonly readAt: number
}

/** The next reading of a run; `before` is the previous one of the same submission, or the progress in its status. */
export const nextReading = (
  before: Reading | ApplicationProgress | undefined,
  progress: Progress,
  now: number,
): Reading => {
  const { counts, at } = previous(before)
  return counts === undefined || at === undefined || Number.isNaN(at) || hasMoved(counts, progress)
    ? { progress, movedAt: now, readAt: now }
    : { progress, movedAt: at, readAt: now }
}

const previous = (before: Reading | ApplicationProgress | undefined) => {
  if (before === undefined) return { counts: undefined, at: undefined }
  if ("movedAt" in before) return { counts: before.progress, at: before.movedAt }
  const { jobs, stages, tasks, batch, lastProgressTime } = before
  const counts = jobs && stages && tasks ? { jobs, stages, tasks, batch } : undefined
  return { counts, at: lastProgressTime === undefined ? undefined : Date.parse(lastProgressTime) }
}

/** The reading as it is stored in the status. */
export const progressStatus = ({ progress, movedAt }: Reading): ApplicationProgress => {
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

/** The status with the last reading, if there is one. */
export const withReading = (status: SparkApplicationStatus, reading: Reading | undefined): SparkApplicationStatus =>
  reading === undefined ? status : { ...status, progress: progressStatus(reading) }

/** The progress of a run that succeeded: everything is done, and the counts of the last reading would contradict that. */
export const completed = (progress: ApplicationProgress | undefined, finishedAt: number): ApplicationProgress => {
  const lastProgressTime = timestamp(finishedAt)
  return progress?.batch === undefined
    ? { summary: "100%", lastProgressTime }
    : { summary: `batch ${progress.batch.id}`, batch: progress.batch, lastProgressTime }
}
