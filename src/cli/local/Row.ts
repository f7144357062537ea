/** What local mode shows of one application: a row of plain text values, made from the application and its driver pod. Pure. */

import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { ApplicationStateType, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { lastAttempt } from "../../application/lifecycle/Attempts.ts"
import { progressAnnotation } from "../../local/node/KubeletScript.ts"
import { keyOf } from "../../runtime/Store.ts"

export interface LocalRow {
  /** `namespace/name`, the key of the application. */
  readonly key: string
  /** `NEW` for an application that the operator has not seen yet. */
  readonly state: Exclude<ApplicationStateType, ""> | "NEW"
  /** Number of the current or last attempt; 0 before the first. */
  readonly attempt: number
  /** `1/2` while running (running of wanted), `2 done` after; failures are added. */
  readonly executors: string
  /** 0 to 100, or the newest micro-batch such as `batch 17`, when the driver tells. */
  readonly progress: number | string | undefined
  /** Why it waits, failed or will run again; empty when there is nothing to explain. */
  readonly reason: string
}

/** `driver` is the pod of the current attempt, when there is one. */
export const localRow = (application: SparkApplication, driver: Pod | undefined): LocalRow => {
  const status = application.status
  return {
    key: keyOf(application),
    state: status?.applicationState.state || "NEW",
    attempt: (status && lastAttempt(status)?.number) ?? 0,
    executors: executorsOf(status),
    progress: progressOf(status?.progress?.summary ?? driver?.metadata?.annotations?.[progressAnnotation]),
    reason: reasonOf(status),
  }
}

const executorsOf = (status: SparkApplicationStatus | undefined): string => {
  const counts = status?.executors
  if (counts === undefined) return ""
  const { pending, running, succeeded, failed } = counts
  const parts: Array<string> = []
  if (pending + running > 0) parts.push(`${running}/${pending + running}`)
  else if (succeeded > 0) parts.push(`${succeeded} done`)
  if (failed > 0) parts.push(`${failed} failed`)
  return parts.join(" · ")
}

const progressOf = (text = ""): LocalRow["progress"] => {
  if (/^batch \d+$/.test(text)) return text
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text)
  return match === null ? undefined : Math.min(100, Math.round(Number(match[1])))
}

/** The first that says something: waiting reason, error of the application, end of the last attempt. */
const reasonOf = (status: SparkApplicationStatus | undefined): string => {
  if (status === undefined) return ""
  if (status.waiting !== undefined) return sentence(status.waiting.reason, status.waiting.message)
  const error = status.applicationState.errorMessage ?? ""
  if (error !== "") return error
  const ended = status.attempts?.findLast((attempt) => attempt.result !== undefined)
  const healthy = ended === undefined || ended.result === "Succeeded" || ended.result === "Stopped"
  return healthy ? "" : `attempt ${ended.number}: ${sentence(ended.reason ?? ended.result ?? "", ended.message)}`
}

/** Reason and message, without saying the reason twice. */
const sentence = (reason: string, message = ""): string =>
  message === "" ? reason : message.includes(reason) ? message : `${reason}: ${message}`
