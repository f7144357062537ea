/**
 * The end of a server. One that the operator stopped, or whose ready pod somebody deleted, is followed by the next at once; after a failure
 * there is a pause, which doubles with every failure in a row.
 */

import type { ConnectAttempt, SparkConnectStatus } from "../../api/connect/SparkConnectStatus.ts"
import { epoch, timestamp } from "../../kube/Time.ts"
import { again } from "../../runtime/Next.ts"
import { failureReason } from "../../spark/observe/FailureReason.ts"
import { outcomeOf } from "../../spark/observe/Outcome.ts"
import { amend, currentAttempt } from "./Attempts.ts"
import type { ServerPod } from "./Observed.ts"
import type { Situation } from "./Situation.ts"
import { inState, note, type Step, step, without } from "./Step.ts"

const usualBackoff = { backoffSeconds: 5, maxBackoffSeconds: 300 }

/** Seconds for which a server must have been ready to end a row of failures. */
const healthySeconds = 600

interface End {
  readonly reason: string
  readonly message: string
  /** Epoch milliseconds. */
  readonly finishedAt: number
  readonly exitCode?: number | undefined
  readonly initContainer?: string | undefined
  readonly isFailure: boolean
}

/** The pod of the current attempt, if it is the one that is observed. */
export const currentPod = ({ status, observed: { server } }: Situation): ServerPod | undefined => {
  const uid = currentAttempt(status)?.podUID
  return server._tag === "Own" && server.pod.uid === uid ? server.pod : undefined
}

/** How the current attempt has ended; undefined while it has not. */
export const endOf = (s: Situation): End | undefined => {
  const attempt = currentAttempt(s.status)
  if (attempt === undefined) return undefined
  const pod = currentPod(s)
  const outcome = pod && outcomeOf(pod)
  if (pod !== undefined && !pod.deleted && outcome === undefined) return undefined
  const finishedAt = outcome?.finishedAt ?? s.now
  const asked = attempt.stopReason
  if (asked !== undefined) return { reason: asked, message: stopMessages[asked], finishedAt, isFailure: false }
  if (pod?.podReason === undefined && (pod === undefined || pod.deleting)) {
    const message = "the server pod was deleted, but not by the operator"
    return { reason: "Deleted", message, finishedAt, isFailure: attempt.readyTime === undefined }
  }
  if (outcome?._tag === "Failed") {
    const { reason = "Error", message = "", exitCode, initContainer } = outcome
    return {
      reason,
      message: message.replace(/^driver /, "server "),
      finishedAt,
      exitCode,
      initContainer,
      isFailure: true,
    }
  }
  const reason = pod?.podReason ?? "Completed"
  const message = pod?.podMessage ?? "the server ended by itself with exit code 0"
  return { reason, message, finishedAt, isFailure: true }
}

const stopMessages = {
  Suspended: "spec.suspend is true",
  SpecChanged: "the spec changed",
  Idle: "nobody used the server",
} as const

/** Seconds until the next start after this many failures in a row; undefined when there is none. */
export const retryAfter = ({ desired: { restart } }: Situation, failures: number): number | undefined => {
  if (restart.maxFailures !== undefined && failures > restart.maxFailures) return undefined
  const { backoffSeconds, maxBackoffSeconds } = { ...usualBackoff, ...restart }
  return Math.min(backoffSeconds * 2 ** Math.min(failures - 1, 16), Math.max(backoffSeconds, maxBackoffSeconds))
}

const readySeconds = ({ readyTime }: ConnectAttempt, finishedAt: number): number =>
  readyTime === undefined ? 0 : (finishedAt - (epoch(readyTime) ?? finishedAt)) / 1000

/** What belongs to the server that has ended. */
const ofServer = ["waiting", "nextRetryTime", "executors", "sessions", "operations", "lastActivityTime"] as const

/** Records the end of the current attempt. */
export const endAttempt = (s: Situation, end: End): Step => {
  const attempt = currentAttempt(s.status)!
  const { reason, message, finishedAt, exitCode, initContainer, isFailure } = end
  const before = readySeconds(attempt, finishedAt) >= healthySeconds ? 0 : (s.status.failures ?? 0)
  const failures = before + (isFailure ? 1 : 0)
  const wait = isFailure ? retryAfter(s, failures) : undefined
  const failure = isFailure
    ? failureReason({
        of: "run",
        reason: reason === "Deleted" ? "DriverNotFound" : reason,
        message,
        exitCode,
        initContainer,
      })
    : undefined
  const ended: SparkConnectStatus = amend(s.status, {
    finishTime: timestamp(finishedAt),
    result: isFailure ? "Failed" : "Stopped",
    reason,
    message: message.slice(0, 1024),
    ...(failure === undefined ? {} : { failure }),
    ...(exitCode === undefined ? {} : { exitCode }),
  })
  const { podIp: _, ...server } = s.status.server ?? {}
  const status = {
    ...without(inState(ended, "NotReady"), ...ofServer),
    server,
    failures,
    ...(wait === undefined ? {} : { nextRetryTime: timestamp(finishedAt + wait * 1000) }),
  }
  return step(status, again, {
    actions: [{ _tag: "DeleteAttempt", submissionId: attempt.submissionID }],
    events: [
      isFailure
        ? note("Warning", "SparkConnectServerFailed", `Server ${attempt.number} of ${s.name} failed: ${message}`)
        : note("Normal", "SparkConnectServerStopped", `Server ${attempt.number} of ${s.name} ended: ${message}`),
    ],
  })
}
