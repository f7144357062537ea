/**
 * One attempt to run a workload, and every identifier that Spark would generate at random for it. The submission id derives from the uid of
 * the resource and the number of the attempt, and everything else from the submission id. So nothing has to be written before a submission: a
 * repetition, after a crash or by another replica, makes objects of the same names.
 */

import { createHash } from "node:crypto"

export interface Submission {
  readonly submissionId: string
  /** Epoch milliseconds at which it began. */
  readonly submittedAt: number
  /** Counts from 1 over the life of the resource. */
  readonly attempt: number
  /** Fingerprint of the spec that the objects are made from, for an annotation of the driver pod; left out: there is none. */
  readonly runSpecHash?: string
}

const digest = (...parts: ReadonlyArray<string>) => createHash("sha256").update(parts.join("\n")).digest("hex")

/** At least 32 hex digits as a UUID of this version; what follows the 32nd digit is left out. */
const dashed = (hex: string, version: "5" | "8") => {
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4]
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `${version}${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-")
}

/** The UUID of version 5 (RFC 9562, §5.5) for a name in a namespace, which is itself a UUID. */
export const uuid5 = (namespace: string, name: string): string => {
  const hash = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name)
    .digest("hex")
  return dashed(hash, "5")
}

/** The namespace of submission ids. Must never change: ids of submissions in progress would be others after an upgrade. */
const submissions = "d4346d07-4216-402a-b7c2-d4ccddd78db2"

/** The id of this attempt of the resource with this uid, a UUID: equal for equal input. */
export const submissionId = (uid: string, attempt: number): string => uuid5(submissions, `${uid}/${attempt}`)

/** Spark's application id, `spark-` and 32 hex digits (`KubernetesConf.getKubernetesAppId`): the submission id without its dashes. */
export const sparkAppId = (submissionId: string): string => {
  const hex = submissionId.replaceAll("-", "").toLowerCase()
  return `spark-${/^[0-9a-f]{32}$/.test(hex) ? hex : digest("app", submissionId).slice(0, 32)}`
}

/** 16 hex digits in the place of `KubernetesUtils.uniqueID`; `purpose` distinguishes the ids of one submission. */
export const uniqueId = (submissionId: string, purpose: string): string => digest(purpose, submissionId).slice(0, 16)

/** The UUID of the driver's scratch directory `/var/data/spark-<uuid>`, of version 8: its content is our own choice. */
export const localDirId = (submissionId: string): string => dashed(digest("local-dir", submissionId), "8")
