import { assert, describe, it } from "@effect/vitest"
import {
  coreUtilization,
  hasMoved,
  type Progress,
  progressOf,
  progressText,
  shareOf,
  stageStateOf,
} from "../../../src/spark/monitoring/DriverProgress.ts"

/** A job as Spark 4.1 lists it; what is not read is left out. */
const job = (jobId: number, more: object = {}) => ({
  jobId,
  name: "count at Words.scala:12",
  submissionTime: "2026-11-21T03:18:12.531GMT",
  stageIds: [jobId],
  status: "SUCCEEDED",
  numTasks: 10,
  numActiveTasks: 0,
  numCompletedTasks: 10,
  numSkippedTasks: 0,
  numFailedTasks: 0,
  numKilledTasks: 0,
  numCompletedIndices: 10,
  numActiveStages: 0,
  numCompletedStages: 1,
  numSkippedStages: 0,
  numFailedStages: 0,
  ...more,
})

const half = {
  status: "RUNNING",
  numActiveTasks: 2,
  numCompletedTasks: 5,
  numCompletedIndices: 5,
  numActiveStages: 1,
  numCompletedStages: 0,
}

const executors = [
  { id: "driver", isActive: true },
  { id: "1", isActive: true },
  { id: "2", isActive: false },
  { id: "3", isActive: true },
]

const batch = (id: number, completionTime: string | undefined, name = "") =>
  job(id, {
    description: `${name}\nid = 7bc5c10d\nrunId = 61984498\nbatch = ${id}`,
    ...(completionTime === undefined ? {} : { completionTime }),
  })

describe("progress", () => {
  it("is the sum of the jobs that Spark retains, with the active executors", () => {
    const progress = progressOf(
      [job(2, half), job(1), job(0, { status: "FAILED", numFailedStages: 1, numFailedTasks: 4 })],
      executors,
    )
    assert.deepStrictEqual(progress, {
      jobs: { active: 1, completed: 1, failed: 1 },
      stages: { active: 1, completed: 2, failed: 1 },
      tasks: { active: 2, completed: 25, failed: 4, total: 30 },
      executors: 2,
      description: "count at Words.scala:12",
      batch: undefined,
    })
    assert.strictEqual(progressText(progress), "83%")
  })

  it("counts neither skipped tasks nor a second attempt of the same task as work", () => {
    const { tasks } = progressOf([job(0, { numTasks: 20, numSkippedTasks: 10, numCompletedTasks: 13 })], [])
    assert.deepStrictEqual([tasks.completed, tasks.total], [10, 10])
  })

  it("is absent before the first job, and 100% only at the end of the application", () => {
    assert.isUndefined(progressText(progressOf([], [])))
    assert.strictEqual(progressText(progressOf([job(0)], [])), "99%")
    assert.strictEqual(shareOf(progressOf([job(0)], [])), 1)
  })

  it("of a streaming query is the newest micro-batch, whatever the order of its jobs, named or not", () => {
    const progress = progressOf(
      [
        batch(3, "2026-11-21T03:18:12.700GMT"),
        batch(4, "2026-11-21T03:18:15.700GMT", "orders"),
        batch(2, "2026-11-21T03:18:09.951GMT"),
      ],
      [],
    )
    assert.deepStrictEqual(progress.batch, { id: 4, at: Date.parse("2026-11-21T03:18:15.700Z") })
    assert.strictEqual(progressText(progress), "batch 4")
    assert.isUndefined(shareOf(progress))
    assert.strictEqual(progressOf([batch(5, undefined)], []).batch?.at, Date.parse("2026-11-21T03:18:12.531Z"))
  })

  it("has a description of the current work on one line", () => {
    const described = (description: string) => progressOf([job(0, { ...half, description })], []).description
    assert.strictEqual(described("load\n <a href='x'>orders</a>\u0007"), "load orders")
    assert.strictEqual(described("x".repeat(500))?.length, 200)
    assert.strictEqual(described("  "), "count at Words.scala:12")
    assert.isUndefined(progressOf([job(0, { description: "done" })], []).description)
  })

  it("is read in time with descriptions that are made to be slow to parse", () => {
    for (const evil of ["\n", "<", "\n ", "<br/>"]) {
      const description = evil.repeat(1_000_000)
      const progress = progressOf([job(0, { ...half, description })], [])
      assert.isUndefined(progress.batch)
      assert.isAtMost(progress.description?.length ?? 0, 200)
    }
  })

  it("counts values that make no sense as zero", () => {
    const nothing = progressOf([], [])
    for (const answer of [undefined, null, 7, "<html>", {}, [null, "x", 7]]) {
      assert.deepStrictEqual(progressOf(answer, answer), { ...nothing, executors: 0 })
    }
    const odd = progressOf(
      [job(0, { numTasks: -1, numActiveTasks: "4", numFailedTasks: Number.NaN, numActiveStages: 1e300 })],
      [],
    )
    assert.deepStrictEqual(odd.tasks, { active: 0, completed: 10, failed: 0, total: 0 })
    assert.isTrue(Number.isSafeInteger(odd.stages.active))
  })
})

describe("the state of the stages", () => {
  const states: ReadonlyArray<readonly [string, Progress | undefined, string]> = [
    ["of a driver that was not read", undefined, "none"],
    ["before the first job", progressOf([], []), "none"],
    ["while a stage runs", progressOf([job(0, half)], []), "active"],
    ["with tasks left and no stage that runs", progressOf([job(0, { ...half, numActiveStages: 0 })], []), "pending"],
    ["with everything done", progressOf([job(0)], []), "complete"],
    [
      "with nothing done but failures",
      progressOf([job(0, { numCompletedStages: 0, numFailedStages: 1 })], []),
      "failed",
    ],
  ]
  for (const [when, progress, state] of states) {
    it(`${when} is ${state}`, () => assert.strictEqual(stageStateOf(progress), state))
  }
})

describe("a run", () => {
  const before = progressOf([batch(1, "2026-11-21T03:18:12.700GMT")], [])

  it("has progressed when a task, stage, job or micro-batch began or ended", () => {
    const moved = (change: Partial<Progress>) => hasMoved(before, { ...before, ...change })
    assert.isTrue(moved({ tasks: { ...before.tasks, active: 1 } }))
    assert.isTrue(moved({ tasks: { ...before.tasks, total: 11 } }))
    assert.isTrue(moved({ stages: { ...before.stages, failed: 1 } }))
    assert.isTrue(moved({ jobs: { ...before.jobs, completed: 2 } }))
    assert.isTrue(moved({ batch: { id: 2, at: before.batch?.at ?? 0 } }))
  })

  it("has not progressed when only executors started or ended", () => {
    assert.isFalse(hasMoved(before, { ...before, executors: 9, description: "something" }))
  })
})

describe("the use of executor cores", () => {
  const at = (second: number) => `2026-11-21T03:00:${String(second).padStart(2, "0")}.000GMT`
  const now = Date.parse("2026-11-21T03:00:40Z")
  const executor = (id: string, more: object) => ({
    id,
    totalCores: 2,
    maxTasks: 2,
    totalDuration: 0,
    addTime: at(0),
    ...more,
  })

  it("is the time of tasks by the time of all cores, of executors that are gone, too", () => {
    const executors = [
      executor("driver", { totalDuration: 99_000 }),
      executor("1", { totalDuration: 60_000 }),
      executor("2", { totalDuration: 10_000, removeTime: at(20), isActive: false }),
    ]
    assert.strictEqual(coreUtilization(executors, now), Math.round((70 / (80 + 40)) * 1000) / 1000)
  })

  it("counts tasks that need several cores as using them all", () => {
    const executors = [executor("1", { totalCores: 4, maxTasks: 1, totalDuration: 20_000 })]
    assert.strictEqual(coreUtilization(executors, now), 0.5)
  })

  it("is a share, whatever the driver answers, and not known before the first executor", () => {
    assert.strictEqual(coreUtilization([executor("1", { totalDuration: 1e9 })], now), 1)
    for (const answer of [
      [],
      [executor("driver", {})],
      [{ id: "1" }],
      "no list",
      [executor("1", { addTime: at(40) })],
    ]) {
      assert.isUndefined(coreUtilization(answer, now))
    }
  })
})
