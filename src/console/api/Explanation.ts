/** The sentence that explains the state of an application. Pure. */

import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"

/** The first that is present: reason for waiting, error of the application, end of the latest attempt; empty: there is nothing to explain. */
export const explanationOf = (status: SparkApplicationStatus | undefined): string => {
  if (status === undefined) return ""
  if (status.waiting !== undefined) return sentence(status.waiting.reason, status.waiting.message)
  const error = status.applicationState.errorMessage ?? ""
  if (error !== "") return error
  const ended = status.attempts?.findLast((attempt) => attempt.result !== undefined)
  const healthy = ended === undefined || ended.result === "Succeeded" || ended.result === "Stopped"
  return healthy ? "" : `attempt ${ended.number}: ${sentence(ended.reason ?? ended.result ?? "", ended.message)}`
}

/** Reason and message, without repeating the reason. */
export const sentence = (reason: string, message = ""): string =>
  message === "" ? reason : message.includes(reason) ? message : `${reason}: ${message}`
