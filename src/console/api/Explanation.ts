/** The sentence that explains the state of an application. Pure. */

import type { Attempt, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"

/** The first that is present: reason for waiting, error of the application, end of the latest attempt; empty: there is nothing to explain. */
export const explanationOf = (status: SparkApplicationStatus | undefined): string => {
  if (status === undefined) return ""
  if (status.waiting !== undefined) return sentence(status.waiting.reason, status.waiting.message)
  const error = status.applicationState.errorMessage ?? ""
  if (error !== "") return error
  const failed = lastFailure(status)
  return failed === undefined ? "" : attemptSentence(failed)
}

/** The latest attempt that has ended, if it failed. */
export const lastFailure = ({ attempts = [] }: SparkApplicationStatus): Attempt | undefined => {
  const ended = attempts.findLast(({ result }) => result !== undefined)
  return ended?.result === "Succeeded" || ended?.result === "Stopped" ? undefined : ended
}

/** Also of a Connect server. */
type Ended = Pick<Attempt, "number" | "reason" | "result" | "message">

/** `attempt 2: OOMKilled: the container used more memory than its limit`. */
export const attemptSentence = ({ number, reason, result, message }: Ended): string =>
  `attempt ${number}: ${sentence(reason || result || "", message)}`

/** Reason and message, without repeating the reason. */
export const sentence = (reason: string, message = ""): string =>
  message === "" ? reason : message.includes(reason) ? message : `${reason}: ${message}`
