import { assert, describe, it } from "@effect/vitest"
import type { Reading } from "../../../../src/application/lifecycle/running/ProgressStatus.ts"
import { checkForStall } from "../../../../src/application/lifecycle/running/Watchdog.ts"
import type { WatchdogLimits } from "../../../../src/spark/health/WatchdogLimits.ts"
import type { Progress } from "../../../../src/spark/monitoring/DriverProgress.ts"
import { ago, now } from "../../../support/Situations.ts"

const counts = { active: 1, completed: 0, failed: 0 }

const reading = (quiet: number, more: Partial<Progress> = {}, readAgo = 0): Reading => ({
  progress: {
    jobs: counts,
    stages: counts,
    tasks: { ...counts, total: 10 },
    executors: 2,
    description: undefined,
    batch: undefined,
    ...more,
  },
  movedAt: now - quiet * 1000,
  readAt: now - readAgo * 1000,
})

const limits = (more: Partial<WatchdogLimits> = {}): WatchdogLimits => ({
  stalledSeconds: 100,
  batchSeconds: undefined,
  onlyBusy: false,
  restart: false,
  ...more,
})
const idle = { jobs: { active: 0, completed: 3, failed: 0 } }
const batch = (secondsAgo: number) => ({ batch: { id: 7, at: now - secondsAgo * 1000 } })
const streaming = limits({ batchSeconds: 60 })

describe("the watchdog", () => {
  const stalls: ReadonlyArray<readonly [string, Reading, WatchdogLimits, string | undefined]> = [
    ["nothing for as long as the limit", reading(100), limits(), "NoProgress"],
    ["nothing for less", reading(99), limits(), undefined],
    ["nothing, but the driver was last heard before the limit", reading(150, {}, 60), limits(), undefined],
    ["a session without work", reading(500, idle), limits({ onlyBusy: true }), undefined],
    ["a session with work", reading(500), limits({ onlyBusy: true }), "NoProgress"],
    ["no job at all in a batch", reading(500, idle), limits(), "NoProgress"],
    ["tasks that move in a batch that does not end", reading(1, batch(61)), streaming, "BatchOverdue"],
    ["a fresh micro-batch", reading(1, batch(59)), streaming, undefined],
    ["no micro-batch yet", reading(1), streaming, undefined],
    ["only micro-batches watched", reading(999, batch(1)), { ...streaming, stalledSeconds: undefined }, undefined],
  ]
  it.each(stalls)("detects %s", (_, read, watched, reason) => {
    assert.strictEqual(checkForStall(read, undefined, watched, now).stalled?.reason, reason)
  })

  it("reports since when, and the limit", () => {
    const { stalled } = checkForStall(reading(120), undefined, limits(), now)
    assert.strictEqual(stalled?.since, ago(120))
    assert.match(stalled?.message ?? "", /for 100 s \(spec.healthChecks.watchdog.stalledSeconds\); 1 jobs and 1 tasks/)
  })

  it("reconciles again when the next limit passes, and then soon until the driver was read", () => {
    assert.strictEqual(checkForStall(reading(40), undefined, limits(), now).next, 60)
    assert.strictEqual(checkForStall(reading(1, batch(50)), undefined, streaming, now).next, 10)
    assert.strictEqual(checkForStall(reading(150, {}, 60), undefined, limits(), now).next, 10)
    assert.isUndefined(checkForStall(reading(150), undefined, limits(), now).next)
  })

  it("uses the status until the driver was read, and does nothing if the watchdog is not enabled", () => {
    const before = { reason: "NoProgress", message: "", since: ago(9) } as const
    assert.strictEqual(checkForStall(undefined, before, limits(), now).stalled, before)
    assert.isUndefined(checkForStall(reading(500), before, undefined, now).stalled)
  })
})
