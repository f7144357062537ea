/** Submissions, which no status write precedes: what is recorded of them, when, and what happens if something else comes in between. */

import { assert, describe, it } from "@effect/vitest"
import type { ApplicationStateType } from "../../../src/api/application/SparkApplicationStatus.ts"
import { precedesSubmission, stateOf } from "../../../src/api/States.ts"
import { mayGiveUp, nextSubmission } from "../../../src/application/lifecycle/Begun.ts"
import { decide } from "../../../src/application/lifecycle/Decide.ts"
import type { SubmissionOutcome } from "../../../src/application/lifecycle/Observed.ts"
import { ago, begunIn, driver, intentIn, now, situation, statusIn } from "../../support/Situations.ts"

const states: ReadonlyArray<ApplicationStateType> = ["", "RESUMING", "PENDING_RERUN", "SUBMISSION_FAILED"]
const retried = { type: "OnFailure", onSubmissionFailureRetries: 5, onSubmissionFailureRetryInterval: 0 } as const
const desired = { restartPolicy: retried }
const accepted: SubmissionOutcome = { _tag: "Accepted", driver: driver({ runSpecHash: "spec-1" }) }
const blocked: SubmissionOutcome = { _tag: "Blocked", reason: "DriverPodExists", message: "pod pi-driver exists" }
const refused: SubmissionOutcome = { _tag: "Refused", reason: "Forbidden", message: "exceeded quota" }

const tags = (actions: ReadonlyArray<{ readonly _tag: string }>) => actions.map(({ _tag }) => _tag)

describe("a submission", () => {
  it("is decided on without a status write, under the id that follows from application and attempt", () => {
    for (const state of states) {
      const { status, actions, events, deferred } = decide(situation(state, { desired }))
      const submit = actions.find((action) => action._tag === "Submit")
      const { submissionId, attempt } = nextSubmission("app-uid", statusIn(state))
      assert.deepInclude(submit, { submissionId, attempt, runSpecHash: "spec-1", submittedAt: now }, state)
      assert.deepStrictEqual([status.attempts, events, deferred], [statusIn(state).attempts, [], true], state)
    }
  })

  it("that is accepted is recorded by one write, with the time of its first object", () => {
    for (const state of states) {
      const before = statusIn(state)
      const { status, events } = decide(
        situation(state, { desired, observed: { begun: begunIn(state), submission: accepted } }),
      )
      const attempt = status.attempts?.at(-1)
      assert.strictEqual(status.applicationState.state, "SUBMITTED")
      assert.deepInclude(attempt, { ...nextNumbers(state), startTime: ago(3), submittedTime: ago(60) })
      assert.strictEqual(status.executionAttempts, (before.executionAttempts ?? 0) + 1)
      assert.strictEqual(status.submissionAttempts, (before.submissionAttempts ?? 0) + 1)
      assert.deepStrictEqual(
        events.map(({ reason }) => reason),
        [...(state === "" ? ["SparkApplicationAdded"] : []), "SparkApplicationSubmitted"],
      )
    }
  })

  it("that is the first thing recorded was accepted when it began", () => {
    const { status } = decide(situation("", { observed: { begun: begunIn(""), submission: accepted } }))
    const at = (type: string) => status.conditions?.find((condition) => condition.type === type)?.lastTransitionTime
    assert.deepStrictEqual([at("Accepted"), at("Submitted")], [ago(3), ago(0)])
  })

  it("that has to wait is recorded with the reason, in a state that promises no driver pod", () => {
    for (const state of states) {
      const { status, actions } = decide(
        situation(state, { desired, observed: { begun: begunIn(state), submission: blocked } }),
      )
      assert.strictEqual(stateOf(status), state)
      assert.notStrictEqual(status.applicationState.state, "")
      assert.strictEqual(status.waiting?.reason, "DriverPodExists")
      assert.deepInclude(status.attempts?.at(-1), nextNumbers(state))
      assert.deepStrictEqual(actions, [])
    }
  })

  it("that is refused is recorded as a failed one by one write, and what it has made is deleted", () => {
    const { status, actions } = decide(situation("", { observed: { begun: begunIn(""), submission: refused } }))
    assert.strictEqual(status.applicationState.state, "SUBMISSION_FAILED")
    assert.deepInclude(status.attempts?.at(-1), { ...nextNumbers(""), result: "SubmissionFailed", startTime: ago(3) })
    const { submissionId } = begunIn("")
    assert.deepInclude(actions[0], { _tag: "DeleteRun", submissionId })
  })

  it("has another id than the last one, also if a definition that is not ours has dropped the attempts from the status", () => {
    const { submissionId } = nextSubmission("app-uid", undefined)
    const status = { ...statusIn("PENDING_RERUN", { submissionID: submissionId }), attempts: [] }
    const submit = decide(situation("PENDING_RERUN", { status })).actions.find(({ _tag }) => _tag === "Submit")
    assert.deepInclude(submit, { ...nextSubmission("app-uid", statusIn("SUBMITTED")) })
    const begun = { ...begunIn("PENDING_RERUN"), ...nextSubmission("app-uid", status) }
    const observed = { begun, submission: accepted }
    const recorded = decide(situation("PENDING_RERUN", { status, observed })).status
    assert.deepInclude(recorded.attempts?.[0], { number: 2, submissionID: begun.submissionId })
  })

  it("of another application of the same name says nothing", () => {
    const begun = begunIn("", { submissionId: "0f0e0d0c-0b0a-5909-8807-060504030201" })
    const { status, actions } = decide(situation("", { observed: { begun, submission: accepted } }))
    assert.isUndefined(status.attempts)
    assert.deepStrictEqual(tags(actions), ["Submit"])
  })
})

const nextNumbers = (state: ApplicationStateType) => {
  const { submissionId, attempt } = nextSubmission("app-uid", statusIn(state))
  return { number: attempt, submissionID: submissionId }
}

describe("a submission that has begun from a spec that was edited since", () => {
  const begun = begunIn("", { runSpecHash: "spec-0", driverPodName: "old-driver" })

  it("is recorded with its own spec, and then replaced under the next id", () => {
    const recorded = decide(situation("", { observed: { begun } })).status
    assert.deepStrictEqual([recorded.runSpecHash, recorded.driverInfo.podName], ["spec-0", "old-driver"])
    const changed = decide(situation("", { status: recorded }))
    assert.deepStrictEqual(
      [changed.rule, changed.status.applicationState.state, changed.status.runSpecHash],
      ["restart-changed-spec", "PENDING_RERUN", "spec-1"],
    )
    const { submissionId } = begun
    assert.deepInclude(changed.actions[0], { _tag: "DeleteRun", submissionId, driverPodName: "old-driver" })
    assert.deepInclude(changed.status.attempts?.[0], { result: "Stopped", reason: "SpecChanged" })
    const next = decide(situation("PENDING_RERUN", { status: changed.status }))
    assert.deepInclude(
      next.actions.find(({ _tag }) => _tag === "Submit"),
      { attempt: 2, runSpecHash: "spec-1" },
    )
  })

  it("and has a driver is recorded as SUBMITTED with its own spec, and then restarted", () => {
    const old = driver({ name: "old-driver", runSpecHash: "spec-0" })
    const submission = { _tag: "Accepted" as const, driver: old }
    const { status } = decide(situation("", { observed: { begun, submission } }))
    assert.deepStrictEqual([status.applicationState.state, status.runSpecHash], ["SUBMITTED", "spec-0"])
    const restarted = decide(situation("SUBMITTED", { status, observed: { driver: old } })).status
    assert.strictEqual(restarted.applicationState.state, "INVALIDATING")
  })

  it("is found out also if the attempt was recorded with the edited spec", () => {
    const status = { ...intentIn(""), attempts: [{ ...intentIn("").attempts![0]!, submissionID: begun.submissionId }] }
    const corrected = decide(situation("", { status, observed: { begun } })).status
    assert.deepStrictEqual([corrected.runSpecHash, corrected.attempts?.length], ["spec-0", 1])
    assert.strictEqual(decide(situation("", { status: corrected })).rule, "restart-changed-spec")
  })

  it("is found out by its driver pod, whatever the status says", () => {
    const observed = { driver: driver({ runSpecHash: "spec-0" }) }
    const { status } = decide(situation("", { status: intentIn(""), observed }))
    assert.strictEqual(status.runSpecHash, "spec-0")
  })
})

describe("something else than a submission", () => {
  const problems = [{ field: "spec.driver.memory", message: "is wrong" }]

  it.each([
    ["suspension", { desired: { suspend: true } }, "SUSPENDING", "Stopped"],
    ["refusal", { problems }, "FAILED", "SubmissionFailed"],
  ] as const)(
    "%s: first records a submission that has begun, and then deletes what it has made",
    (_, change, state, result) => {
      const begun = begunIn("")
      const recorded = decide(situation("", { ...change, observed: { begun } }))
      assert.deepStrictEqual([recorded.rule, recorded.actions], ["record-submission", []])
      assert.deepStrictEqual(recorded.next, { _tag: "After", seconds: 0 })
      const after = decide(situation("", { ...change, status: recorded.status }))
      assert.strictEqual(after.status.applicationState.state, state)
      assert.strictEqual(after.status.attempts?.[0]?.result, result)
      assert.deepInclude(after.actions[0], { _tag: "DeleteRun", submissionId: begun.submissionId })
    },
  )

  it("is the reason to search for one that has begun", () => {
    const searches = (state: ApplicationStateType, change: Parameters<typeof situation>[1] = {}) =>
      mayGiveUp(situation(state, change))
    assert.isFalse(searches(""))
    assert.isTrue(searches("", { deleting: true }))
    assert.isTrue(searches("", { problems }))
    assert.isTrue(searches("", { desired: { suspend: true }, generation: 2 }))
    assert.isFalse(searches("", { desired: { suspend: true }, generation: 1 }), "it was suspended from the beginning")
    const status = statusIn("SUBMISSION_FAILED", { nextRetryTime: ago(-1) })
    assert.isTrue(searches("SUBMISSION_FAILED", { status }), "the restart policy was edited")
    assert.isFalse(searches("SUBMISSION_FAILED", { status, desired }))
  })
})

describe("a submission that meets with errors which may pass", () => {
  const delay = { since: now - 6000, reason: "Unavailable", message: "etcd is down", remainsDeleted: false }

  it("is recorded after some seconds with the error, counts from the first one, and is tried again", () => {
    for (const state of states.filter(precedesSubmission)) {
      const early = decide(situation(state, { desired, observed: { delay: { ...delay, since: now - 4000 } } }))
      assert.isTrue(early.deferred)
      const { status, actions, deferred } = decide(situation(state, { desired, observed: { delay } }))
      assert.isFalse(deferred)
      assert.strictEqual(stateOf(status), state)
      assert.deepInclude(status.attempts?.at(-1), { ...nextNumbers(state), startTime: ago(6) })
      assert.deepInclude(status.waiting, { reason: "Unavailable", message: "etcd is down" })
      assert.isTrue(actions.some(({ _tag }) => _tag === "Submit"))
    }
  })

  it("fails at its deadline with the last error", () => {
    const { status } = decide(
      situation("", {
        status: intentIn(""),
        desired: { deadlines: { submittedSeconds: 1 } },
        observed: { delay: { ...delay, message: "still down" } },
      }),
    )
    assert.strictEqual(status.applicationState.state, "SUBMISSION_FAILED")
    assert.match(status.applicationState.errorMessage ?? "", /submittedSeconds\): still down/)
  })

  it("does not delete again what it has deleted", () => {
    const actions = (remainsDeleted: boolean) =>
      tags(decide(situation("PENDING_RERUN", { observed: { delay: { ...delay, remainsDeleted } } })).actions)
    assert.deepStrictEqual([actions(false), actions(true)], [["DeleteRun", "Submit"], ["Submit"]])
  })
})

describe("an attempt that an earlier version recorded before its submission", () => {
  const id = "1b4e28ba-2fa1-8d3b-a3f5-ef19b5a7633b"
  const status = {
    ...intentIn(""),
    applicationState: { state: "" as const },
    submissionID: id,
    attempts: [{ number: 1, submissionID: id, startTime: ago(2) }],
  }

  it("is submitted under the id that it has, and recorded as SUBMITTED", () => {
    const { actions } = decide(situation("", { status }))
    assert.deepInclude(actions[0], { _tag: "Submit", submissionId: id, attempt: 1, submittedAt: Date.parse(ago(2)) })
    const after = decide(situation("", { status, observed: { submission: accepted } })).status
    assert.deepStrictEqual(
      [after.applicationState.state, after.attempts?.length, after.attempts?.[0]?.submissionID],
      ["SUBMITTED", 1, id],
    )
  })
})
