import { assert, describe, it } from "@effect/vitest"
import type { SparkApplicationStatus } from "../../../../src/api/application/SparkApplicationStatus.ts"
import { decide } from "../../../../src/application/lifecycle/Decide.ts"
import { followExecutors } from "../../../../src/application/lifecycle/running/Executors.ts"
import type { Executor } from "../../../../src/spark/observe/ObservedPod.ts"
import { executor, now, situation, statusIn, terminated } from "../../../support/Situations.ts"

/** Follows one picture of the executors after another, as reconciles do. */
const history = (...pictures: ReadonlyArray<ReadonlyArray<Executor>>): SparkApplicationStatus =>
  pictures.reduce((status, picture) => followExecutors(status, picture, 100, now).status, statusIn("RUNNING"))

const failed = (id: number, facts: Partial<Executor> = {}) =>
  executor(id, { state: "FAILED", reason: "OOMKilled", exitCode: 137, finishedAt: now, ...facts })

describe("followExecutors", () => {
  it("counts what exists and what has ended", () => {
    const { executors, executorState } = history([
      executor(1),
      executor(2, { state: "PENDING" }),
      executor(3, { state: "COMPLETED" }),
      failed(4),
    ])
    assert.deepStrictEqual(executors, { pending: 1, running: 1, succeeded: 1, failed: 1, failures: { OOMKilled: 1 } })
    assert.deepStrictEqual(executorState, {
      "pi-exec-1": "RUNNING",
      "pi-exec-2": "PENDING",
      "pi-exec-3": "COMPLETED",
      "pi-exec-4": "FAILED",
    })
  })

  it("counts every end once, however often it is seen and whether or not the pod stays", () => {
    const { executors } = history([failed(1)], [failed(1)], [failed(1, { deleted: true })], [])
    assert.deepStrictEqual(executors, { pending: 0, running: 0, succeeded: 0, failed: 1, failures: { OOMKilled: 1 } })
  })

  it("an end keeps its reported outcome, whatever is observed afterwards", () => {
    const completed = executor(1, { state: "COMPLETED" })
    const status = history([executor(1)], [completed], [failed(1)], [failed(1, { deleted: true })])
    assert.deepStrictEqual(status.executors, { pending: 0, running: 0, succeeded: 1, failed: 0 })
    const { events } = followExecutors(history([completed]), [failed(1)], 100, now)
    assert.deepStrictEqual(events, [])
  })

  it("executors that outlive their driver are also counted until they end", () => {
    const status = { ...history([executor(1), executor(2)]), ...statusIn("COMPLETED") }
    const late = decide(
      situation("COMPLETED", { status, observed: { driver: terminated(0), executors: [executor(2)] } }),
    )
    assert.deepInclude(late.status.executors, { running: 1, succeeded: 1 })
    const waited = { changesSince: now - 4000 }
    const gone = decide(situation("COMPLETED", { status: late.status, observed: { driver: terminated(0), ...waited } }))
    assert.deepInclude(gone.status.executors, { running: 0, succeeded: 2, failed: 0 })
    assert.strictEqual(gone.status.applicationState.state, "COMPLETED")
  })

  it("an executor that disappears without a final status counts as released by its driver", () => {
    assert.deepStrictEqual(history([executor(1), executor(2, { state: "PENDING" })], []).executors, {
      pending: 0,
      running: 0,
      succeeded: 1,
      failed: 0,
    })
  })

  it("keeps only existing pods, so the status does not grow with dynamic allocation", () => {
    const pictures = Array.from({ length: 50 }, (_, i) => [executor(i), executor(i + 1)])
    assert.deepStrictEqual(Object.keys(history(...pictures).executorState!), ["pi-exec-49", "pi-exec-50"])
    assert.strictEqual(history(...pictures).executors?.succeeded, 49)
  })

  it("remembers the ten newest failures with reason and exit code", () => {
    const { recentExecutorFailures } = history(Array.from({ length: 12 }, (_, i) => failed(i + 1)))
    assert.strictEqual(recentExecutorFailures?.length, 10)
    assert.deepStrictEqual(recentExecutorFailures?.at(-1), {
      podName: "pi-exec-12",
      time: "2026-11-20T12:00:00Z",
      reason: "OOMKilled",
      failure: "OOMKilled",
      exitCode: 137,
    })
  })

  it("counts failures by reason, also of those that are not remembered", () => {
    const more = Array.from({ length: 12 }, (_, i) => failed(i + 1))
    const status = history(more, [...more, failed(13, { reason: "Error", exitCode: 52 })])
    assert.deepStrictEqual(status.executors?.failures, { OOMKilled: 12, OutOfMemoryError: 1 })
  })

  it("reports a hundred executors in one Event", () => {
    const { events } = followExecutors(
      statusIn("RUNNING"),
      Array.from({ length: 100 }, (_, i) => executor(i)),
      100,
      now,
    )
    assert.deepStrictEqual(events, [
      {
        type: "Normal",
        routine: true,
        reason: "SparkExecutorRunning",
        message: "Executor pi-exec-0, pi-exec-1, pi-exec-2, pi-exec-3, pi-exec-4 and 95 more is running",
      },
    ])
  })

  it("bounds the map of executors", () => {
    const { status } = followExecutors(
      statusIn("RUNNING"),
      Array.from({ length: 9 }, (_, i) => executor(i)),
      3,
      now,
    )
    assert.deepStrictEqual(Object.keys(status.executorState!), ["pi-exec-6", "pi-exec-7", "pi-exec-8"])
    assert.strictEqual(status.executors?.running, 9)
  })
})
