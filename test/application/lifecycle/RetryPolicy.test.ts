import { assert, describe, it } from "@effect/vitest"
import { decide } from "../../../src/application/lifecycle/Decide.ts"
import { retryAfter } from "../../../src/application/lifecycle/RetryPolicy.ts"
import { ago, driver, intentIn, now, situation, statusIn, terminated } from "../../support/Situations.ts"

describe("retryAfter", () => {
  it("Never does not retry", () => {
    assert.isUndefined(retryAfter({ type: "Never" }, "run", 1))
    assert.isUndefined(retryAfter({}, "submission", 1))
  })

  it("OnFailure with N retries allows N + 1 attempts, for runs and submissions with separate budgets and intervals", () => {
    const policy = {
      type: "OnFailure",
      onFailureRetries: 2,
      onFailureRetryInterval: 10,
      onSubmissionFailureRetries: 1,
      onSubmissionFailureRetryInterval: 20,
    } as const
    assert.deepStrictEqual(
      [1, 2, 3].map((n) => retryAfter(policy, "run", n)),
      [10, 10, undefined],
    )
    assert.deepStrictEqual(
      [1, 2].map((n) => retryAfter(policy, "submission", n)),
      [20, undefined],
    )
  })

  it("OnFailure without a number of retries does not retry", () => {
    assert.isUndefined(retryAfter({ type: "OnFailure" }, "run", 1))
  })

  it("Always waits twice as long after every failure in a row, five minutes at most, never less than the interval", () => {
    const waits = [1, 2, 3, 8, 100].map((n) => retryAfter({ type: "Always" }, "run", n))
    assert.deepStrictEqual(waits, [5, 10, 20, 300, 300])
    assert.strictEqual(retryAfter({ type: "Always", onFailureRetryInterval: 900 }, "run", 3), 900)
  })
})

describe("the budget of an application", () => {
  const onFailure = (onFailureRetries: number) => ({
    restartPolicy: { type: "OnFailure" as const, onFailureRetries, onFailureRetryInterval: 30 },
  })

  it("the interval is measured from the failure, however long the run was", () => {
    const failing = decide(situation("RUNNING", { desired: onFailure(1), observed: { driver: terminated(1) } }))
    assert.strictEqual(failing.status.nextRetryTime, new Date(now + 29_000).toISOString().replace(".000Z", "Z"))
    const waiting = decide(situation("FAILING", { desired: onFailure(1), status: failing.status }))
    assert.strictEqual(waiting.status.applicationState.state, "FAILING")
    assert.deepStrictEqual(waiting.next, { _tag: "After", seconds: 29 })
    const due = decide(situation("FAILING", { desired: onFailure(1), status: failing.status, now: now + 29_000 }))
    assert.strictEqual(due.status.applicationState.state, "PENDING_RERUN")
  })

  it("is used up after N retries", () => {
    const status = statusIn("FAILING", { runFailures: 3 })
    assert.strictEqual(
      decide(situation("FAILING", { status, desired: onFailure(2) })).status.applicationState.state,
      "FAILED",
    )
  })

  it("of runs is not used by failed submissions, and that of submissions is reset when one is accepted", () => {
    const refused = decide(
      situation("", {
        status: intentIn(""),
        observed: { submission: { _tag: "Refused", reason: "Forbidden", message: "quota" } },
      }),
    ).status
    assert.deepStrictEqual([refused.submissionFailures, refused.runFailures], [1, undefined])
    const accepted = decide(
      situation("", { status: { ...intentIn(""), submissionFailures: 2 }, observed: { driver: driver() } }),
    ).status
    assert.strictEqual(accepted.submissionFailures, 0)
  })

  it("is kept when the application is suspended and resumed, and reset when the spec changes", () => {
    const status = statusIn("RUNNING", { runFailures: 2 })
    const suspended = decide(situation("RUNNING", { status, desired: { suspend: true } })).status
    assert.strictEqual(suspended.runFailures, 2)
    const changed = decide(situation("RUNNING", { status, runSpecHash: "spec-2" })).status
    const anew = decide(situation("INVALIDATING", { status: changed, runSpecHash: "spec-2" })).status
    assert.deepStrictEqual([anew.runFailures, anew.submissionAttempts, anew.executionAttempts], [0, 0, 0])
  })

  it("of Always forgets failures before a run of ten minutes", () => {
    const status = statusIn("RUNNING", { runFailures: 6 })
    const long = { ...terminated(1), startedAt: now - 700_000 }
    const desired = { restartPolicy: { type: "Always" as const } }
    assert.strictEqual(
      decide(situation("RUNNING", { status, desired, observed: { driver: long } })).status.runFailures,
      1,
    )
    assert.strictEqual(
      decide(situation("RUNNING", { status, desired, observed: { driver: terminated(1) } })).status.runFailures,
      7,
    )
  })

  it("Always runs again after success", () => {
    const desired = { restartPolicy: { type: "Always" as const } }
    assert.strictEqual(decide(situation("SUCCEEDING", { desired })).status.applicationState.state, "PENDING_RERUN")
  })

  it("a failed submission is retried after its interval, then given up", () => {
    const desired = {
      restartPolicy: {
        type: "OnFailure" as const,
        onSubmissionFailureRetries: 1,
        onSubmissionFailureRetryInterval: 10,
      },
    }
    const once = statusIn("SUBMISSION_FAILED", { submissionFailures: 1 })
    assert.deepStrictEqual(decide(situation("SUBMISSION_FAILED", { status: once, desired })).next, {
      _tag: "After",
      seconds: 9,
    })
    const later = decide(situation("SUBMISSION_FAILED", { status: once, desired, now: now + 9000 }))
    const submit = later.actions.find((action) => action._tag === "Submit")
    assert.strictEqual(submit?.attempt, 2)
    const twice = statusIn("SUBMISSION_FAILED", { submissionFailures: 2 })
    const given = decide(situation("SUBMISSION_FAILED", { status: twice, desired })).status
    assert.deepStrictEqual([given.applicationState.state, given.terminationTime], ["FAILED", ago(1)])
  })
})
