/**
 * What the pods of an application have requested, in its status. It is brought up to date with every write that happens anyway and causes none,
 * but for pods that end after the application: then one write completes it.
 */

import type {
  Attempt,
  AttemptUsage,
  SparkApplicationStatus,
  Usage,
} from "../../../api/application/SparkApplicationStatus.ts"
import { isFinal, stateOf } from "../../../api/States.ts"
import { minus, nothing, plus, type PriceOf } from "../../../spark/usage/Amounts.ts"
import { type AttemptPods, countPods, owedBy } from "../../../spark/usage/CountPods.ts"

/** The pods of an application, by submission, and what they cost. */
export interface UsageFacts {
  readonly podsOf: (submissionId: string) => AttemptPods
  readonly priceOf: PriceOf
  /** The share of the time of executor cores in which they ran tasks, as the driver of the current submission reported it last. */
  readonly coreUtilization: number | undefined
}

/**
 * Attempts that had ended before usage was counted, or before this operator took over, are not counted: their executors are gone. `before` is
 * the attempt in the status before.
 */
const isCounted = (attempt: Attempt, before: Attempt | undefined): boolean =>
  attempt.usage !== undefined || (before ?? attempt).result === undefined

const withUtilization = (usage: AttemptUsage, coreUtilization: number | undefined): AttemptUsage =>
  coreUtilization === undefined ? usage : { ...usage, coreUtilization }

/** Whether the sum of all attempts is that of all their pods. */
const isComplete = (before: Usage | undefined, attempts: ReadonlyArray<Attempt>): boolean =>
  (before?.complete ?? attempts[0]?.number === 1) &&
  attempts.every(({ usage, submittedTime, result }) =>
    usage === undefined ? submittedTime === undefined || result === undefined : usage.complete,
  )

/** `status` with the usage of its attempts as it is now; `before` is the status that it replaces. `now` is in epoch milliseconds. */
export const withUsage = (
  before: SparkApplicationStatus,
  status: SparkApplicationStatus,
  { podsOf, priceOf, coreUtilization }: UsageFacts,
  now: number,
): SparkApplicationStatus => {
  const { attempts = [] } = status
  const known = new Map((before.attempts ?? []).map((attempt) => [attempt.number, attempt]))
  let added = nothing
  const counted = attempts.map((attempt) => {
    if (!isCounted(attempt, known.get(attempt.number))) return attempt
    const usage = countPods(attempt.usage, podsOf(attempt.submissionID), priceOf, now)
    if (usage === undefined) return attempt
    added = plus(added, minus(usage, attempt.usage ?? nothing))
    const isCurrent = attempt.submissionID === status.submissionID
    return { ...attempt, usage: withUtilization(usage, isCurrent ? coreUtilization : undefined) }
  })
  if (counted.every(({ usage }) => usage === undefined)) return status
  const usage = { ...plus(before.usage ?? nothing, added), complete: isComplete(before.usage, counted) }
  return { ...status, attempts: counted, usage }
}

/** Whether pods have ended since the last write of an application that has ended itself, so that no other write is to be expected. */
export const owesUsage = (status: SparkApplicationStatus, { podsOf }: UsageFacts): boolean =>
  isFinal(stateOf(status)) &&
  (status.attempts ?? []).some(
    ({ usage, submissionID }) => usage !== undefined && podsOf(submissionID).uses.some(owedBy(usage)),
  )
