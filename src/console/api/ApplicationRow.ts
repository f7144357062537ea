/** A row of the table of applications. Pure. */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { stateOf } from "../../api/States.ts"
import { lastAttempt } from "../../application/lifecycle/Attempts.ts"
import { scheduledAppName } from "../../spark/Labels.ts"
import { explanationOf } from "./Explanation.ts"
import { redactText } from "./Redact.ts"

export interface ApplicationRow {
  readonly namespace: string
  readonly name: string
  /** `NEW` before the first status. */
  readonly state: string
  /** Why it waits, has failed or will run again; otherwise empty. */
  readonly explanation: string
  /** Number of the current or last attempt; 0 before the first. */
  readonly attempt: number
  /** RFC 3339, as all times. */
  readonly created: string | undefined
  readonly started: string | undefined
  readonly ended: string | undefined
  readonly executors: { readonly pending: number; readonly running: number; readonly failed: number } | undefined
  /** `42%`, `batch 17`. */
  readonly progress: string | undefined
  readonly sparkVersion: string | undefined
  readonly type: string | undefined
  /** The schedule that started it. */
  readonly schedule: string | undefined
}

/** The state as it is shown and selected. */
export const shownState = (application: SparkApplication): string => stateOf(application.status) || "NEW"

export const applicationRow = (application: SparkApplication): ApplicationRow => {
  const { metadata, spec, status } = application
  const attempt = status && lastAttempt(status)
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    state: shownState(application),
    explanation: redactText(explanationOf(status)),
    attempt: attempt?.number ?? 0,
    created: metadata.creationTimestamp,
    started: attempt?.runningTime ?? attempt?.startTime,
    ended: attempt?.finishTime,
    executors: status?.executors,
    progress: status?.progress?.summary,
    sparkVersion: spec?.sparkVersion,
    type: spec?.type,
    schedule: metadata.labels?.[scheduledAppName],
  }
}
