import { assert, describe, it } from "@effect/vitest"
import type { Attempt } from "../../../../src/api/application/SparkApplicationStatus.ts"
import { decide } from "../../../../src/application/lifecycle/Decide.ts"
import { arrivalPhases, attemptPhases } from "../../../../src/application/lifecycle/running/Timeline.ts"
import { ago, driver, executor, now, pending, situation, terminated } from "../../../support/Situations.ts"

type Facts = NonNullable<Parameters<typeof situation>[1]>

/** The last attempt after these looks, one after the other, of which none has to wait for more changes. */
const after = (...looks: ReadonlyArray<Facts>): Attempt => {
  let status = decide(situation("SUBMITTED", looks[0] ?? {})).status
  for (const facts of looks.slice(1)) {
    const observed = { ...facts.observed, changesSince: 0 }
    status = decide(situation("SUBMITTED", { ...facts, status, observed })).status
  }
  return status.attempts!.at(-1)!
}

describe("the points of an attempt", () => {
  it("are the timestamps of the pods, whenever they are seen", () => {
    const executors = [executor(1), executor(2, { startedAt: now - 30_000 }), executor(3, { startedAt: undefined })]
    const { scheduledTime, sandboxTime, runningTime, contextTime, firstExecutorTime, executorsTime } = after({
      observed: { driver: driver(), executors },
    })
    assert.deepStrictEqual(
      { scheduledTime, sandboxTime, runningTime, contextTime, firstExecutorTime, executorsTime },
      {
        scheduledTime: ago(59),
        sandboxTime: ago(57),
        runningTime: ago(50),
        contextTime: ago(40),
        firstExecutorTime: ago(38),
        executorsTime: ago(30),
      },
    )
  })

  it("are written once: later changes of the pods do not change them", () => {
    const attempt = after(
      { observed: { driver: pending() } },
      { observed: { driver: driver({ scheduledAt: now - 5000 }), executors: [executor(1)] } },
      { observed: { driver: driver(), executors: [executor(1, { createdAt: now, startedAt: now }), executor(2)] } },
    )
    assert.strictEqual(attempt.scheduledTime, ago(59))
    assert.strictEqual(attempt.contextTime, ago(40))
    assert.strictEqual(attempt.firstExecutorTime, ago(38))
    assert.strictEqual(attempt.executorsTime, ago(0))
  })

  it("are also recorded for a run that had ended before the first reconcile", () => {
    const over = { ...terminated(0), initializedAt: now - 55_000 }
    const attempt = after({ observed: { driver: over, executors: [executor(1, { state: "COMPLETED" })] } })
    assert.deepStrictEqual(attemptPhases(attempt), [
      { phase: "submit", from: ago(60), to: ago(60) },
      { phase: "schedule", from: ago(60), to: ago(59) },
      { phase: "sandbox", from: ago(59), to: ago(57) },
      { phase: "init", from: ago(57), to: ago(55) },
      { phase: "pull", from: ago(55), to: ago(50) },
      { phase: "context", from: ago(50), to: ago(40) },
      { phase: "first_executor", from: ago(40), to: ago(38) },
      { phase: "run", from: ago(50), to: ago(1) },
    ])
  })

  it("do not cause a status write before the driver starts, but are included in the next one", () => {
    const first = decide(situation("SUBMITTED", { observed: { driver: pending() } })).status
    const again = decide(situation("SUBMITTED", { status: first, observed: { driver: pending() } })).status
    assert.strictEqual(again, first)
    const unscheduled = decide(situation("SUBMITTED", { observed: { driver: pending({ scheduledAt: undefined }) } }))
    const scheduled = situation("SUBMITTED", { status: unscheduled.status, observed: { driver: pending() } })
    assert.strictEqual(decide(scheduled).status, unscheduled.status)
    const waiting = { reason: "ImagePullBackOff", message: undefined }
    const held = { ...scheduled, observed: { ...scheduled.observed, driver: pending({ waiting }) } }
    assert.strictEqual(decide(held).status.attempts?.at(-1)?.scheduledTime, ago(59))
  })

  it("of an attempt that has ended do not change", () => {
    const status = decide(situation("COMPLETED", { observed: { driver: driver(), executors: [executor(1)] } })).status
    assert.isUndefined(status.attempts?.at(-1)?.scheduledTime)
  })

  it("do not include executorsTime if Spark requests no executors at its start", () => {
    const desired = { initialExecutors: 0 }
    const attempt = after({ desired, observed: { driver: driver(), executors: [executor(1), executor(2)] } })
    assert.isUndefined(attempt.executorsTime)
    assert.strictEqual(attempt.firstExecutorTime, ago(38))
  })
})

describe("phases", () => {
  it("without a sandbox of its own, pulling begins at the node", () => {
    const times = { startTime: ago(9), submittedTime: ago(8), scheduledTime: ago(7), runningTime: ago(3) }
    assert.deepStrictEqual(attemptPhases(times).at(-1), { phase: "pull", from: ago(7), to: ago(3) })
  })

  it("before the first attempt: accepted, then waiting for its turn", () => {
    const accepted = (status: "True" | "False") => [
      { type: "Accepted", status, lastTransitionTime: ago(50), reason: "", message: "" },
    ]
    const application = (status: "True" | "False", ...attempts: ReadonlyArray<Attempt>) => ({
      metadata: { creationTimestamp: ago(60) },
      status: { applicationState: { state: "" as const }, driverInfo: {}, conditions: accepted(status), attempts },
    })
    const first = { number: 1, submissionID: "s", startTime: ago(20) }
    assert.deepStrictEqual(arrivalPhases(application("False", first)), [])
    assert.deepStrictEqual(arrivalPhases(application("True", first)), [
      { phase: "accept", from: ago(60), to: ago(50) },
      { phase: "queue", from: ago(50), to: ago(20) },
    ])
    assert.deepStrictEqual(
      arrivalPhases(application("True", { ...first, number: 2 })).map(({ phase }) => phase),
      ["accept"],
    )
  })
})
