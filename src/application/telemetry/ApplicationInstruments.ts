/**
 * The instruments about applications and their executors: what counts them has the namespace and the configured labels, ages and durations the
 * namespace alone. A histogram has a dozen series for each attribute set, so none has both; those by label are in `LabelInstruments.ts`.
 */

import type { Instrument } from "../../telemetry/meter/Instrument.ts"
import { phases } from "../lifecycle/running/Timeline.ts"
import { applicationReasons, executorReasons, passingStates, results, stallReasons, states } from "./KnownValues.ts"

/** Seconds: how long applications run. */
const runBuckets = [10, 60, 300, 600, 1800, 3600, 7200, 14400]
/** Seconds: how long users wait. */
const waitBuckets = [1, 5, 10, 30, 60, 300, 900, 3600]
/** Seconds: a phase may be a short wait or a whole run. */
const phaseBuckets = [1, 2, 5, 10, 30, 60, 120, 300, 900, 1800, 3600, 14400]

const counted = { kind: "counter", identity: "application" } as const
const cached = {
  kind: "positive-gauge",
  changes: "with the cache: any change, deletion or relist",
  identity: "application",
} as const
const age = {
  kind: "produced-gauge",
  unit: "s",
  changes: "read when collected; final states have no age",
  identity: "namespace",
  attributes: { state: passingStates },
} as const
const duration = { kind: "histogram", unit: "s", identity: "namespace" } as const

export const ApplicationInstruments = {
  "spark.application.created": {
    ...counted,
    unit: "{application}",
    description: "Spark applications seen for the first time",
    changes: "the first status of an application was written",
    zeros: "each",
    on: "created",
  },
  "spark.application.submitted": {
    ...counted,
    unit: "{submission}",
    description: "Submissions that the API server accepted",
    changes: "an attempt got its driver pod; every retry counts",
    zeros: "each",
    on: "submitted",
  },
  "spark.application.submission.failed": {
    ...counted,
    unit: "{submission}",
    description: "Submissions that failed",
    changes: "an attempt ended as SubmissionFailed; every retry counts",
    on: "submission-failed",
  },
  "spark.application.succeeded": {
    ...counted,
    unit: "{application}",
    description: "Spark applications that succeeded",
    changes: "the state became COMPLETED",
    zeros: "each",
    on: "succeeded",
  },
  "spark.application.failed": {
    ...counted,
    unit: "{application}",
    description: "Spark applications that failed permanently",
    changes: "the state became FAILED",
    zeros: "each",
    on: "failed",
  },
  "spark.application.attempt.failed": {
    kind: "counter",
    unit: "{attempt}",
    description:
      "Runs and submissions that failed, by reason, whether they are retried or not; a refused spec is a failed submission",
    changes: "an attempt ended as Failed or SubmissionFailed, or the spec was refused",
    identity: "namespace",
    attributes: { reason: applicationReasons },
    zeros: "each",
    on: "attempt-failed",
  },
  "spark.application.retries": {
    ...counted,
    unit: "{retry}",
    description: "Runs and submissions that are retried after a failure",
    changes: "the state became PENDING_RERUN after a failed run, or a new attempt follows a failed submission",
    zeros: "each",
    on: "retried",
  },
  "spark.application.running": {
    ...cached,
    unit: "{application}",
    description: "Spark applications in the state RUNNING",
  },
  "spark.application.stalled": {
    ...cached,
    unit: "{application}",
    description: "Running Spark applications without progress, by the watchdog of spec.healthChecks",
  },
  "spark.application.stalls": {
    ...counted,
    unit: "{stall}",
    description: "Running applications that were found stalled, by reason",
    changes: "status.stalled of an application appeared, or its reason changed",
    attributes: { reason: stallReasons },
    on: "stalled",
  },
  "spark.application.state": {
    ...cached,
    unit: "{application}",
    description: "Spark applications by state",
    attributes: { state: states },
  },
  "spark.application.state.age.max": {
    ...age,
    description:
      "How long the application that has been in a state for longest has been in it; 0 when none is in it any longer",
  },
  "spark.application.state.age.p95": {
    ...age,
    description: "How long applications have been in a state, 95th percentile; 0 when none is in it any longer",
  },
  "spark.application.phase.duration": {
    ...duration,
    description: "How long the phases of attempts take, from the creation of the application to the end of the run",
    changes: "a phase of an attempt ended; each once per attempt, accept and queue once per application",
    identity: "operator",
    attributes: { phase: phases },
    buckets: phaseBuckets,
    on: "phase",
  },
  "spark.application.execution.duration": {
    ...duration,
    description: "How long a run took: from the start of the driver to its end",
    changes: "an attempt that was submitted got its finish time",
    attributes: { result: results },
    buckets: runBuckets,
    on: "execution-time",
  },
  "spark.application.submit.duration": {
    ...duration,
    description: "From the creation of the application to its first driver pod",
    changes: "attempt 1 was submitted",
    buckets: waitBuckets,
    on: "submit-latency",
  },
  "spark.application.start.duration": {
    ...duration,
    description: "From the creation of the application to the start of its first driver",
    changes: "the driver of attempt 1 started",
    buckets: waitBuckets,
    on: "start-latency",
  },
  "spark.executor.running": {
    ...cached,
    unit: "{executor}",
    description: "Executor pods in the phase Running",
  },
  "spark.executor.silent": {
    ...cached,
    unit: "{executor}",
    description: "Executors whose pods run although their driver no longer lists them as active",
  },
  "spark.executor.succeeded": {
    ...counted,
    unit: "{executor}",
    description: "Executors that succeeded",
    changes: "status.executors.succeeded of an application rose",
    on: "executor-succeeded",
  },
  "spark.executor.failed": {
    ...counted,
    unit: "{executor}",
    description: "Executors that failed, by reason",
    changes: "status.executors.failed of an application rose",
    attributes: { reason: executorReasons },
    on: "executor-failed",
  },
} as const satisfies Record<string, Instrument>
