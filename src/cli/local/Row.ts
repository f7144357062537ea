/** What local mode shows for one application: a row of plain text values, from the application and its driver pod. Pure. */

import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { ApplicationStateType, SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { lastAttempt } from "../../application/lifecycle/Attempts.ts"
import { explanationOf } from "../../console/api/Explanation.ts"
import { progressAnnotation } from "../../local/node/KubeletScript.ts"
import { keyOf } from "../../runtime/Store.ts"

export interface LocalRow {
  /** `namespace/name`, the key of the application. */
  readonly key: string
  /** `NEW` for an application without a status. */
  readonly state: Exclude<ApplicationStateType, ""> | "NEW"
  /** Number of the current or latest attempt; 0 before the first. */
  readonly attempt: number
  /** `1/2` while executors run (running of existing), `2 done` afterwards; failures are added. */
  readonly executors: string
  /** 0 to 100, or the latest micro-batch such as `batch 17`; undefined if the driver does not report it. */
  readonly progress: number | string | undefined
  /** Why it waits, has failed or will run again; otherwise empty. */
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
    reason: explanationOf(status),
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
