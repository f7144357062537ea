/** The log lines about exports: the first failure of each kind, and once when the backend accepts everything again. */

import { Effect } from "effect"
import type { Verdict } from "./ExportResult.ts"
import { type OtlpTarget, withoutSecrets } from "./OtlpEnvironment.ts"

const kept = "are not exported; they are kept for a while, and the export is retried"
const dropped = "are not exported: the backend rejects them, and they are dropped"
const partly = "are only accepted in part by the backend"
/** Counters, and so the next export has the same sums. */
const retried = "are not exported; nothing is lost, the export is retried"

const warnings = {
  traces: { Busy: kept, Refused: dropped, Partial: partly },
  logs: { Busy: kept, Refused: dropped, Partial: partly },
  metrics: { Busy: retried, Refused: retried, Partial: partly },
} as const

export interface ExportLog {
  /** Of an export that has ended. `details` are logged when everything is accepted again. */
  readonly ended: (verdict: Verdict, details?: Readonly<Record<string, unknown>>) => Effect.Effect<void>
  /** Whether there was a failure of the kind, or of any, since everything was accepted. */
  readonly isFailing: (kind?: "Busy") => boolean
}

export const make = ({ signal, url }: OtlpTarget): ExportLog => {
  const endpoint = withoutSecrets(url)
  const failing = new Set<Verdict["_tag"]>()
  return {
    ended: (verdict, details) => {
      if (verdict._tag === "Accepted") {
        if (failing.size === 0) return Effect.void
        failing.clear()
        return Effect.logInfo(`${signal} are exported again`, { endpoint, ...details })
      }
      if (failing.has(verdict._tag)) return Effect.void
      failing.add(verdict._tag)
      return Effect.logWarning(`${signal} ${warnings[signal][verdict._tag]}`, { endpoint, reason: verdict.reason })
    },
    isFailing: (kind) => (kind === undefined ? failing.size > 0 : failing.has(kind)),
  }
}
