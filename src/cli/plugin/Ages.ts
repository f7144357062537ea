/** Times as people read them. Pure. */

import { epoch } from "../../kube/Time.ts"
import { humanDuration } from "../../local/apiserver/http/HumanDuration.ts"

/** `5m12s` from one time to another or to `now` (epoch milliseconds); empty without a start. */
export const span = (from: string | null | undefined, to: string | null | undefined, now: number): string => {
  const start = epoch(from)
  return start === undefined ? "" : humanDuration(Math.max(0, (epoch(to) ?? now) - start))
}

/** `5m12s` since a time; empty without one. */
export const age = (since: string | null | undefined, now: number): string => span(since, undefined, now)
