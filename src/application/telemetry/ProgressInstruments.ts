/** The instruments about the work of running drivers, summed up and per application, and about reading it. */

import { type Instrument, workDuration } from "../../telemetry/meter/Instrument.ts"
import { readOutcomes, workStates } from "./KnownValues.ts"

const summed = {
  kind: "positive-gauge",
  changes: "the progress of a driver was read, or its run ended",
  identity: "namespace",
} as const
const own = {
  kind: "produced-gauge",
  changes: "the progress of a driver was read; exists as long as the driver runs",
  identity: "namespace",
} as const
const ofApplication = { app_name: [] } as const

export const ProgressInstruments = {
  "spark.job.state": {
    ...summed,
    unit: "{job}",
    description: "Jobs that running drivers know, by state",
    attributes: { state: workStates },
  },
  "spark.stage.state": {
    ...summed,
    unit: "{stage}",
    description: "Stages of the jobs that running drivers know, by state",
    attributes: { state: workStates },
  },
  "spark.task.state": {
    ...summed,
    unit: "{task}",
    description: "Tasks of the jobs that running drivers know, by state",
    attributes: { state: workStates },
  },
  "spark.executor.active": {
    ...summed,
    unit: "{executor}",
    description: "Executors that running drivers count as active",
  },
  "spark.streaming.batch.age": {
    kind: "produced-gauge",
    unit: "s",
    description:
      "Time since the newest micro-batch of a running streaming application ended, or began; the oldest of all applications",
    changes: "read when collected; exists as long as there is such an application",
    identity: "namespace",
  },
  "spark.application.progress.age.max": {
    kind: "produced-gauge",
    unit: "s",
    description:
      "Time since anything was seen to begin or end in a running application; the oldest of all applications",
    changes: "read when collected; exists as long as a driver whose progress was read runs",
    identity: "namespace",
  },

  "spark.application.progress": {
    ...own,
    unit: "1",
    description: "Share of the known tasks of an application that are done; none for streaming applications",
    attributes: ofApplication,
  },
  "spark.application.progress.age": {
    ...own,
    unit: "s",
    description: "Time since a job, stage, task or micro-batch of an application was last seen to begin or end",
    attributes: ofApplication,
  },
  "spark.application.jobs": {
    ...own,
    unit: "{job}",
    description: "Jobs that the driver of an application knows, by state",
    attributes: { ...ofApplication, state: workStates },
  },
  "spark.application.stages": {
    ...own,
    unit: "{stage}",
    description: "Stages of the jobs that the driver of an application knows, by state",
    attributes: { ...ofApplication, state: workStates },
  },
  "spark.application.tasks": {
    ...own,
    unit: "{task}",
    description: "Tasks of the jobs that the driver of an application knows, by state",
    attributes: { ...ofApplication, state: workStates },
  },
  "spark.application.executors": {
    ...own,
    unit: "{executor}",
    description: "Executors that the driver of an application counts as active",
    attributes: ofApplication,
  },
  "spark.application.executor.utilization": {
    ...own,
    unit: "1",
    description:
      "Share of the time of an application's executor cores in which tasks ran; none before the first executor",
    attributes: ofApplication,
  },
  "spark.application.batch.age": {
    ...own,
    unit: "s",
    description: "Time since the newest micro-batch of a streaming application ended, or, while it is running, began",
    attributes: ofApplication,
  },

  "spark.operator.progress.reads": {
    kind: "counter",
    unit: "{read}",
    description: "Requests for the progress of a running driver, by the way it was reached and the outcome",
    changes: "a driver answered, or did not",
    identity: "operator",
    attributes: { access: ["direct", "proxy"], outcome: readOutcomes },
  },
  "spark.operator.progress.read.duration": {
    ...workDuration,
    description: "How long it takes to read the progress of a driver",
    changes: "a driver answered, or did not",
    identity: "operator",
    attributes: { access: ["direct", "proxy"] },
  },
} as const satisfies Record<string, Instrument>
