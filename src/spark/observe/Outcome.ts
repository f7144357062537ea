/** How a driver pod ended, by its containers and the pod itself. Pure. */

import type { DriverPod } from "./ObservedPod.ts"

export interface Failure {
  readonly reason: string
  readonly message: string
  /** Epoch milliseconds. */
  readonly finishedAt: number
  readonly exitCode?: number
  readonly initContainer?: string
}

export type Outcome =
  | { readonly _tag: "Succeeded"; readonly finishedAt: number | undefined }
  | ({ readonly _tag: "Failed" } & Partial<Failure>)

/**
 * The end of the Spark container decides, even if sidecars still run or failed; or that of an init container, without which it never starts.
 * Without the status of either, the pod's phase does.
 */
export const outcomeOf = (driver: DriverPod): Outcome | undefined => {
  const ended = driver.terminated
  if (ended?.exitCode === 0) return { _tag: "Succeeded", finishedAt: ended.finishedAt }
  if (ended) {
    const reason = driver.podReason ?? ended.reason
    const detail = ended.message ?? driver.podMessage
    const container = ended.initContainer === undefined ? "driver container" : `init container ${ended.initContainer}`
    const message = `${container} failed with ExitCode: ${ended.exitCode}, Reason: ${reason}${detail ? `: ${detail}` : ""}`
    return {
      _tag: "Failed",
      reason,
      message,
      exitCode: ended.exitCode,
      ...(ended.initContainer === undefined ? {} : { initContainer: ended.initContainer }),
      ...(ended.finishedAt ? { finishedAt: ended.finishedAt } : {}),
    }
  }
  if (driver.phase === "Succeeded") return { _tag: "Succeeded", finishedAt: undefined }
  if (driver.phase !== "Failed") return undefined
  const reason = driver.podReason ?? "Error"
  const detail = driver.podMessage ?? "the status of its container is missing"
  return { _tag: "Failed", reason, message: `driver pod failed, Reason: ${reason}: ${detail}` }
}
