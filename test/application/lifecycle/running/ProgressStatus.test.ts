import { assert, describe, it } from "@effect/vitest"
import type { SparkApplicationStatus } from "../../../../src/api/application/SparkApplicationStatus.ts"
import { decide } from "../../../../src/application/lifecycle/Decide.ts"
import {
  nextReading,
  type Reading,
  progressStatus,
} from "../../../../src/application/lifecycle/running/ProgressStatus.ts"
import type { Policy } from "../../../../src/application/lifecycle/Situation.ts"
import type { Progress } from "../../../../src/spark/monitoring/DriverProgress.ts"
import { begunIn, ago, driver, now, situation, statusIn, terminated } from "../../../support/Situations.ts"

const progress = (completed: number, more: Partial<Progress> = {}): Progress => ({
  jobs: { active: 1, completed: 0, failed: 0 },
  stages: { active: 1, completed: 0, failed: 0 },
  tasks: { active: 2, completed, failed: 0, total: 100 },
  executors: 2,
  description: "count at Words.scala:12",
  batch: undefined,
  ...more,
})

const reading = (completed: number, secondsAgo: number, more: Partial<Progress> = {}): Reading => ({
  progress: progress(completed, more),
  movedAt: now - secondsAgo * 1000,
  readAt: now,
})

const running = (status: Partial<SparkApplicationStatus>, read?: Reading) =>
  situation("RUNNING", { status: statusIn("RUNNING", status), observed: { driver: driver(), progress: read } })

describe("the time of the last progress", () => {
  it("is the first reading, and changes when something progressed", () => {
    assert.strictEqual(nextReading(undefined, progress(1), 5000).movedAt, 5000)
    assert.strictEqual(nextReading(reading(1, 60), progress(1), now).movedAt, now - 60_000)
    assert.strictEqual(nextReading(reading(1, 60), progress(2), now).movedAt, now)
  })

  it("is taken from the status after a restart of the operator", () => {
    const status = progressStatus(reading(1, 60))
    assert.strictEqual(nextReading(status, progress(1), now).movedAt, now - 60_000)
    assert.strictEqual(nextReading(status, progress(2), now).movedAt, now)
    assert.strictEqual(nextReading({ ...status, lastProgressTime: "when?" }, progress(1), now).movedAt, now)
  })
})

describe("the status of a running application", () => {
  it("has what its driver reported", () => {
    const batch = { id: 17, at: now - 3000 }
    const { status } = decide(running({}, reading(42, 1)))
    assert.deepStrictEqual(status.progress, {
      summary: "42%",
      description: "count at Words.scala:12",
      jobs: { active: 1, completed: 0, failed: 0 },
      stages: { active: 1, completed: 0, failed: 0 },
      tasks: { active: 2, completed: 42, failed: 0, total: 100 },
      executors: 2,
      lastProgressTime: ago(1),
    })
    const streaming = decide(running({}, reading(42, 1, { batch }))).status.progress
    assert.strictEqual(streaming?.summary, "batch 17")
    assert.deepStrictEqual(streaming?.batch, { id: 17, time: ago(3) })
  })

  it("is not written again when the driver reports the same", () => {
    const first = decide(running({}, reading(42, 1))).status
    const s = running({}, reading(42, 1))
    assert.strictEqual(decide({ ...s, status: first }).status, first)
  })

  it("keeps the last report until there is a newer one", () => {
    const said = progressStatus(reading(42, 1))
    assert.deepStrictEqual(decide(running({ progress: said })).status.progress, said)
  })
})

describe("the progress of a run that ended", () => {
  const ended = (exitCode: number, status: Partial<SparkApplicationStatus>, policy: Partial<Policy> = {}) => {
    const s = situation("RUNNING", { status: statusIn("RUNNING", status), observed: { driver: terminated(exitCode) } })
    return decide({ ...s, policy: { ...s.policy, ...policy } }).status.progress
  }

  it("is 100% after success, also when its driver was never read", () => {
    const complete = { summary: "100%", lastProgressTime: ago(1) }
    assert.deepStrictEqual(ended(0, {}), complete)
    assert.deepStrictEqual(ended(0, { progress: progressStatus(reading(42, 1)) }), complete)
  })

  it("is the last micro-batch after the success of a streaming application", () => {
    const said = progressStatus(reading(42, 1, { batch: { id: 17, at: now - 3000 } }))
    assert.deepStrictEqual(ended(0, { progress: said }), {
      summary: "batch 17",
      batch: { id: 17, time: ago(3) },
      lastProgressTime: ago(1),
    })
  })

  it("keeps its last value after a failure", () => {
    const said = progressStatus(reading(42, 1))
    assert.deepStrictEqual(ended(1, { progress: said }), said)
  })

  it("is absent if progress is not followed", () => {
    assert.isUndefined(ended(0, {}, { progressSeconds: undefined }))
  })

  it("is removed when the next attempt begins", () => {
    const said = progressStatus(reading(42, 1))
    const observed = { begun: begunIn("RESUMING") }
    const s = situation("RESUMING", { status: statusIn("RESUMING", { progress: said }), observed })
    const { status } = decide(s)
    assert.strictEqual(status.attempts?.length, 2)
    assert.isUndefined(status.progress)
  })
})
