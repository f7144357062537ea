/** Quotas of the namespace that are used up, or were the reason of a refusal. Pure. */

import type { Event, ResourceQuota } from "kubernetes-types/core/v1"
import { parseQuantity } from "../../../kube/Quantity.ts"
import { filledIn, type Names, waitingAdvice } from "./Advice.ts"
import { finding, type Finding } from "./Finding.ts"

/** A quota with less than this part left may be too small for the next pod. */
const nearlyUsed = 0.95

/** `requests.memory: 62Gi of 64Gi`. */
const usedUp = ({ metadata, status }: ResourceQuota): ReadonlyArray<string> =>
  Object.entries(status?.hard ?? {}).flatMap(([resource, hard]) => {
    const used = status?.used?.[resource] ?? "0"
    const [limit, amount] = [parseQuantity(hard), parseQuantity(used)]
    if (limit === undefined || amount === undefined || amount < limit * nearlyUsed) return []
    return [`${metadata?.name ?? ""}: ${resource}: ${used} of ${hard} used`]
  })

/** Undefined where quotas are no problem. If they cannot be read, only a refusal for a quota shows that they are. */
export const quotaFinding = (
  quotas: ReadonlyArray<ResourceQuota> | undefined,
  events: ReadonlyArray<Event>,
  names: Names,
): Finding | undefined => {
  const full = quotas?.flatMap(usedUp) ?? []
  const refusals = events.filter(({ message = "" }) => message.includes("exceeded quota"))
  if (full.length === 0 && refusals.length === 0) return undefined
  return finding(
    `A quota of the namespace ${names.ns} is used up.`,
    filledIn(waitingAdvice["QuotaExceeded"] ?? [], names),
    full.length > 0 ? full : refusals.slice(-1).map(({ message = "" }) => message),
  )
}
