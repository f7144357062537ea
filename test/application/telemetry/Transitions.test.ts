import { assert, describe, it } from "@effect/vitest"
import type {
  ApplicationStateType,
  Attempt,
  ExecutorCounts,
  SparkApplicationStatus,
} from "../../../src/api/application/SparkApplicationStatus.ts"
import { transitions } from "../../../src/application/telemetry/Transitions.ts"
import { application, status } from "../../support/Scrape.ts"

const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  number: 1,
  submissionID: "s1",
  startTime: "2030-01-01T00:00:01Z",
  ...more,
})
const submitted = attempt({ submittedTime: "2030-01-01T00:00:05Z" })
const running = attempt({ ...submitted, runningTime: "2030-01-01T00:00:30Z" })
const finished = (result: NonNullable<Attempt["result"]>) =>
  attempt({
    ...running,
    finishTime: "2030-01-01T01:00:30Z",
    result,
    ...(result === "Failed" ? { failure: "OOMKilled" } : {}),
  })

const at = (state: ApplicationStateType, ...attempts: ReadonlyArray<Attempt>) =>
  status(state, { submissionID: "s1", attempts })

/** Measurements as short texts: `source value attribute`. */
const measured = (previous: SparkApplicationStatus | undefined, next: SparkApplicationStatus) =>
  transitions(previous, application("", { status: next })).map(({ source, value, attributes }) =>
    [source, value, ...Object.values(attributes ?? {})].join(" "),
  )

/** All but the phases, which have tests of their own. */
const between: typeof measured = (previous, next) =>
  measured(previous, next).filter((text) => !text.startsWith("phase "))

const phases = (previous: SparkApplicationStatus | undefined, next: SparkApplicationStatus) =>
  measured(previous, next).flatMap((text) => (text.startsWith("phase ") ? text.slice("phase ".length) : []))

describe("the measurements of a status write", () => {
  it("the first status counts an application as created", () => {
    assert.deepStrictEqual(between(undefined, at("", attempt())), ["created 1"])
  })

  it("a first status that says SUBMITTED makes an application created and submitted", () => {
    assert.deepStrictEqual(between(undefined, at("SUBMITTED", submitted)), [
      "created 1",
      "submitted 1",
      "submit-latency 5",
    ])
  })

  it("a driver pod counts the attempt as submitted, and measures the time since the creation", () => {
    assert.deepStrictEqual(between(at("", attempt()), at("SUBMITTED", submitted)), ["submitted 1", "submit-latency 5"])
  })

  it("the start of a driver measures the time since the creation", () => {
    assert.deepStrictEqual(between(at("SUBMITTED", submitted), at("RUNNING", running)), ["start-latency 30"])
  })

  it("a run that ended before it was observed as running has all its times", () => {
    assert.deepStrictEqual(between(at("SUBMITTED", submitted), at("SUCCEEDING", finished("Succeeded"))), [
      "start-latency 30",
      "execution-time 3600 Succeeded",
      "run 1 Succeeded",
    ])
  })

  it("a run that succeeds counts at SUCCEEDING, the application at COMPLETED", () => {
    const succeeding = at("SUCCEEDING", finished("Succeeded"))
    assert.deepStrictEqual(between(at("RUNNING", running), succeeding), [
      "execution-time 3600 Succeeded",
      "run 1 Succeeded",
    ])
    assert.deepStrictEqual(between(succeeding, at("COMPLETED", finished("Succeeded"))), [
      "succeeded 1",
      "last-execution-time 3600 Succeeded",
    ])
  })

  it("a failed run that is retried counts as a retry and not as a failed application", () => {
    const failing = at("FAILING", finished("Failed"))
    assert.deepStrictEqual(between(at("RUNNING", running), failing), [
      "execution-time 3600 Failed",
      "attempt-failed 1 OOMKilled",
      "run 1 Failed",
    ])
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

  it("a failed run that is not retried counts as a failed application", () => {
    assert.deepStrictEqual(between(at("FAILING", finished("Failed")), at("FAILED", finished("Failed"))), [
      "failed 1",
      "last-execution-time 3600 Failed",
    ])
  })

  it("every failed submission and its retry count, without an execution time", () => {
    const broken = attempt({ result: "SubmissionFailed", failure: "Refused", finishTime: "2030-01-01T00:00:02Z" })
    const failed = at("SUBMISSION_FAILED", broken)
    assert.deepStrictEqual(between(at("", attempt()), failed), ["submission-failed 1", "attempt-failed 1 Refused"])
    const second = attempt({ number: 2, submissionID: "s2" })
    const retried = status("SUBMISSION_FAILED", { submissionID: "s2", attempts: [broken, second] })
    assert.deepStrictEqual(between(failed, retried), ["retried 1"])
    const brokenAgain = { ...second, result: "SubmissionFailed", failure: "QuotaExceeded" } as const
    const failedAgain = status("SUBMISSION_FAILED", { submissionID: "s2", attempts: [broken, brokenAgain] })
    assert.deepStrictEqual(between(retried, failedAgain), ["submission-failed 1", "attempt-failed 1 QuotaExceeded"])
    assert.deepStrictEqual(between(failed, failedAgain), [
      "submission-failed 1",
      "attempt-failed 1 QuotaExceeded",
      "retried 1",
    ])
    const over = status("FAILED", { submissionID: "s2", attempts: [broken, brokenAgain] })
    assert.deepStrictEqual(between(failedAgain, over), ["failed 1"])
  })

  it("a rerun after success or after a change of the spec is not a retry", () => {
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
      "run 1 Succeeded",
    ])
  })

  it("clocks that differ do not make durations negative", () => {
    const early = attempt({ ...running, finishTime: "2030-01-01T00:00:29Z", result: "Failed" })
    assert.deepStrictEqual(between(at("RUNNING", running), at("FAILING", early)), [
      "execution-time 0 Failed",
      "attempt-failed 1 Unknown",
      "run 1 Failed",
    ])
  })

  it("a run that had ended before Firesteel took over is not counted again", () => {
    const theirs = status("COMPLETED", { submissionID: "s1", terminationTime: "2030-01-01T01:00:30Z" })
    assert.deepStrictEqual(measured(theirs, at("COMPLETED", finished("Succeeded"))), [])
  })

  it("whether a run had ended before Firesteel took over follows from its state, not from a missing or earlier end", () => {
    const failed = status("FAILED", { submissionID: "s1" })
    assert.deepStrictEqual(measured(failed, at("FAILED", finished("Failed"))), [])
    const running = status("RUNNING", { submissionID: "s1", terminationTime: "2029-12-31T00:00:00Z" })
    assert.deepStrictEqual(between(running, at("SUCCEEDING", finished("Succeeded"))), [
      "execution-time 3600 Succeeded",
      "run 1 Succeeded",
    ])
  })

  it("a spec that is refused fails the application, and counts as a failed submission unless a run had failed", () => {
    const Accepted = (status: "True" | "False") => [
      { type: "Accepted", status, lastTransitionTime: "2030-01-01T00:00:01Z", reason: "", message: "" },
    ]
    const refused = { ...at("FAILED"), conditions: Accepted("False") }
    assert.deepStrictEqual(between(at(""), refused), ["failed 1", "attempt-failed 1 InvalidSpec"])
    const rerun = at("PENDING_RERUN", finished("Failed"))
    assert.deepStrictEqual(between(rerun, { ...refused, attempts: rerun.attempts! }).slice(0, 2), [
      "failed 1",
      "attempt-failed 1 InvalidSpec",
    ])
    const failing = at("FAILING", finished("Failed"))
    assert.notInclude(between(failing, { ...refused, attempts: failing.attempts! }), "attempt-failed 1 InvalidSpec")
  })

  const executors = (submissionID: string, succeeded: number, failed: number, failures: ExecutorCounts["failures"]) =>
    status("RUNNING", {
      submissionID,
      executors: { pending: 0, running: 1, succeeded, failed, failures: failures ?? {} },
    })

  it("executors that ended since the last status count, failures by reason", () => {
    assert.deepStrictEqual(
      between(executors("s1", 1, 1, { Error: 1 }), executors("s1", 3, 5, { Error: 1, OOMKilled: 2, Evicted: 1 })),
      ["executor-succeeded 2", "executor-failed 2 OOMKilled", "executor-failed 1 Evicted", "executor-failed 1 Unknown"],
    )
  })

  it("executors of a new submission are counted from zero", () => {
    assert.deepStrictEqual(between(executors("s1", 5, 5, { Error: 5 }), executors("s2", 1, 1, { Error: 1 })), [
      "executor-succeeded 1",
      "executor-failed 1 Error",
    ])
  })
})

describe("phases of an attempt", () => {
  const accepted = {
    type: "Accepted",
    status: "True",
    lastTransitionTime: "2030-01-01T00:00:01Z",
    reason: "",
    message: "",
  } as const
  const begun = attempt({ startTime: "2030-01-01T00:00:04Z" })
  const created = { ...begun, submittedTime: "2030-01-01T00:00:05Z" }
  const scheduled = { ...created, scheduledTime: "2030-01-01T00:00:07Z" }
  const started = { ...scheduled, sandboxTime: "2030-01-01T00:00:10Z", runningTime: "2030-01-01T00:00:30Z" }
  const working = { ...started, contextTime: "2030-01-01T00:00:35Z", firstExecutorTime: "2030-01-01T00:00:40Z" }
  const ended = {
    ...working,
    executorsTime: "2030-01-01T00:00:50Z",
    finishTime: "2030-01-01T00:01:30Z",
    result: "Succeeded",
  } as const
  const having = (...attempts: ReadonlyArray<Attempt>) => ({ ...at("RUNNING", ...attempts), conditions: [accepted] })
  const suspended = status("SUSPENDED", { conditions: [accepted] })

  it("are measured when they have ended, one after the other", () => {
    const life = [undefined, suspended, having(begun), having(created), having(scheduled), having(started)]
    const rest = [having(started), having(working), having(ended)]
    assert.deepStrictEqual(
      [...life, ...rest].slice(1).map((status, index) => phases([...life, ...rest][index], status!)),
      [
        ["1 accept"],
        ["3 queue"],
        ["1 submit"],
        ["2 schedule"],
        ["3 sandbox", "20 pull"],
        [],
        ["5 context", "5 first_executor"],
        ["15 executors", "60 run"],
      ],
    )
  })

  it("are all measured if one reconcile observed them all, with the same values", () => {
    assert.deepStrictEqual(phases(undefined, having(ended)), [
      "1 accept",
      "3 queue",
      "1 submit",
      "2 schedule",
      "3 sandbox",
      "20 pull",
      "5 context",
      "5 first_executor",
      "15 executors",
      "60 run",
    ])
  })

  it("a later attempt has no phases accept and queue", () => {
    const second = { ...created, number: 2, submissionID: "s2" }
    assert.deepStrictEqual(phases(having(ended), having(ended, second)), ["1 submit"])
  })

  it("of an application that another operator began are those that end under Firesteel", () => {
    const theirs = status("RUNNING", { submissionID: "s1" })
    assert.deepStrictEqual(phases(theirs, having(started)), [])
    assert.deepStrictEqual(phases(having(started), having(ended)), [
      "5 context",
      "5 first_executor",
      "15 executors",
      "60 run",
    ])
  })
})
