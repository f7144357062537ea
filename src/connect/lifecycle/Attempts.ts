/** The list of servers in the status: the newest is last, the current one has no result yet, the oldest ones are dropped. */

import type { ConnectAttempt, SparkConnectStatus, StopReason } from "../../api/connect/SparkConnectStatus.ts"
import { timestamp } from "../../kube/Time.ts"
import { traceId } from "../../spark/monitoring/Trace.ts"
import { submissionId, sparkAppId } from "../../spark/submit/Submission.ts"
import type { ServerPod } from "./Observed.ts"
import type { Situation } from "./Situation.ts"

/** Attempts that the status keeps. */
const kept = 10

/** The id of an attempt follows from the resource and its number, so objects of an attempt that was never recorded are found again. */
export const attemptId = (uid: string, number: number): string => submissionId(uid, number)

/** The newest attempt, ended or not; undefined before the first. */
export const lastAttempt = (status: SparkConnectStatus | undefined): ConnectAttempt | undefined =>
  status?.attempts?.at(-1)

/** The attempt that is not over. */
export const currentAttempt = (status: SparkConnectStatus | undefined): ConnectAttempt | undefined => {
  const last = lastAttempt(status)
  return last?.result === undefined ? last : undefined
}

/** Number of the next attempt, from 1. */
export const nextNumber = (status: SparkConnectStatus | undefined): number => (lastAttempt(status)?.number ?? 0) + 1

/** Records the pod as the current attempt. A pod of another revision of the spec has no link to its history. */
export const begin = (
  { historyURL: _earlier, ...status }: SparkConnectStatus,
  { uid, revision, historyUrlOf }: Pick<Situation, "uid" | "revision" | "historyUrlOf">,
  pod: ServerPod,
): SparkConnectStatus => {
  const number = Math.max(nextNumber(status), pod.attempt ?? 1)
  const id = attemptId(uid, number)
  const startTime = timestamp(pod.createdAt)
  const sparkApplicationId = pod.sparkApplicationId ?? sparkAppId(id)
  const historyURL = pod.revision === revision ? historyUrlOf(sparkApplicationId) : undefined
  const history = historyURL === undefined ? {} : { historyURL }
  return {
    ...status,
    startTime: status.startTime ?? startTime,
    sparkApplicationId,
    ...history,
    attempts: [
      ...(status.attempts ?? []).slice(1 - kept),
      { number, submissionID: id, traceID: traceId(id), podUID: pod.uid, startTime, ...history },
    ],
  }
}

/** Adds facts to the last attempt; the same status if it has them. */
export const amend = (status: SparkConnectStatus, facts: Partial<ConnectAttempt>): SparkConnectStatus => {
  const last = lastAttempt(status)
  const isKnown = Object.entries(facts).every(([key, value]) => last?.[key as keyof ConnectAttempt] === value)
  return last === undefined || isKnown
    ? status
    : { ...status, attempts: [...status.attempts!.slice(0, -1), { ...last, ...facts }] }
}

/** The operator is going to end the current server for this reason. */
export const stopping = (status: SparkConnectStatus, stopReason: StopReason): SparkConnectStatus =>
  amend(status, { stopReason })
