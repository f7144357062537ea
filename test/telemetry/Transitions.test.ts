import { assert, describe, it } from "@effect/vitest"
import type { ApplicationStateType, Attempt, SparkApplicationStatus } from "../../src/api/SparkApplicationStatus.ts"
import { transitions } from "../../src/telemetry/Transitions.ts"
import { application, status } from "./Scrape.ts"

const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  number: 1,
  submissionID: "s1",
  startTime: "2030-01-01T00:00:01Z",
  ...more,
})
const submitted = attempt({ submittedTime: "2030-01-01T00:00:05Z" })
const running = attempt({ ...submitted, runningTime: "2030-01-01T00:00:30Z" })
const finished = (result: NonNullable<Attempt["result"]>) =>
  attempt({ ...running, finishTime: "2030-01-01T01:00:30Z", result })

const at = (state: ApplicationStateType, ...attempts: ReadonlyArray<Attempt>) =>
  status(state, { submissionID: "s1", attempts })

/** Measurements as short texts: `source value attribute`. */
const between = (previous: SparkApplicationStatus | undefined, next: SparkApplicationStatus) =>
  transitions(previous, application("", { status: next })).map(({ source, value, attributes }) =>
    [source, value, ...Object.values(attributes ?? {})].join(" "),
  )

describe("what a status write counts", () => {
  it("the first status makes an application created", () => {
    assert.deepStrictEqual(between(undefined, at("", attempt())), ["created 1"])
  })

  it("a driver pod makes the attempt submitted, and tells how long the user waited for it", () => {
    assert.deepStrictEqual(between(at("", attempt()), at("SUBMITTED", submitted)), ["submitted 1", "submit-latency 5"])
  })

  it("a driver that starts tells how long the user waited for it", () => {
    assert.deepStrictEqual(between(at("SUBMITTED", submitted), at("RUNNING", running)), ["start-latency 30"])
  })

  it("a run that was over before it was seen running has all its times", () => {
    assert.deepStrictEqual(between(at("SUBMITTED", submitted), at("SUCCEEDING", finished("Succeeded"))), [
      "start-latency 30",
      "execution-time 3600 Succeeded",
      "run-succeeded 1",
    ])
  })

  it("a run that succeeds counts at SUCCEEDING, the application at COMPLETED", () => {
    const succeeding = at("SUCCEEDING", finished("Succeeded"))
    assert.deepStrictEqual(between(at("RUNNING", running), succeeding), [
      "execution-time 3600 Succeeded",
      "run-succeeded 1",
    ])
    assert.deepStrictEqual(between(succeeding, at("COMPLETED", finished("Succeeded"))), [
      "succeeded 1",
      "last-execution-time 3600 Succeeded",
    ])
  })

  it("a failed run that is tried again is a retry and no failed application", () => {
    const failing = at("FAILING", finished("Failed"))
    assert.deepStrictEqual(between(at("RUNNING", running), failing), ["execution-time 3600 Failed", "run-failed 1"])
    assert.deepStrictEqual(between(failing, at("PENDING_RERUN", finished("Failed"))), ["retried 1"])
    const again = attempt({ number: 2, submissionID: "s2", submittedTime: "2030-01-01T01:10:00Z" })
    assert.deepStrictEqual(
      between(
        at("PENDING_RERUN", finished("Failed")),
        status("SUBMITTED", { submissionID: "s2", attempts: [finished("Failed"), again] }),
      ),
      ["submitted 1"],
    )
  })

  it("a failed run that is not tried again is a failed application", () => {
    assert.deepStrictEqual(between(at("FAILING", finished("Failed")), at("FAILED", finished("Failed"))), [
      "failed 1",
      "last-execution-time 3600 Failed",
    ])
  })

  it("every failed submission counts, and its retry, but nothing was executed", () => {
    const broken = attempt({ result: "SubmissionFailed", finishTime: "2030-01-01T00:00:02Z" })
    const failed = at("SUBMISSION_FAILED", broken)
    assert.deepStrictEqual(between(at("", attempt()), failed), ["submission-failed 1"])
    const second = attempt({ number: 2, submissionID: "s2" })
    const retried = status("SUBMISSION_FAILED", { submissionID: "s2", attempts: [broken, second] })
    assert.deepStrictEqual(between(failed, retried), ["retried 1"])
    const brokenAgain = { ...second, result: "SubmissionFailed" as const }
    const failedAgain = status("SUBMISSION_FAILED", { submissionID: "s2", attempts: [broken, brokenAgain] })
    assert.deepStrictEqual(between(retried, failedAgain), ["submission-failed 1"])
    const over = status("FAILED", { submissionID: "s2", attempts: [broken, brokenAgain] })
    assert.deepStrictEqual(between(failedAgain, over), ["failed 1"])
  })

  it("a rerun after success or after a change of the spec is no retry", () => {
    const succeeding = at("SUCCEEDING", finished("Succeeded"))
    assert.deepStrictEqual(between(succeeding, at("PENDING_RERUN", finished("Succeeded"))), [])
    const invalidating = at("INVALIDATING", finished("Stopped"))
    assert.deepStrictEqual(between(invalidating, at("PENDING_RERUN", finished("Stopped"))), [])
  })

  it("writing the same status again counts nothing", () => {
    for (const same of [
      at("RUNNING", running),
      at("FAILED", finished("Failed")),
      at("PENDING_RERUN", finished("Failed")),
    ])
      assert.deepStrictEqual(between(same, same), [])
  })

  it("a run taken over from another operator is not submitted a second time", () => {
    const theirs = status("RUNNING", { submissionID: "s1" })
    assert.deepStrictEqual(between(theirs, at("RUNNING", running)), [])
    assert.deepStrictEqual(between(theirs, at("SUCCEEDING", finished("Succeeded"))), [
      "execution-time 3600 Succeeded",
      "run-succeeded 1",
    ])
  })

  it("clocks that disagree do not make times negative", () => {
    const early = attempt({ ...running, finishTime: "2030-01-01T00:00:29Z", result: "Failed" })
    assert.deepStrictEqual(between(at("RUNNING", running), at("FAILING", early)), [
      "execution-time 0 Failed",
      "run-failed 1",
    ])
  })

  const executors = (submissionID: string, succeeded: number, failed: number, ...reasons: ReadonlyArray<string>) =>
    status("RUNNING", {
      submissionID,
      executors: { pending: 0, running: 1, succeeded, failed },
      recentExecutorFailures: reasons.map((reason, index) => ({
        podName: `${submissionID}-exec-${index}`,
        time: "2030-01-01T00:10:00Z",
        reason,
      })),
    })

  it("executors that ended since the last status count, failures by reason", () => {
    assert.deepStrictEqual(
      between(executors("s1", 1, 1, "Error"), executors("s1", 3, 4, "Error", "OOMKilled", "OOMKilled")),
      ["executor-succeeded 2", "executor-failed 2 OOMKilled", "executor-failed 1 Unknown"],
    )
  })

  it("executors of a new submission are counted from zero", () => {
    assert.deepStrictEqual(between(executors("s1", 5, 5), executors("s2", 1, 0)), ["executor-succeeded 1"])
  })
})
