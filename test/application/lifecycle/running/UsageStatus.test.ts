import { assert, describe, it } from "vitest"
import type { Attempt, SparkApplicationStatus } from "../../../../src/api/application/SparkApplicationStatus.ts"
import { decide } from "../../../../src/application/lifecycle/Decide.ts"
import { owesUsage, type UsageFacts, withUsage } from "../../../../src/application/lifecycle/running/UsageStatus.ts"
import type { PodUse } from "../../../../src/spark/usage/PodUse.ts"
import { driver, now, situation, statusIn, terminated } from "../../../support/Situations.ts"

const reserved = { milliCores: 500, bytes: 2 ** 30, gpus: 1, node: "n", edited: false }
/** A pod that held something from this many seconds ago to then; `to` undefined: it still does. */
const use = (number: number, from: number, to: number | undefined, more: Partial<PodUse> = {}): PodUse => ({
  submissionId: "sub-1",
  number,
  from: now - from * 1000,
  to: to === undefined ? undefined : now - to * 1000,
  reserved,
  earlier: [],
  uncertain: false,
  ...more,
})
const facts = (
  uses: ReadonlyArray<PodUse>,
  more: Partial<UsageFacts> & { readonly unwatchedTo?: number } = {},
): UsageFacts => ({
  podsOf: (submission) => ({
    uses: uses.filter(({ submissionId }) => submissionId === submission),
    unwatchedTo: more.unwatchedTo,
  }),
  priceOf: () => undefined,
  coreUtilization: undefined,
  ...more,
})
const running = statusIn("RUNNING")
const usageAfter = (before: SparkApplicationStatus, given: UsageFacts, status = before) =>
  withUsage(before, status, given, now).usage

describe("the usage in the status", () => {
  it("is that of pods to their end, in cores, GiB, GPUs and executors", () => {
    assert.deepStrictEqual(usageAfter(running, facts([use(0, 100, 0), use(1, 50, 10), use(2, 30, 10)])), {
      cpuCoreSeconds: (100 + 40 + 20) / 2,
      memoryGibSeconds: 160,
      gpuSeconds: 160,
      executorSeconds: 60,
      complete: true,
    })
  })

  it("is that of running pods until five to six minutes ago, in whole minutes", () => {
    const first = withUsage(running, running, facts([use(0, 1000, undefined)]), now)
    assert.strictEqual(first.usage?.gpuSeconds, 700)
    assert.strictEqual(first.attempts?.[0]?.usage?.counted, "last=0 open=0 until=2026-11-20T11:55:00Z")
    const later = withUsage(first, first, facts([use(0, 1000, undefined)]), now + 59_000)
    assert.strictEqual(later.usage?.gpuSeconds, 700)
    assert.strictEqual(withUsage(first, first, facts([use(0, 1000, undefined)]), now + 60_000).usage?.gpuSeconds, 760)
    assert.strictEqual(withUsage(first, first, facts([use(0, 1000, 10)]), now).usage?.gpuSeconds, 990)
  })

  it("has what a pod requested before it was resized for as long as it did", () => {
    const earlier = [{ until: now - 60_000, reserved: { ...reserved, milliCores: 2000 } }]
    const given = facts([use(0, 100, 0, { earlier })])
    assert.strictEqual(usageAfter(running, given)?.cpuCoreSeconds, 40 * 2 + 60 * 0.5)
    // The resize is written down before the count comes to it: no other process will know of it.
    const open = withUsage(running, running, facts([use(0, 100, undefined, { earlier })]), now)
    assert.strictEqual(open.attempts?.[0]?.usage?.counted, "last=0 open=0 0=2026-11-20T11:59:00Z")
    assert.strictEqual(usageAfter(open, facts([use(0, 100, 0)]))?.cpuCoreSeconds, 40 * 2 + 60 * 0.5)
  })

  it("is the sum of all attempts, also of those that the status no longer lists", () => {
    const { attempts: [first] = [] } = withUsage(running, running, facts([use(0, 100, 20)]), now)
    const before = {
      ...running,
      attempts: [{ ...first!, result: "Failed" as const }],
      usage: { ...first!.usage!, cpuCoreSeconds: 40 },
    }
    const second: Attempt = { number: 2, submissionID: "sub-2", startTime: "2026-11-20T11:59:50Z" }
    const next = { ...before, submissionID: "sub-2", attempts: [...before.attempts, second] }
    const uses = [use(0, 100, 20), use(0, 10, 0, { submissionId: "sub-2" })]
    assert.strictEqual(usageAfter(before, facts(uses), next)?.cpuCoreSeconds, 45)
    assert.strictEqual(usageAfter(before, facts(uses), { ...next, attempts: [second] })?.cpuCoreSeconds, 45)
  })

  it.each<readonly [string, UsageFacts]>([
    ["a pod that was seen to be gone without its end", facts([use(0, 10, 0), use(1, 10, 5, { uncertain: true })])],
    [
      "numbers of executors that were never seen, from before this process",
      facts([use(0, 10, 0), use(3, 10, 5)], { unwatchedTo: 3 }),
    ],
  ])("is not complete with %s", (_, given) => {
    assert.isFalse(usageAfter(running, given)?.complete)
  })

  it("is complete although numbers are skipped, while all was watched: these pods could not be created", () => {
    assert.isTrue(usageAfter(running, facts([use(0, 10, 0), use(3, 10, 5)]))?.complete)
  })

  it("stays incomplete once a pod that ran is gone without an end", () => {
    const before = withUsage(running, running, facts([use(0, 10, undefined), use(1, 10, undefined)]), now)
    const after = withUsage(before, before, facts([use(0, 10, undefined)]), now)
    assert.deepStrictEqual([before.usage?.complete, after.usage?.complete], [true, false])
    assert.isFalse(usageAfter(after, facts([use(0, 10, 0), use(1, 10, 0)]))?.complete)
  })

  it("does not contain attempts that had ended before there was a count, and is then not complete", () => {
    const over = statusIn("COMPLETED")
    assert.strictEqual(withUsage(over, over, facts([use(0, 10, 0)]), now), over)
    const again: Attempt = { number: 2, submissionID: "sub-2", startTime: "2026-11-20T11:59:50Z" }
    const next = { ...over, attempts: [...(over.attempts ?? []), again] }
    const usage = usageAfter(over, facts([use(0, 10, 0), use(0, 8, 0, { submissionId: "sub-2" })]), next)
    assert.deepInclude(usage, { cpuCoreSeconds: 4, complete: false })
  })

  it("has a cost for each currency, at the price of the node when it is counted", () => {
    const price = { currency: "EUR", cpuCoreHour: 72, memoryGibHour: 36, gpuHour: 3600 }
    const priceOf = (node: string | undefined) => (node === "n" ? price : undefined)
    const before = withUsage(running, running, facts([use(0, 100, 0)], { priceOf }), now)
    assert.deepStrictEqual(before.usage?.estimatedCost, { EUR: 100 * (0.01 + 0.01 + 1) })
    const dollars = facts([use(1, 10, 0)], { priceOf: () => ({ ...price, currency: "USD" }) })
    assert.deepStrictEqual(usageAfter(before, dollars)?.estimatedCost, { EUR: 102, USD: 10.2 })
  })
})

describe("the usage causes no write", () => {
  const ended = [use(0, 100, 1)]
  const counted = withUsage(running, statusIn("RUNNING"), facts(ended), now)

  it("while the application runs", () => {
    const at = situation("RUNNING", { observed: { driver: driver() } })
    const settled = decide(at).status
    const again = { ...at, status: settled, usage: facts([use(0, 100, undefined), use(1, 50, 20)]) }
    assert.strictEqual(decide(again).status, settled)
  })

  it("but comes with the one that says how the run ended", () => {
    const { status } = decide(situation("RUNNING", { observed: { driver: terminated(0) }, usage: facts(ended) }))
    assert.strictEqual(status.applicationState.state, "COMPLETED")
    assert.strictEqual(status.usage?.cpuCoreSeconds, 49.5)
  })

  it("after the end either, except for pods that ended since, and then some seconds later", () => {
    const at = situation("COMPLETED", { status: { ...counted, ...pick(statusIn("COMPLETED")) } })
    const final = decide({ ...at, usage: facts(ended) }).status
    const quiet = { ...at, status: final }
    assert.strictEqual(decide({ ...quiet, usage: facts(ended) }).status, final)
    const late = { ...quiet, usage: facts([...ended, use(1, 50, 20)]) }
    assert.isTrue(owesUsage(final, late.usage))
    const waiting = decide(late)
    assert.strictEqual(waiting.status, final)
    assert.strictEqual(waiting.postponedSince, now)
    const written = decide({ ...late, observed: { ...late.observed, changesSince: now - 20_000 } })
    assert.strictEqual(written.status.usage?.executorSeconds, 30)
    assert.strictEqual(decide({ ...late, status: written.status }).status, written.status)
  })
})

const pick = ({ applicationState, terminationTime }: SparkApplicationStatus) => ({
  applicationState,
  ...(terminationTime === undefined ? {} : { terminationTime }),
})
