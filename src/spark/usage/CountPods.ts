/**
 * The usage of one attempt, brought up to date with its pods: what each held since it was counted last is added. What was counted is stored
 * with the sums, in one write, so that the next operator counts every second of every pod once: pods are numbered by their
 * driver, a number that has ended is never counted again, and those that have not are counted until a time that all have in common. Pure.
 */

import type { AttemptUsage } from "../../api/application/Usage.ts"
import { heldBetween, nothing, plus, type PriceOf } from "./Amounts.ts"
import { type CountedPods, formatCounted, parseCounted } from "./CountedPods.ts"
import type { PodUse } from "./PodUse.ts"

/** The pods of an attempt, as this process has seen them. */
export interface AttemptPods {
  /** Those that exist, and those that no longer do and were not counted to their end. */
  readonly uses: ReadonlyArray<PodUse>
  /** Pods with numbers up to this one may have been created and deleted while this process did not watch; undefined: it has watched all. */
  readonly unwatchedTo: number | undefined
}

/**
 * Seconds by which the count of running pods is behind the present. The end of a pod that is reported later than that would have been
 * counted too late already.
 */
const lag = 300
/** Running pods are counted until a whole number of these seconds. */
const step = 60

const countedUntil = (now: number): number => (Math.floor(now / 1000 / step) * step - lag) * 1000

/** Whether the pod was counted to its end. */
const isSettled = ({ last, open }: CountedPods, number: number): boolean => number <= last && !open.has(number)

/** Whether a pod has ended and is not yet counted to its end, given what is counted of its attempt. */
export const owedBy = (usage: AttemptUsage): ((use: PodUse) => boolean) => {
  const counted = parseCounted(usage.counted)
  return ({ number, to }) => to !== undefined && !isSettled(counted, number)
}

/** Whether pods came and went that were never seen: they were not over when they were counted last, or their numbers are skipped. */
const isMissing = ({ last, open }: CountedPods, { uses, unwatchedTo }: AttemptPods): boolean => {
  const seen = new Set(uses.map(({ number }) => number))
  for (const number of open) if (!seen.has(number)) return true
  for (let number = last + 1; number <= (unwatchedTo ?? -1); number++) if (!seen.has(number)) return true
  return false
}

/** The usage of the attempt; undefined as long as it has no pods. `now` is in epoch milliseconds. */
export const countPods = (
  usage: AttemptUsage | undefined,
  pods: AttemptPods,
  priceOf: PriceOf,
  now: number,
): AttemptUsage | undefined => {
  if (usage === undefined && pods.uses.length === 0) return undefined
  const before = parseCounted(usage?.counted)
  const until = Math.max(before.until ?? 0, countedUntil(now))
  const open = new Set(before.open)
  const resized = new Map<number, number>()
  let { last } = before
  let isExact = !isMissing(before, pods)
  let sum = usage ?? nothing
  for (const use of pods.uses) {
    const { number, from, to, earlier } = use
    if (isSettled(before, number)) continue
    if (use.uncertain) isExact = false
    last = Math.max(last, number)
    if (to === undefined) open.add(number)
    else open.delete(number)
    if (from === undefined) continue
    const counted = number <= before.last ? Math.max(before.until ?? 0, before.resized.get(number) ?? 0) : 0
    // No other record says when a pod was resized.
    const end = to ?? Math.max(until, earlier.at(-1)?.until ?? 0)
    sum = plus(sum, heldBetween(use, Math.max(from, counted), end, priceOf))
    if (to === undefined && Math.max(end, counted) > until) resized.set(number, Math.max(end, counted))
  }
  const isRunning = pods.uses.some(({ from = Infinity, to }) => to === undefined && from < until)
  return {
    ...usage,
    ...sum,
    complete: (usage?.complete ?? true) && isExact,
    counted: formatCounted({ last, open, until: isRunning ? until : before.until, resized }),
  }
}
