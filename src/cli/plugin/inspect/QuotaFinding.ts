/** Quotas of the namespace that are used up, or were the reason of a refusal. Pure. */

import type { Event, ResourceQuota } from "kubernetes-types/core/v1"
import { parseQuantity } from "../../../kube/Quantity.ts"
import { filledIn, type Names, waitingAdvice } from "./Advice.ts"
import { finding, type Finding } from "./Finding.ts"

/** A quota with less than this part left may be too small for the next pod. */
const nearlyUsed = 0.95

interface Use {
  /** `requests.memory: 62Gi of 64Gi used`. */
  readonly text: string
  readonly part: number
}

/** A limit of 0, as of load balancers, is a rule and not a quota that is used up. */
const usesOf = ({ metadata, status }: ResourceQuota): ReadonlyArray<Use> =>
  Object.entries(status?.hard ?? {}).flatMap(([resource, hard]) => {
    const used = status?.used?.[resource] ?? "0"
    const [limit, amount] = [parseQuantity(hard), parseQuantity(used)]
    if (limit === undefined || amount === undefined) return []
    const text = `${metadata?.name ?? ""}: ${resource}: ${used} of ${hard} used`
    return [{ text, part: limit === 0 ? 0 : amount / limit }]
  })

/** Undefined where quotas are no problem. If they cannot be read, only a refusal for a quota shows that they are. */
export const quotaFinding = (
  quotas: ReadonlyArray<ResourceQuota> | undefined,
  events: ReadonlyArray<Event>,
  names: Names,
): Finding | undefined => {
  const tight = (quotas?.flatMap(usesOf) ?? []).filter(({ part }) => part >= nearlyUsed)
  const refusals = events.filter(({ message = "" }) => message.includes("exceeded quota"))
  if (tight.length === 0 && refusals.length === 0) return undefined
  const isUsedUp = refusals.length > 0 || tight.some(({ part }) => part >= 1)
  return finding(
    `A quota of the namespace ${names.ns} is ${isUsedUp ? "" : "nearly "}used up.`,
    filledIn(waitingAdvice["QuotaExceeded"] ?? [], names),
    tight.length > 0 ? tight.map(({ text }) => text) : refusals.slice(-1).map(({ message = "" }) => message),
  )
}
