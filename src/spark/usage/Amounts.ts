/** Amounts of requested resources over time, and their price. Pure. */

import type { PodUse } from "./PodUse.ts"
import type { Reserved } from "./Reserved.ts"

/** As the status has them. */
export interface UsageAmounts {
  readonly cpuCoreSeconds: number
  readonly memoryGibSeconds: number
  readonly gpuSeconds: number
  readonly executorSeconds: number
  /** By currency. */
  readonly estimatedCost?: Readonly<Record<string, number>>
}

export const nothing: UsageAmounts = { cpuCoreSeconds: 0, memoryGibSeconds: 0, gpuSeconds: 0, executorSeconds: 0 }

/** What an hour costs on one node; what has no price costs nothing. */
export interface Price {
  readonly currency: string
  readonly cpuCoreHour: number
  readonly memoryGibHour: number
  readonly gpuHour: number
}

/** The price for a pod that is assigned to this node; undefined: there are no prices. */
export type PriceOf = (node: string | undefined) => Price | undefined

const gib = 2 ** 30

/** Six decimals: a thousandth of a core for a second is exact, and so is a MiB to less than a byte. */
const rounded = (amount: number): number => Math.round(amount * 1e6) / 1e6

/** The cost of amounts at this price. */
export const costOf = (
  { cpuCoreSeconds, memoryGibSeconds, gpuSeconds }: UsageAmounts,
  { cpuCoreHour, memoryGibHour, gpuHour }: Price,
): number => (cpuCoreSeconds * cpuCoreHour + memoryGibSeconds * memoryGibHour + gpuSeconds * gpuHour) / 3600

const sumOfCosts = (
  a: UsageAmounts["estimatedCost"],
  b: UsageAmounts["estimatedCost"],
  sign: 1 | -1,
): Pick<UsageAmounts, "estimatedCost"> => {
  if (b === undefined) return a === undefined ? {} : { estimatedCost: a }
  const sum: Record<string, number> = { ...a }
  for (const [currency, cost] of Object.entries(b)) sum[currency] = rounded((sum[currency] ?? 0) + sign * cost)
  return { estimatedCost: sum }
}

const combined = (a: UsageAmounts, b: UsageAmounts, sign: 1 | -1): UsageAmounts => ({
  cpuCoreSeconds: rounded(a.cpuCoreSeconds + sign * b.cpuCoreSeconds),
  memoryGibSeconds: rounded(a.memoryGibSeconds + sign * b.memoryGibSeconds),
  gpuSeconds: rounded(a.gpuSeconds + sign * b.gpuSeconds),
  executorSeconds: rounded(a.executorSeconds + sign * b.executorSeconds),
  ...sumOfCosts(a.estimatedCost, b.estimatedCost, sign),
})

export const plus = (a: UsageAmounts, b: UsageAmounts): UsageAmounts => combined(a, b, 1)
export const minus = (a: UsageAmounts, b: UsageAmounts): UsageAmounts => combined(a, b, -1)

const during = ({ milliCores, bytes, gpus }: Reserved, seconds: number, isExecutor: boolean): UsageAmounts => ({
  cpuCoreSeconds: (milliCores / 1000) * seconds,
  memoryGibSeconds: (bytes / gib) * seconds,
  gpuSeconds: gpus * seconds,
  executorSeconds: isExecutor ? seconds : 0,
})

/** What a pod held between two times (epoch milliseconds), of which it must have been assigned to a node at the first. */
export const heldBetween = (
  { number, reserved, earlier }: Pick<PodUse, "number" | "reserved" | "earlier">,
  from: number,
  to: number,
  priceOf: PriceOf,
): UsageAmounts => {
  let total = nothing
  let at = from
  for (const request of [...earlier, { until: Infinity, reserved }]) {
    const end = Math.min(to, request.until)
    if (end <= at) continue
    const part = during(request.reserved, (end - at) / 1000, number > 0)
    const price = priceOf(reserved.node)
    total = plus(
      total,
      price === undefined ? part : { ...part, estimatedCost: { [price.currency]: costOf(part, price) } },
    )
    at = end
  }
  return total
}
