/** The driver that currently runs for an application, and where its progress can be read. */

import { Clock, Effect, type Scope } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { Kube } from "../../kube/Kube.ts"
import { type PodAccess, type PodAddress, podGet, PodHttpError } from "../../kube/PodHttp.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import { coreUtilization, executorIds, type Progress, progressOf } from "../../spark/monitoring/DriverProgress.ts"
import { driverPodName } from "../../spark/Names.ts"
import { driverFacts } from "../../spark/observe/PodFacts.ts"
import { uiOfSpec } from "../../spark/Ui.ts"
import { ofSubmission } from "../reconcile/Ownership.ts"

export interface DriverRun {
  readonly submissionId: string
  readonly address: PodAddress
  /** Spark's own id, which its REST API uses. */
  readonly sparkApplicationId: string
  /** Epoch milliseconds. */
  readonly startedAt: number
}

/** From the caches alone; undefined while no driver of the current submission runs, or none with a UI. */
export const driverRun = (application: SparkApplication, pods: Store<Pod>): DriverRun | undefined => {
  const { namespace } = application.metadata
  const submissionId = application.status?.submissionID
  if (submissionId === undefined) return undefined
  const pod = pods.get(
    keyOf({ metadata: { namespace, name: application.status?.driverInfo.podName ?? driverPodName(application) } }),
  )
  if (pod?.status?.phase !== "Running" || !ofSubmission(pod, application, submissionId)) return undefined
  const { name, sparkApplicationId, startedAt, createdAt, terminated } = driverFacts(pod)
  const ui = uiOfSpec(application.spec).endpoint
  if (terminated !== undefined || sparkApplicationId === undefined || ui === undefined) return undefined
  const ip = pod.status.podIP
  return {
    submissionId,
    address: { namespace, name, ip, ...ui },
    sparkApplicationId,
    startedAt: startedAt ?? createdAt,
  }
}

export interface DriverAnswer {
  readonly progress: Progress
  /** Ids of the executors that it counts. */
  readonly executors: ReadonlyArray<number>
  /** Of all responses together, in characters. */
  readonly length: number
}

/** Reads the progress of the driver: two requests, one after the other. */
export const askDriver = Effect.fnUntraced(function* (
  { address, sparkApplicationId }: DriverRun,
  way: PodAccess,
): Effect.fn.Return<DriverAnswer, PodHttpError, Kube | Scope.Scope> {
  const get = yield* podGet(way, address)
  const list = Effect.fnUntraced(function* (what: string) {
    const answer = yield* get(`/api/v1/applications/${encodeURIComponent(sparkApplicationId)}/${what}`)
    if (Array.isArray(answer.body)) return answer
    return yield* new PodHttpError({ reason: "invalid", message: `${what}: the response is not a list` })
  })
  const jobs = yield* list("jobs")
  const executors = yield* list("allexecutors")
  const utilization = coreUtilization(executors.body, yield* Clock.currentTimeMillis)
  return {
    progress: { ...progressOf(jobs.body, executors.body), coreUtilization: utilization },
    executors: executorIds(executors.body),
    length: jobs.length + executors.length,
  }
}, Effect.scoped)
