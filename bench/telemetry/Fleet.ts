/**
 * The telemetry of a whole operator with many applications, each with a driver, two executors and progress: 100 namespaces, three teams in
 * each. They were running when the operator started, or it has started them all.
 */

import { Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import * as ApplicationMetrics from "../../src/application/telemetry/ApplicationMetrics.ts"
import type { ProgressReading } from "../../src/application/telemetry/ProgressTelemetry.ts"
import { Telemetry } from "../../src/telemetry/Telemetry.ts"
import { defaultSettings } from "../../test/support/Scrape.ts"
import { type Contender, listenerOf } from "./Contenders.ts"

const time = "2030-01-01T00:00:00Z"

const application = (index: number): SparkApplication =>
  ({
    metadata: {
      name: `application-${index}`,
      namespace: `namespace-${index % 100}`,
      uid: `uid-${index}`,
      creationTimestamp: time,
      labels: { team: `team-${index % 3}` },
    },
    spec: {},
    status: { applicationState: { state: "RUNNING" }, driverInfo: {} },
  }) as unknown as SparkApplication

/** The application after its start, with the times of all phases until then. */
const started = (index: number): SparkApplication => {
  const running = application(index)
  const at = (second: number) => time.replace("00Z", `${String(second).padStart(2, "0")}Z`)
  const attempt = {
    number: 1,
    submissionID: `submission-${index}`,
    startTime: at(2),
    submittedTime: at(3),
    scheduledTime: at(4),
    sandboxTime: at(5),
    initializedTime: at(6),
    runningTime: at(20),
    contextTime: at(25),
    firstExecutorTime: at(30),
    executorsTime: at(35),
  }
  const accepted = { type: "Accepted", status: "True", lastTransitionTime: at(1) }
  const status = { ...running.status, conditions: [accepted], submissionID: attempt.submissionID, attempts: [attempt] }
  return { ...running, status } as unknown as SparkApplication
}

const pod = (of: SparkApplication, role: string, number: number): Pod => ({
  metadata: {
    name: `${of.metadata.name}-${role}-${number}`,
    namespace: of.metadata.namespace ?? "",
    uid: `${of.metadata.uid}-${role}-${number}`,
    creationTimestamp: time,
    labels: { "sparkoperator.k8s.io/app-name": of.metadata.name, "spark-role": role },
  },
  status: { phase: "Running" },
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

const roles = [
  ["driver", 0],
  ["executor", 1],
  ["executor", 2],
] as const

type Metrics = Pick<
  ApplicationMetrics.ApplicationMetrics,
  "applicationObserved" | "applicationCommitted" | "podObserved" | "progressObserved"
>

/** Labels by which the teams are distinguished. */
export const labelKeys = ["team"]

/** Adds this many applications. `fresh`: the operator has started them. */
export const grow = (metrics: Metrics, applications: number, fresh = false): void => {
  for (let index = 0; index < applications; index++) {
    const one = fresh ? started(index) : application(index)
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

/** Telemetry without applications yet; it lives as long as the process. */
export const fleet = (fresh: boolean): Promise<Fleet> =>
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
            grow: (applications) => grow(metrics, applications, fresh),
          }),
        )
        return yield* Effect.never
      })
      Effect.runFork(Effect.provide(life, Telemetry.layer({ serviceVersion: "0.0.0", process })))
    }),
  )
