/**
 * One attempt to run a workload, and every identifier that Spark would generate at random for it. All of them derive from the submission
 * id, so building the same submission again after a crash gives byte-equal objects.
 */

import { createHash } from "node:crypto"

export interface Submission {
  readonly submissionId: string
  /** Epoch milliseconds of the attempt's `startTime`. */
  readonly submittedAt: number
  /** Counts from 1 over the life of the resource. */
  readonly attempt: number
}

const digest = (...parts: ReadonlyArray<string>) => createHash("sha256").update(parts.join("\n")).digest("hex")

/** 32 hex digits as a UUID of version 8 (RFC 9562: content chosen by its maker). */
const uuid = (hex: string) => {
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4]
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-")
}

/**
 * The id of attempt `attempt` of the application with this uid: shaped like a UUID, equal for equal input.
 * `startedAt` is epoch milliseconds.
 */
export const submissionId = (uid: string, attempt: number, startedAt: number): string =>
  uuid(digest("submission", uid, String(attempt), String(startedAt)))

/** Spark's application id, `spark-` and 32 hex digits (`KubernetesConf.getKubernetesAppId`): the submission id without its dashes. */
export const sparkAppId = (submissionId: string): string => {
  const hex = submissionId.replaceAll("-", "").toLowerCase()
  return `spark-${/^[0-9a-f]{32}$/.test(hex) ? hex : digest("app", submissionId).slice(0, 32)}`
}

/** 16 hex digits in the place of `KubernetesUtils.uniqueID`; `purpose` distinguishes the ids of one submission. */
export const uniqueId = (submissionId: string, purpose: string): string => digest(purpose, submissionId).slice(0, 16)

/** The UUID of the driver's scratch directory `/var/data/spark-<uuid>`. */
export const localDirId = (submissionId: string): string => uuid(digest("local-dir", submissionId))
