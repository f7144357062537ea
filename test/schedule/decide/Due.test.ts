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
  situation,
  stamp,
} from "../../support/ScheduleSituations.ts"

describe("a schedule that is followed", () => {
  it("waits for the next time, and wakes up a moment after it", () => {
    const decision = decided({})
    assert.deepStrictEqual([decision.rule, decision.actions, decision.events], ["not-due", [], []])
    assert.deepStrictEqual(decision.next, { _tag: "After", seconds: 50 * 60 + 0.1 })
    assert.strictEqual(decision.status.nextRun, stamp("13:00:00"))
    assert.strictEqual(condition(decision, "Scheduled"), "True Scheduled")
  })

  it("starts the run of a time that has come, under the name of that time", () => {
    const decision = decided({ now: at("13:00:00.100") })
    assert.strictEqual(decision.rule, "start")
    assert.deepStrictEqual(created(decision), [nameOf("13:00:00")])
    assert.deepStrictEqual(decision.next, { _tag: "After", seconds: 0 })
    assert.strictEqual(decision.status.handledUntil, stamp("12:00:00"), "not before the run exists")
  })

  it("records the run when it exists, whether it was just created or found after a crash", () => {
    const exists = run("13:00:00", { createdAt: at("13:00:02") })
    for (const given of [{ runs: [exists] }, { runs: [exists], creation: { _tag: "Created", run: exists } as const }]) {
      const decision = decided({ now: at("13:00:03"), ...given })
      assert.deepStrictEqual(created(decision), [])
      const { lastRun, lastRunName, lastScheduleTime, handledUntil, nextRun, active } = decision.status
      assert.deepStrictEqual(
        { lastRun, lastRunName, lastScheduleTime, handledUntil, nextRun, active },
        {
          lastRun: stamp("13:00:02"),
          lastRunName: nameOf("13:00:00"),
          lastScheduleTime: stamp("13:00:00"),
          handledUntil: stamp("13:00:00"),
          nextRun: stamp("14:00:00"),
          active: [{ name: exists.name, uid: exists.uid, scheduledTime: stamp("13:00:00") }],
        },
      )
      assert.deepStrictEqual(decision.counts, { started: [{ delay: 2 }], missed: 0, skipped: [] })
      assert.deepStrictEqual(reasons(decision), ["RunStarted"])
    }
  })

  it("does not start a run again that was deleted before the status knew of it", () => {
    const decision = decided({ now: at("13:00:03"), runs: [run("13:00:00", { gone: true })] })
    assert.deepStrictEqual([created(decision), decision.counts.started], [[], [{ delay: 0 }]])
    assert.deepStrictEqual([decision.status.active, decision.status.handledUntil], [undefined, stamp("13:00:00")])
  })

  it("starts one run after downtime, for the most recent time, and counts the others as missed", () => {
    const decision = decided({ now: at("16:20:00") })
    assert.deepStrictEqual(created(decision), [nameOf("16:00:00")])
    assert.deepStrictEqual(
      [decision.counts.missed, decision.status.missedRuns, decision.status.handledUntil],
      [3, 3, stamp("15:59:59")],
    )
    assert.deepStrictEqual(reasons(decision), ["RunsMissed"])
  })

  it("counts a run that was created before a crash as started, and only the times around it as missed", () => {
    const decision = decided({ now: at("16:20:00"), runs: [run("14:00:00")] })
    assert.deepStrictEqual(created(decision), [nameOf("16:00:00")])
    assert.deepStrictEqual([decision.counts.started.length, decision.counts.missed], [1, 2])
  })

  it("starts nothing for a time that is older than the starting deadline", () => {
    const spec = { startingDeadlineSeconds: 600 }
    const late = decided({ spec, now: at("13:10:01") })
    assert.deepStrictEqual([late.rule, created(late), late.status.missedRuns], ["late", [], 1])
    assert.strictEqual(late.status.handledUntil, stamp("13:00:00"))
    assert.deepStrictEqual(created(decided({ spec, now: at("13:10:00") })), [nameOf("13:00:00")])
  })

  it("never starts a time again when the clock goes back, and says that it did", () => {
    const decision = decided({ now: at("11:59:59"), status: { ...followed, handledUntil: stamp("13:00:00") } })
    assert.deepStrictEqual([decision.rule, created(decision)], ["not-due", []])
    assert.strictEqual(decision.status.nextRun, stamp("14:00:00"))
    assert.strictEqual(condition(decision, "Scheduled"), "False ClockBehind")
  })

  it("delays each start by its jitter, which is the same every time", () => {
    const spec = { startJitterSeconds: 600 }
    const delay = situation({ spec }).valid!.delayMillis
    assert.isTrue(delay > 0 && delay <= 600_000)
    assert.strictEqual(decided({ spec, now: at("13:00:00") + delay - 1 }).rule, "not-due")
    assert.deepStrictEqual(created(decided({ spec, now: at("13:00:00") + delay })), [nameOf("13:00:00")])
    assert.strictEqual(decided({ spec }).status.nextRun, stamp("13:00:00"), "the scheduled time is shown")
  })

  it("reports that a run was deleted before it had finished", () => {
    const active = [{ name: nameOf("12:00:00"), uid: "run 12:00:00", scheduledTime: stamp("12:00:00") }]
    const decision = decided({ status: { ...followed, active } })
    assert.deepStrictEqual([reasons(decision), decision.status.active], [["RunDeleted"], undefined])
    const seen = decided({ status: { ...followed, active }, runs: [run("12:00:00", { gone: true })] })
    assert.deepStrictEqual([reasons(seen), seen.status.active], [["RunDeleted"], undefined])
    const finished = decided({
      status: { ...followed, active },
      runs: [run("12:00:00", { result: "Completed", gone: true })],
    })
    assert.deepStrictEqual(
      [reasons(finished), finished.status.lastSuccessfulTime],
      [[], stamp("12:01:00")],
      "a success that was deleted at once is remembered",
    )
  })
})

describe("Forbid", () => {
  const spec = { concurrencyPolicy: "Forbid" } as const
  const now = at("13:00:00.100")

  it("skips a time while any run is unfinished, and reports once which one blocks it", () => {
    const [old, newer] = [run("11:00:00"), run("12:00:00", { result: "Completed" })]
    const first = decided({ spec, now, runs: [old, newer] })
    assert.deepStrictEqual([first.rule, created(first)], ["forbid", []])
    assert.deepStrictEqual([first.status.skippedRuns, first.counts.skipped], [1, ["forbid"]])
    assert.deepStrictEqual(first.status.blockedBy, { name: old.name, since: stamp("13:00:00") })
    assert.deepStrictEqual([reasons(first), condition(first, "Scheduled")], [["RunSkipped"], "False Blocked"])
    assert.strictEqual(first.status.nextRun, stamp("14:00:00"))
    const second = decided({ spec, now: at("14:00:00.100"), status: first.status, runs: [old] })
    assert.deepStrictEqual([second.status.skippedRuns, reasons(second)], [2, []])
    assert.strictEqual(second.status.blockedBy?.since, stamp("13:00:00"))
    const over = decided({ spec, now: at("14:30:00"), status: second.status })
    assert.isUndefined(over.status.blockedBy)
    assert.strictEqual(condition(over, "Scheduled"), "True Scheduled")
  })

  it("reports that a suspended run blocks it", () => {
    const { events } = decided({ spec, now, runs: [run("11:00:00", { suspended: true })] })
    assert.match(events[0]!.message, /suspended/)
  })

  it("with a starting deadline, starts right after the blocking run, and skips when that takes too long", () => {
    const waiting = { ...spec, startingDeadlineSeconds: 600 }
    const blocker = run("11:00:00")
    const first = decided({ spec: waiting, now, runs: [blocker] })
    assert.deepStrictEqual([created(first), first.status.skippedRuns], [[], undefined])
    assert.deepStrictEqual(first.status.blockedBy?.scheduledTime, stamp("13:00:00"))
    assert.deepStrictEqual([reasons(first), first.next], [["RunDelayed"], { _tag: "After", seconds: 600 }])
    const free = decided({ spec: waiting, now: at("13:05:00"), status: first.status })
    assert.deepStrictEqual(created(free), [nameOf("13:00:00")])
    const tooLate = decided({ spec: waiting, now: at("13:10:00.200"), status: first.status, runs: [blocker] })
    assert.deepStrictEqual([tooLate.rule, tooLate.counts.skipped, tooLate.counts.missed], ["late", ["forbid"], 0])
  })
})

describe("Replace", () => {
  const spec = { concurrencyPolicy: "Replace", startingDeadlineSeconds: 10 } as const
  const now = at("13:00:00.100")

  it("deletes all unfinished runs, waits until they and their drivers are gone, then starts the same time", () => {
    const runs = [run("11:00:00"), run("12:00:00")]
    const first = decided({ spec, now, runs })
    assert.deepStrictEqual(
      first.actions.map(({ _tag, name }) => `${_tag} ${name}`),
      [`ReplaceRun ${nameOf("11:00:00")}`, `ReplaceRun ${nameOf("12:00:00")}`],
    )
    assert.deepStrictEqual([reasons(first), condition(first, "Scheduled")], [["RunsReplaced"], "False Replacing"])
    const leaving = runs.map((one) => ({ ...one, deleting: true }))
    const second = decided({ spec, now: at("13:00:05"), status: first.status, runs: leaving })
    assert.deepStrictEqual([second.actions, reasons(second)], [[], []])
    const third = decided({ spec, now: at("13:00:30"), status: second.status, drivers: ["nightly-driver"] })
    assert.deepStrictEqual([third.rule, third.actions], ["replace", []])
    assert.deepStrictEqual(third.next, { _tag: "After", seconds: 2 }, "drivers are not watched")
    const last = decided({ spec, now: at("13:00:40"), status: third.status })
    assert.deepStrictEqual(created(last), [nameOf("13:00:00")], "also when the deadline has passed meanwhile")
  })

  it("is not confused by a run that was refused long ago", () => {
    const startFailure = {
      reason: "Refused",
      message: "quota",
      since: stamp("11:00:01"),
      scheduledTime: stamp("11:00:00"),
    } as const
    const first = decided({ spec, now, status: { ...followed, startFailure }, runs: [run("11:30:00")] })
    const overtaken = decided({ spec, now: at("14:00:00.100"), status: first.status })
    assert.deepStrictEqual([overtaken.counts.skipped, overtaken.counts.missed], [["replace"], 0])
  })

  it("counts a time that is overtaken while it waits as skipped", () => {
    const first = decided({ spec, now, runs: [run("11:00:00")] })
    const overtaken = decided({
      spec,
      now: at("14:00:00.100"),
      status: first.status,
      runs: [run("11:00:00", { deleting: true })],
    })
    assert.deepStrictEqual([overtaken.counts.skipped, overtaken.counts.missed], [["replace"], 0])
    assert.strictEqual(overtaken.status.blockedBy?.scheduledTime, stamp("14:00:00"))
  })
})

describe("a run that cannot be created", () => {
  const now = at("13:00:00.200")
  const occasion = { scheduledTime: at("13:00:00") }

  it("is skipped when another owner has its name", () => {
    const decision = decided({ now, creation: { _tag: "NameTaken", occasion, message: "it is taken" } })
    assert.deepStrictEqual([decision.rule, decision.counts.skipped], ["failed", ["name_conflict"]])
    assert.deepStrictEqual(
      [reasons(decision), condition(decision, "Scheduled")],
      [["RunNameTaken"], "False NameConflict"],
    )
    assert.strictEqual(decision.status.handledUntil, stamp("13:00:00"))
    const next = run("14:00:00")
    const recovered = decided({ now: at("14:00:01"), status: decision.status, runs: [next] })
    assert.strictEqual(condition(recovered, "Scheduled"), "True Scheduled")
  })

  it("is tried again when the API server refuses it, less and less often, and skipped when the next time comes", () => {
    const refusal = { _tag: "Refused", occasion, message: "exceeded quota" } as const
    const first = decided({ now, creation: refusal })
    assert.deepStrictEqual(
      [created(first), first.next, reasons(first), condition(first, "Scheduled")],
      [[], { _tag: "After", seconds: 5 }, ["RunRefused"], "False Refused"],
    )
    const again = decided({ now: at("13:00:05.200"), status: first.status })
    assert.deepStrictEqual(created(again), [nameOf("13:00:00")])
    const later = decided({ now: at("13:02:00"), status: first.status, creation: refusal })
    assert.deepStrictEqual([later.next, reasons(later)], [{ _tag: "After", seconds: 120 }, []])
    const overtaken = decided({ now: at("14:00:00.100"), status: later.status })
    assert.deepStrictEqual([overtaken.counts.skipped, overtaken.counts.missed], [["refused"], 0])
    assert.deepStrictEqual(created(overtaken), [nameOf("14:00:00")])
  })

  it("waits while the object with its name is being deleted", () => {
    const decision = decided({ now, creation: { _tag: "Leaving", occasion } })
    assert.deepStrictEqual([decision.actions, decision.next], [[], { _tag: "After", seconds: 5 }])
  })
})
