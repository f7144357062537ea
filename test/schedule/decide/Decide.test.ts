import { assert, describe, it } from "@effect/vitest"
import { epoch } from "../../../src/kube/Time.ts"
import * as CronSchedule from "../../../src/schedule/cron/CronSchedule.ts"
import { decide, type Decision } from "../../../src/schedule/decide/Decide.ts"
import { anchorOf, type Situation } from "../../../src/schedule/decide/Situation.ts"
import { at, followed, type Given, nameOf, run, situation, stamp } from "../../support/ScheduleSituations.ts"

describe("in every state with every fact", () => {
  const statuses: ReadonlyArray<NonNullable<Given["status"]>> = [
    {},
    followed,
    {
      ...followed,
      blockedBy: { name: nameOf("11:00:00"), since: stamp("12:00:00"), scheduledTime: stamp("13:00:00") },
    },
    { ...followed, blockedBy: { name: nameOf("11:00:00"), since: stamp("12:00:00") } },
    {
      ...followed,
      startFailure: { reason: "Refused", message: "no", since: stamp("13:00:01"), scheduledTime: stamp("13:00:00") },
    },
    { scheduleState: "Scheduled", observedGeneration: 1, handledUntil: stamp("11:10:00") },
    { scheduleState: "FailedValidation", observedGeneration: 1, reason: "x", handledUntil: stamp("11:10:00") },
    { ...followed, scheduleInForce: "TZ=UTC */7 * * * *" },
    { ...followed, scheduleInForce: "not a schedule" },
    { scheduleState: "Scheduled", nextRun: stamp("13:00:00"), lastRun: stamp("12:00:01") },
    { scheduleState: "Scheduled", nextRun: stamp("09:31:00"), lastRun: stamp("12:00:01") },
    { scheduleState: "FailedValidation", reason: "Invalid timezone" },
  ]
  const specs: ReadonlyArray<NonNullable<Given["spec"]>> = [
    {},
    { concurrencyPolicy: "Forbid" },
    { concurrencyPolicy: "Forbid", startingDeadlineSeconds: 600 },
    { concurrencyPolicy: "Replace" },
    { startingDeadlineSeconds: 10 },
    { startJitterSeconds: 300 },
    { schedule: "@every 7m" },
    { suspend: true },
    { schedule: "61 * * * *" },
  ]
  const nows = ["11:30:00", "12:10:00", "13:00:00.100", "15:20:30"].map(at)
  const runs: ReadonlyArray<NonNullable<Given["runs"]>> = [
    [],
    [run("11:00:00")],
    [run("11:00:00", { deleting: true }), run("12:00:00", { result: "Failed" })],
    [run("13:00:00")],
    [run("13:00:00", { result: "Completed", gone: true })],
    [run("11:00:00", { scheduledTime: undefined, result: "Completed" })],
  ]
  const scheduledTime = at("13:00:00")
  const answers: ReadonlyArray<Pick<Given, "creation" | "trigger">> = [
    {},
    { trigger: "t" },
    { creation: { _tag: "Created", run: run("13:00:00") } },
    { creation: { _tag: "NameTaken", occasion: { scheduledTime }, message: "taken" } },
    { creation: { _tag: "Refused", occasion: { scheduledTime }, message: "refused" }, trigger: "t" },
    { creation: { _tag: "Leaving", occasion: { scheduledTime } } },
    { creation: { _tag: "Refused", occasion: { token: "t" }, message: "refused" }, trigger: "t" },
  ]

  const all = function* (): Generator<Situation> {
    for (const status of statuses)
      for (const spec of specs)
        for (const now of nows)
          for (const observed of runs)
            for (const answer of answers) {
              const known = answer.creation?._tag === "Created" ? [...observed, answer.creation.run] : observed
              const unique = [...new Map(known.map((one) => [one.uid, one])).values()]
              yield situation({ status, spec, now, runs: unique, ...answer })
            }
  }

  /** How many times of the schedule that is in force afterwards lie between two moments. */
  const timesBetween = (s: Situation, { status }: Decision, from: number, until: number) =>
    s.valid === undefined ? 0 : (CronSchedule.latest(s.valid.cron, from, until, anchorOf({ ...s, status }))?.count ?? 0)

  /** Describes the situation only when a check fails: there are tens of thousands. */
  const checked = (s: Situation, check: () => void) => {
    try {
      check()
    } catch (error) {
      throw new Error(`with ${JSON.stringify({ ...s, valid: s.valid?.inForce })}`, { cause: error })
    }
  }

  const scheduledStart = ({ actions }: Decision): number | undefined => {
    const starts = actions.flatMap((one) => (one._tag === "CreateRun" ? [one.occasion] : []))
    assert.isAtMost(starts.length, 1)
    const [start] = starts
    return start !== undefined && "scheduledTime" in start ? start.scheduledTime : undefined
  }

  it("nothing is started twice or lost, and the counts are those of the status", () => {
    let tried = 0
    for (const s of all()) {
      tried++
      checked(s, () => {
        const decision = decide(s)
        const { status, counts, next } = decision
        const floor = Math.max(epoch(s.status.handledUntil) ?? 0, epoch(s.status.lastScheduleTime) ?? 0)
        if (status.handledUntil !== undefined) assert.isAtLeast(epoch(status.handledUntil)!, floor)
        const start = scheduledStart(decision)
        if (start !== undefined) {
          assert.isAbove(start, epoch(status.handledUntil)!)
          assert.isAtMost(start, s.now)
          assert.isTrue(s.observed.runs.every(({ scheduledTime }) => scheduledTime !== start))
          assert.isTrue(s.problems.length === 0 && !s.suspend)
        }
        assert.strictEqual((status.missedRuns ?? 0) - (s.status.missedRuns ?? 0), counts.missed)
        assert.strictEqual((status.skippedRuns ?? 0) - (s.status.skippedRuns ?? 0), counts.skipped.length)
        if (next._tag === "After") assert.isAtMost(next.seconds, 31 * 86_400)
        // Of a schedule that stays in force, every time that is now handled was started, missed or skipped.
        if (s.valid === undefined || s.suspend || s.status.scheduleInForce !== s.valid.inForce) return
        const handled = timesBetween(s, decision, epoch(s.status.handledUntil)!, epoch(status.handledUntil)!)
        const onSchedule = counts.started.filter(({ delay }) => delay !== undefined).length
        assert.strictEqual(handled, onSchedule + counts.missed + counts.skipped.length)
      })
    }
    assert.isAbove(tried, 15_000)
  }, 30_000)

  it("deciding again, with nothing new, changes nothing but what is still to be created", () => {
    for (const s of all()) {
      if (s.observed.creation !== undefined) continue
      checked(s, () => {
        const first = decide(s)
        const second = decide({ ...s, status: first.status })
        assert.strictEqual(second.status, first.status)
        assert.deepStrictEqual(second.actions, first.actions)
        assert.deepStrictEqual([second.counts.missed, second.counts.skipped.length, second.events.length], [0, 0, 0])
      })
    }
  }, 30_000)
})
