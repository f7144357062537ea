/**
 * The telemetry of a whole operator with many applications, each with a driver, two executors and progress: 100 namespaces, three teams in
 * each. They were running when the operator started, or it has started them all; or it has worked for long, so that in each namespace two
 * applications of each team have also ended, one well and one after a retry.
 */

import { Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import type { Attempt } from "../../src/api/application/SparkApplicationStatus.ts"
import * as ApplicationMetrics from "../../src/application/telemetry/ApplicationMetrics.ts"
import type { ProgressReading } from "../../src/application/telemetry/ProgressTelemetry.ts"
import { Telemetry } from "../../src/telemetry/Telemetry.ts"
import { defaultSettings } from "../../test/support/Scrape.ts"
import { type Contender, listenerOf } from "./Contenders.ts"

const time = "2030-01-01T00:00:00Z"
const at = (second: number) => new Date(Date.parse(time) + second * 1000).toISOString().replace(".000", "")

/** What the operator has seen of the fleet. */
export type Seen = "running" | "started" | "worked"

const applicationOf = (index: number, status: object, name = `application-${index}`): SparkApplication =>
  ({
    metadata: {
      name,
      namespace: `namespace-${index % 100}`,
      uid: `uid-${name}`,
      creationTimestamp: time,
      labels: { team: `team-${index % 3}` },
    },
    spec: {},
    status: { driverInfo: {}, ...status },
  }) as unknown as SparkApplication

/** As many as there are teams in all namespaces; indices from 0 have each of them once. */
const teams = 300

/** An attempt with the times of all phases until its executors run. */
const attemptOf = (number: number): Attempt => ({
  number,
  submissionID: `submission-${number}`,
  startTime: at(2),
  submittedTime: at(3),
  scheduledTime: at(4),
  sandboxTime: at(5),
  initializedTime: at(6),
  runningTime: at(20),
  contextTime: at(25),
  firstExecutorTime: at(30),
  executorsTime: at(35),
})

const conditions = [{ type: "Accepted", status: "True", lastTransitionTime: at(1) }]

const inState = (state: string, attempts: ReadonlyArray<Attempt>, more: object = {}) => ({
  applicationState: { state },
  conditions,
  submissionID: attempts.at(-1)?.submissionID,
  attempts,
  ...more,
})

const succeeded: Attempt = { ...attemptOf(1), result: "Succeeded", finishTime: at(600) }
const failed = (number: number): Attempt => ({
  ...attemptOf(number),
  result: "Failed",
  finishTime: at(600),
  failure: "UserError",
})

/** The statuses of an application whose runs end like this. */
const lives = {
  well: [
    inState("", []),
    inState("SUBMITTED", [attemptOf(1)]),
    inState("RUNNING", [attemptOf(1)]),
    inState("SUCCEEDING", [succeeded], { executors: { succeeded: 2 } }),
    inState("COMPLETED", [succeeded], { executors: { succeeded: 2 } }),
  ],
  badly: [
    inState("SUBMITTED", [attemptOf(1)]),
    inState("RUNNING", [attemptOf(1)]),
    inState("FAILING", [failed(1)], { executors: { failed: 1, failures: { OOMKilled: 1 } } }),
    inState("PENDING_RERUN", [failed(1)]),
    inState("SUBMITTED", [failed(1), attemptOf(2)]),
    inState("RUNNING", [failed(1), attemptOf(2)]),
    inState("FAILING", [failed(1), failed(2)]),
    inState("FAILED", [failed(1), failed(2)]),
  ],
}

const pod = (of: SparkApplication, role: string, number: number, phase = "Running"): Pod => ({
  metadata: {
    name: `${of.metadata.name}-${role}-${number}`,
    namespace: of.metadata.namespace ?? "",
    uid: `${of.metadata.uid}-${role}-${number}`,
    resourceVersion: phase,
    creationTimestamp: time,
    labels: { "sparkoperator.k8s.io/app-name": of.metadata.name, "spark-role": role },
  },
  status: { phase },
})

const counts = { active: 1, completed: 2, failed: 0 }

/** The answer of a driver in its third job. */
const reading: ProgressReading = {
  progress: {
    jobs: counts,
    stages: counts,
    tasks: { ...counts, total: 100 },
    executors: 2,
    description: undefined,
    batch: undefined,
  },
  movedAt: 0,
}

/** The answer of a driver with nothing left to do. */
const done: ProgressReading = {
  ...reading,
  progress: { ...reading.progress, stages: { ...counts, active: 0 }, tasks: { ...counts, active: 0, total: 2 } },
}

const roles = [
  ["driver", 0],
  ["executor", 1],
  ["executor", 2],
] as const

type Metrics = Pick<
  ApplicationMetrics.ApplicationMetrics,
  "applicationObserved" | "applicationCommitted" | "podObserved" | "progressObserved" | "progressEnded"
>

/** Labels by which the teams are distinguished. */
export const labelKeys = ["team"]

/** An application from its beginning to its deletion. */
const liveThrough = (metrics: Metrics, index: number, end: keyof typeof lives): void => {
  let before: SparkApplication | undefined
  const seen = (before: Pod | undefined, after: Pod | undefined) =>
    metrics.podObserved({ before, after, initial: false }, 0)
  for (const status of lives[end]) {
    const now = applicationOf(index, status, `earlier-${end}-${index}`)
    metrics.applicationObserved(before, now)
    metrics.applicationCommitted(before?.status, now)
    before = now
    if (status.applicationState.state !== "RUNNING") continue
    for (const [role, number] of roles) seen(undefined, pod(now, role, number))
    metrics.progressObserved(now, reading)
    metrics.progressObserved(now, done)
    metrics.progressEnded(`${now.metadata.namespace}/${now.metadata.name}`)
    for (const [role, number] of roles) {
      const phase = role === "executor" ? "Running" : end === "well" ? "Succeeded" : "Failed"
      seen(pod(now, role, number), pod(now, role, number, phase))
      seen(pod(now, role, number, phase), undefined)
    }
  }
  metrics.applicationObserved(before, undefined)
}

/** Adds this many applications that run. */
export const grow = (metrics: Metrics, applications: number, seen: Seen = "running"): void => {
  const lived = seen === "worked" ? Math.min(applications, teams) : 0
  for (let index = 0; index < lived; index++) {
    liveThrough(metrics, index, "well")
    liveThrough(metrics, index, "badly")
  }
  const status = seen === "running" ? { applicationState: { state: "RUNNING" } } : inState("RUNNING", [attemptOf(1)])
  for (let index = 0; index < applications; index++) {
    const one = applicationOf(index, status)
    metrics.applicationObserved(undefined, one)
    metrics.applicationCommitted(undefined, one)
    for (const [role, number] of roles) {
      metrics.podObserved({ before: undefined, after: pod(one, role, number), initial: false }, 0)
    }
    metrics.progressObserved(one, reading)
  }
}

export interface Fleet extends Contender {
  /** Adds this many applications. */
  readonly grow: (applications: number) => void
}

/** Telemetry without applications yet, with these variables of OpenTelemetry; it lives as long as the process. */
export const fleet = (seen: Seen, environment: Readonly<Record<string, string>>): Promise<Fleet> =>
  Effect.runPromise(
    Effect.callback<Fleet>((resume) => {
      const life = Effect.gen(function* () {
        const telemetry = yield* Telemetry
        const metrics = ApplicationMetrics.make(telemetry, { ...defaultSettings, labelKeys })
        const answer = yield* Effect.promise(() => listenerOf(telemetry))
        resume(
          Effect.succeed({
            record: (resource, seconds) => telemetry.kube.kubeRequest({ verb: "get", resource, code: "200", seconds }),
            answer,
            grow: (applications) => grow(metrics, applications, seen),
          }),
        )
        return yield* Effect.never
      })
      Effect.runFork(Effect.provide(life, Telemetry.layer({ serviceVersion: "0.0.0", process, environment })))
    }),
  )
