import { assert, describe, it } from "@effect/vitest"
import { Attempt } from "../../../../src/api/application/SparkApplicationStatus.ts"
import { nextSubmission } from "../../../../src/application/lifecycle/Begun.ts"
import { decide } from "../../../../src/application/lifecycle/Decide.ts"
import {
  ago,
  begunIn,
  driver,
  intentIn,
  now,
  pending,
  situation,
  statusIn,
  terminated,
} from "../../../support/Situations.ts"

const pulling = pending({
  scheduledAt: now - 20_000,
  waiting: { reason: "ImagePullBackOff", message: 'Back-off pulling image "nowhere:1"' },
})

describe("following a driver", () => {
  it("shows why it does not start, once as an Event and continuously in the status", () => {
    const first = decide(situation("SUBMITTED", { observed: { driver: pulling } }))
    assert.deepStrictEqual(first.status.waiting, {
      reason: "ImagePullBackOff",
      message: 'Back-off pulling image "nowhere:1"',
      since: ago(0),
    })
    assert.deepStrictEqual(
      first.events.map(({ reason }) => reason),
      ["SparkDriverPending"],
    )
    const second = decide(
      situation("SUBMITTED", { status: first.status, observed: { driver: pulling }, now: now + 5000 }),
    )
    assert.strictEqual(second.status, first.status)
    assert.deepStrictEqual(second.events, [])
  })

  it("fails with the waiting reason when the deadline passes, and deletes the driver", () => {
    const desired = { deadlines: { startedSeconds: 20 } }
    const { status, actions } = decide(situation("SUBMITTED", { desired, observed: { driver: pulling } }))
    assert.strictEqual(status.applicationState.state, "FAILED")
    assert.deepStrictEqual(actions, [], "the driver is deleted once the status has the reason")
    assert.strictEqual(status.attempts?.at(-1)?.reason, "ImagePullBackOff")
    assert.strictEqual(
      status.applicationState.errorMessage,
      'driver did not start within 20 s (spec.deadlines.startedSeconds): Back-off pulling image "nowhere:1"',
    )
    const final = { status, desired }
    assert.deepStrictEqual(decide(situation("FAILED", { ...final, observed: { driver: pulling } })).actions, [
      { _tag: "DeleteDriver", podName: "pi-driver", uid: "driver-uid" },
    ])
    const deleting = pending({ ...pulling, deleting: true })
    for (const driver of [deleting, terminated(1), pending({ ...pulling, uid: "another" })]) {
      assert.deepStrictEqual(decide(situation("FAILED", { ...final, observed: { driver } })).actions, [])
    }
  })

  it("deletes a driver that passed its deadline at once, and runs again when the retry interval is over", () => {
    const restartPolicy = { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 60 } as const
    const desired = { deadlines: { startedSeconds: 20 }, restartPolicy }
    const observed = { driver: pulling }
    const failing = decide(situation("SUBMITTED", { desired, observed })).status
    const stopping = decide(situation("FAILING", { status: failing, desired, observed, now: now + 1000 }))
    assert.strictEqual(stopping.status.applicationState.state, "PENDING_RERUN")
    assert.deepStrictEqual(
      stopping.actions.map(({ _tag }) => _tag),
      ["DeleteRun"],
    )
    assert.strictEqual(stopping.status.nextRetryTime, ago(-60))
    const waiting = { status: stopping.status, desired, now: now + 2000 }
    const early = decide(situation("PENDING_RERUN", waiting))
    assert.deepStrictEqual([early.actions, early.next], [[], { _tag: "After", seconds: 58 }])
    const due = decide(situation("PENDING_RERUN", { ...waiting, now: now + 60_000 }))
    assert.isTrue(due.actions.some(({ _tag }) => _tag === "Submit"))
    const never = { ...waiting, desired: { restartPolicy: { type: "Never" as const } } }
    const given = decide(situation("PENDING_RERUN", never)).status.applicationState
    assert.deepStrictEqual([given.state, given.errorMessage], ["FAILED", failing.applicationState.errorMessage])
  })

  it("reconciles again exactly when the next deadline passes; the application's deadline takes precedence over the operator's", () => {
    const policy = {
      deadlines: { startedSeconds: 900, runningSeconds: 100 },
      timeToLiveSeconds: undefined,
      maxTrackedExecutors: 9,
      progressSeconds: 15,
    }
    const quiet = (facts: Parameters<typeof situation>[1]) => decide(situation("SUBMITTED", { policy, ...facts })).next
    assert.deepStrictEqual(quiet({ observed: { driver: pulling } }), { _tag: "After", seconds: 600 })
    const desired = { deadlines: { startedSeconds: 25 } }
    assert.deepStrictEqual(quiet({ desired, observed: { driver: pulling } }), { _tag: "After", seconds: 5 })
    assert.deepStrictEqual(quiet({ observed: { driver: driver() } }), { _tag: "After", seconds: 50 })
  })

  it("writes only fields into an attempt that the API server keeps", () => {
    const { status } = decide(situation("RUNNING", { observed: { driver: terminated(3) } }))
    const known = Object.keys(Attempt.fields)
    assert.deepStrictEqual(
      Object.keys(status.attempts?.at(-1) ?? {}).filter((key) => !known.includes(key)),
      [],
    )
  })

  it("each phase has its deadline", () => {
    const reason = (field: string, facts: Parameters<typeof driver>[0]) => {
      const desired = { deadlines: { [field]: 10 } }
      const { status } = decide(situation("SUBMITTED", { desired, observed: { driver: driver(facts) } }))
      return status.applicationState.errorMessage
    }
    const unstarted = { startedAt: undefined, readyAt: undefined, phase: "Pending" as const }
    assert.match(
      reason("scheduledSeconds", { ...unstarted, scheduledAt: undefined })!,
      /^driver was not scheduled to a node within 10 s/,
    )
    assert.match(reason("startedSeconds", unstarted)!, /^driver did not start within 10 s/)
    assert.match(reason("readySeconds", { readyAt: undefined })!, /^driver did not become ready within 10 s/)
    assert.match(reason("runningSeconds", {})!, /^driver did not finish within 10 s/)
    assert.isUndefined(reason("scheduledSeconds", {}))
  })

  it("a submission whose pod is never created fails at its deadline with the last error", () => {
    const desired = { deadlines: { submittedSeconds: 1 } }
    const observed = {
      submission: {
        _tag: "Blocked" as const,
        reason: "DriverPodExists" as const,
        message: "driver pod pi-driver of an earlier run still exists",
      },
    }
    const { status } = decide(situation("", { status: intentIn(""), desired, observed }))
    assert.strictEqual(status.applicationState.state, "SUBMISSION_FAILED")
    assert.match(
      status.applicationState.errorMessage!,
      /within 1 s \(spec.deadlines.submittedSeconds\): driver pod pi-driver/,
    )
  })

  it("reports exit code, reason and message of a failed driver", () => {
    const oom = terminated(137, "OOMKilled")
    const { status, events } = decide(situation("RUNNING", { observed: { driver: oom } }))
    assert.strictEqual(
      status.applicationState.errorMessage,
      "driver container failed with ExitCode: 137, Reason: OOMKilled",
    )
    const { reason, exitCode, result } = status.attempts!.at(-1)!
    assert.deepStrictEqual([reason, exitCode, result], ["OOMKilled", 137, "Failed"])
    assert.strictEqual(status.terminationTime, ago(1))
    assert.deepStrictEqual(
      events.map((event) => event.reason),
      ["SparkDriverFailed", "SparkApplicationFailed"],
    )
  })

  it("an evicted driver without container statuses fails with the reason of the pod", () => {
    const evicted = driver({
      phase: "Failed",
      podReason: "Evicted",
      podMessage: "The node was low on resource: memory.",
    })
    const { status } = decide(situation("RUNNING", { observed: { driver: evicted } }))
    assert.strictEqual(status.attempts?.at(-1)?.reason, "Evicted")
    assert.match(status.applicationState.errorMessage!, /low on resource/)
  })

  it("the end of the Spark container decides, even if a sidecar still runs or failed", () => {
    const alive = { ...terminated(0), phase: "Running" as const }
    const failedSidecar = { ...terminated(0), phase: "Failed" as const }
    for (const d of [alive, failedSidecar]) {
      assert.strictEqual(
        decide(situation("RUNNING", { observed: { driver: d } })).status.applicationState.state,
        "COMPLETED",
      )
    }
  })

  it("a driver that finished and was deleted between two reconciles is not reported as lost", () => {
    const gone = { ...terminated(0), deleted: true, deleting: true }
    assert.strictEqual(
      decide(situation("SUBMITTED", { observed: { driver: gone } })).status.applicationState.state,
      "COMPLETED",
    )
    const cut = driver({ deleted: true, deleting: true })
    const { status, events } = decide(situation("RUNNING", { observed: { driver: cut } }))
    assert.strictEqual(status.attempts?.at(-1)?.reason, "DriverNotFound")
    assert.deepStrictEqual(
      events.map(({ reason }) => reason),
      ["SparkDriverNotFound", "SparkApplicationFailed"],
    )
  })

  it("records once when the driver started", () => {
    const { status } = decide(situation("SUBMITTED", { observed: { driver: driver() } }))
    assert.strictEqual(status.attempts?.at(-1)?.runningTime, ago(50))
    const restarted = decide(situation("RUNNING", { status, observed: { driver: driver({ startedAt: now }) } }))
    assert.strictEqual(restarted.status.attempts?.at(-1)?.runningTime, ago(50))
  })

  it("keeps the newest ten attempts, the newest last", () => {
    const many = Array.from({ length: 10 }, (_, i) => ({
      number: i + 1,
      submissionID: `s${i}`,
      startTime: ago(60),
      finishTime: ago(1),
      result: "Failed" as const,
    }))
    const next = statusIn("PENDING_RERUN", { attempts: many })
    const begun = { ...begunIn("PENDING_RERUN"), ...nextSubmission("app-uid", next) }
    const { status } = decide(situation("PENDING_RERUN", { status: next, observed: { begun } }))
    assert.deepStrictEqual(
      [status.attempts?.length, status.attempts?.[0]?.number, status.attempts?.at(-1)?.number],
      [10, 2, 11],
    )
  })
})
