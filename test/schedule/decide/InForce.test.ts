import { assert, describe, it } from "@effect/vitest"
import {
  at,
  condition,
  created,
  decided,
  followed,
  nameOf,
  reasons,
  run,
  stamp,
} from "../../support/ScheduleSituations.ts"

describe("a schedule that comes into force", () => {
  it("counts from its creation if it was not edited", () => {
    const decision = decided({ status: {} })
    assert.deepStrictEqual([created(decision), decision.status.missedRuns], [[nameOf("12:00:00")], 11])
    assert.deepStrictEqual(created(decided({ status: {}, now: at("00:59:00") })), [])
  })

  it("counts from now if it was edited before the operator saw it", () => {
    const decision = decided({ status: {}, generation: 2 })
    assert.deepStrictEqual([created(decision), decision.counts.missed], [[], 0])
  })

  it("counts from now after a suspension", () => {
    const suspended = decided({ spec: { suspend: true } })
    assert.deepStrictEqual(
      [suspended.rule, suspended.status.nextRun, suspended.status.scheduleInForce, reasons(suspended)],
      ["suspend", undefined, undefined, ["ScheduleSuspended"]],
    )
    assert.strictEqual(condition(suspended, "Scheduled"), "False Suspended")
    const later = decided({ spec: { suspend: true }, now: at("15:10:00"), status: suspended.status })
    assert.deepStrictEqual([later.counts.missed, reasons(later)], [0, []])
    const resumed = decided({ now: at("16:10:00"), status: later.status })
    assert.deepStrictEqual([created(resumed), resumed.counts.missed], [[], 0])
    assert.deepStrictEqual([resumed.status.nextRun, reasons(resumed)], [stamp("17:00:00"), ["ScheduleResumed"]])
  })

  it("never counts times before a change of schedule or zone, and counts those of the old schedule as missed", () => {
    const now = at("14:10:00")
    const changed = decided({ spec: { schedule: "*/5 * * * *" }, now })
    assert.deepStrictEqual([created(changed), changed.status.missedRuns], [[], 2])
    assert.deepStrictEqual(
      [changed.status.nextRun, reasons(changed)],
      [stamp("14:15:00"), ["RunsMissed", "ScheduleChanged"]],
    )
    const zone = decided({ spec: { timeZone: "Asia/Kolkata" } })
    assert.deepStrictEqual([created(zone), zone.status.nextRun], [[], stamp("12:30:00")])
  })

  it("is not touched by an edit that leaves the times as they are", () => {
    const decision = decided({ spec: { schedule: " 0  * * * * ", timeZone: "UTC" }, generation: 7 })
    assert.deepStrictEqual(reasons(decision), [])
    assert.strictEqual(decision.status.inForceSince, followed.inForceSince)
  })

  it("does not repeat the runs of a status that was wiped", () => {
    const decision = decided({ status: {}, runs: [run("12:00:00")], now: at("12:10:00") })
    assert.deepStrictEqual([created(decision), decision.counts.started], [[], []])
  })
})

describe("a schedule with a mistake", () => {
  it("starts nothing, says what is wrong once, and counts from its correction", () => {
    const wrong = decided({ spec: { schedule: "0 0 3 * * *" } })
    assert.deepStrictEqual([wrong.rule, wrong.actions, reasons(wrong)], ["reject", [], ["ScheduleInvalid"]])
    assert.strictEqual(wrong.status.scheduleState, "FailedValidation")
    assert.match(wrong.status.reason!, /^spec\.schedule: /)
    assert.deepStrictEqual(
      [condition(wrong, "Accepted"), condition(wrong, "Scheduled"), wrong.status.nextRun],
      ["False InvalidSpec", "False InvalidSpec", undefined],
    )
    const again = decided({ spec: { schedule: "0 0 3 * * *" }, now: at("15:10:00"), status: wrong.status })
    assert.deepStrictEqual([reasons(again), again.counts.missed], [[], 0])
    const right = decided({ now: at("15:10:00"), status: again.status })
    assert.deepStrictEqual(
      [created(right), right.status.scheduleState, right.status.reason, right.status.nextRun],
      [[], "Scheduled", undefined, stamp("16:00:00")],
    )
  })

  it("still follows the runs that it has", () => {
    const decision = decided({ spec: { schedule: "" }, runs: [run("12:00:00", { result: "Completed" })] })
    assert.deepStrictEqual(decision.status.pastSuccessfulRunNames, [nameOf("12:00:00")])
    assert.strictEqual(decision.status.lastSuccessfulTime, stamp("12:01:00"))
  })
})

describe("a schedule of kubeflow's operator", () => {
  const status = (nextRun: string) => ({
    scheduleState: "Scheduled" as const,
    lastRun: stamp("12:00:03"),
    lastRunName: "nightly-1795176003123456789",
    nextRun,
    pastSuccessfulRunNames: [],
  })
  const child = run("12:00:00", { name: "nightly-1795176003123456789", scheduledTime: undefined })

  it("keeps its next run", () => {
    const decision = decided({ status: status(stamp("13:00:00")), runs: [child] })
    assert.deepStrictEqual(
      [created(decision), decision.counts, reasons(decision)],
      [[], { started: [], missed: 0, skipped: [] }, []],
    )
    assert.deepStrictEqual([decision.status.nextRun, decision.status.lastRun], [stamp("13:00:00"), stamp("12:00:03")])
    assert.match(condition(decision, "Scheduled"), /^True Scheduled/)
    assert.deepStrictEqual(
      decision.status.active?.map(({ name }) => name),
      [child.name],
    )
  })

  it("makes up once for a next run in the past, within the starting deadline", () => {
    const past = status(stamp("11:00:00"))
    const decision = decided({ status: past })
    assert.deepStrictEqual([created(decision), decision.counts.missed], [[nameOf("12:00:00")], 1])
    const late = decided({ status: past, spec: { startingDeadlineSeconds: 60 } })
    assert.deepStrictEqual([created(late), late.counts.missed], [[], 2])
  })

  it("is blocked by its children, too", () => {
    const decision = decided({
      status: status(stamp("12:00:00")),
      runs: [child],
      spec: { concurrencyPolicy: "Forbid" },
    })
    assert.deepStrictEqual([decision.rule, decision.status.blockedBy?.name], ["forbid", child.name])
  })

  it("follows the schedule of the spec if that was changed after the next run was planned", () => {
    const ahead = decided({ status: status(stamp("17:30:00")) })
    assert.deepStrictEqual([created(ahead), ahead.status.nextRun, ahead.counts.missed], [[], stamp("13:00:00"), 0])
    const behind = decided({ status: status(stamp("11:30:00")) })
    assert.deepStrictEqual([created(behind), behind.counts.missed], [[nameOf("12:00:00")], 1])
  })

  it("keeps the rhythm of @every", () => {
    const spec = { schedule: "@every 1h" }
    const decision = decided({ spec, status: status(stamp("12:45:03")) })
    assert.strictEqual(decision.status.nextRun, stamp("12:45:03"))
    const due = decided({ spec, status: decision.status, now: at("12:45:03.100") })
    assert.deepStrictEqual(created(due), [nameOf("12:45:03")])
    assert.strictEqual(due.status, decision.status, "nothing is written before the run exists")
    const started = decided({ spec, status: decision.status, now: at("12:45:03.200"), runs: [run("12:45:03")] })
    assert.deepStrictEqual([created(started), started.status.nextRun], [[], stamp("13:45:03")])
  })

  it("recovers from FailedValidation, counts from now after a suspension, and starts when nothing was planned", () => {
    for (const before of [
      { scheduleState: "FailedValidation" as const, reason: "Invalid timezone: x" },
      { scheduleState: "Scheduled" as const, lastRun: stamp("08:00:00"), nextRun: null },
    ]) {
      const decision = decided({ status: before })
      assert.deepStrictEqual([created(decision), decision.status.nextRun], [[], stamp("13:00:00")])
      assert.deepStrictEqual([decision.status.scheduleState, decision.status.reason], ["Scheduled", undefined])
    }
    const suspended = decided({ status: status(stamp("11:00:00")), spec: { suspend: true } })
    assert.isUndefined(suspended.status.nextRun)
    const resumed = decided({ status: suspended.status })
    assert.deepStrictEqual([created(resumed), resumed.status.nextRun], [[], stamp("13:00:00")])
  })
})
