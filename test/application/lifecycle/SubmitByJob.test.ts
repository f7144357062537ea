/** What is decided while a Job runs spark-submit: nothing is lost, nothing goes on beside it, and the user sees where it stands. */

import { assert, describe, it } from "@effect/vitest"
import { decide } from "../../../src/application/lifecycle/Decide.ts"
import type { SubmissionOutcome } from "../../../src/application/lifecycle/Observed.ts"
import type { Submitter } from "../../../src/spark/submit/Submitter.ts"
import { ago, begunIn, driver, intentIn, situation } from "../../support/Situations.ts"

const job: Submitter = { by: "job", reasons: [] }
const pending: SubmissionOutcome = { _tag: "Pending", message: "Job pi-submit runs spark-submit" }
/** The attempt is written down, as one of a Job. */
const intent = () => {
  const status = intentIn("")
  return { ...status, attempts: (status.attempts ?? []).map((attempt) => ({ ...attempt, submitter: "job" as const })) }
}
const pod = (facts: { readonly waiting?: { reason: string; message: string }; readonly deleting?: boolean } = {}) => ({
  waiting: facts.waiting,
  deleting: facts.deleting ?? false,
})

describe("an attempt that a Job submits", () => {
  it("is recorded as one when the Job exists, in a state that promises no driver", () => {
    const { actions } = decide(situation("", { submitter: job }))
    assert.deepStrictEqual(
      actions.map((action) => [action._tag, "by" in action ? action.by : undefined]),
      [["Submit", "job"]],
    )
    const observed = { begun: begunIn("", { by: "job" }), submission: pending }
    const { status } = decide(situation("", { submitter: job, observed }))
    assert.strictEqual(status.attempts?.at(-1)?.submitter, "job")
    assert.deepStrictEqual([status.applicationState, status.waiting?.reason], [{}, "SubmitJobRunning"])
  })

  it("is still submitted by the Job when the choice changes during the attempt", () => {
    const { actions } = decide(situation("", { status: intent(), submitter: { by: "native" } }))
    const submit = actions.find(({ _tag }) => _tag === "Submit")
    assert.strictEqual(submit?._tag === "Submit" ? submit.by : undefined, "job")
  })

  it("waits for the driver and reports it; another reconcile changes nothing", () => {
    const first = decide(situation("", { status: intent(), submitter: job, observed: { submission: pending } }))
    assert.deepStrictEqual(first.actions, [])
    assert.deepStrictEqual(first.next, { _tag: "After", seconds: 2 })
    assert.strictEqual(first.status.waiting?.reason, "SubmitJobRunning")
    const condition = first.status.conditions?.find(({ type }) => type === "Submitted")
    assert.deepStrictEqual([condition?.status, condition?.message], ["False", pending.message])
    const again = situation("", { status: first.status, submitter: job, observed: { submission: pending } })
    assert.strictEqual(decide(again).status, first.status)
  })

  it("reports why the Job's pod does not start", () => {
    const waiting = { reason: "ImagePullBackOff", message: "no such image" }
    const { status } = decide(
      situation("", { status: intent(), observed: { submission: pending, submitters: [pod({ waiting })] } }),
    )
    assert.deepStrictEqual(
      [status.waiting?.reason, status.waiting?.message],
      ["ImagePullBackOff", "Job pi-submit runs spark-submit: no such image"],
    )
  })

  it("is accepted when its driver is seen", () => {
    const { status } = decide(situation("", { status: intent(), observed: { driver: driver() } }))
    assert.strictEqual(status.applicationState.state, "SUBMITTED")
    assert.isUndefined(status.waiting)
  })

  it("fails at the deadline with what it waited for, and its Job is deleted", () => {
    const desired = { deadlines: { submittedSeconds: 1 } }
    const { status, actions } = decide(situation("", { status: intent(), desired, observed: { submission: pending } }))
    assert.strictEqual(status.applicationState.state, "SUBMISSION_FAILED")
    assert.match(status.applicationState.errorMessage ?? "", /within 1 s.*: Job pi-submit runs spark-submit/)
    const deletion = actions.find(({ _tag }) => _tag === "DeleteRun")
    assert.strictEqual(deletion?._tag === "DeleteRun" ? deletion.by : undefined, "job")
  })
})

describe("a run that is deleted", () => {
  const suspending = (deleting: boolean) =>
    decide(situation("SUSPENDING", { desired: { suspend: true }, observed: { submitters: [pod({ deleting })] } }))

  it("is not gone while a Job's pod could still create a driver", () => {
    assert.strictEqual(suspending(true).status.applicationState.state, "SUSPENDING")
    assert.deepStrictEqual(suspending(true).actions, [])
  })

  it("deletes the Job again if it still exists", () => {
    assert.deepStrictEqual(
      suspending(false).actions.map(({ _tag }) => _tag),
      ["DeleteRun"],
    )
  })
})

describe("the condition Native", () => {
  const native = (submitter: Submitter | undefined) =>
    decide(
      situation("RUNNING", { submitter, observed: { driver: driver({ startedAt: Date.parse(ago(50)) }) } }),
    ).status.conditions?.find(({ type }) => type === "Native")

  it("explains why a Job submits, and is absent without one", () => {
    assert.isUndefined(native({ by: "native" }))
    assert.isUndefined(native(undefined))
    assert.strictEqual(native(job)?.reason, "JobRequested")
    const told = native({ by: "job", reasons: [{ field: "spec.deps.files", message: "has a pattern" }] })
    assert.deepStrictEqual([told?.status, told?.reason], ["False", "NotNative"])
    assert.match(told?.message ?? "", /spec\.deps\.files: has a pattern/)
  })
})
