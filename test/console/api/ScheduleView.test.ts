import { assert, describe, it } from "@effect/vitest"
import type { ScheduledSparkApplication } from "../../../src/api/schedule/ScheduledSparkApplication.ts"
import { calendar, scheduleRow, upcoming } from "../../../src/console/api/ScheduleView.ts"
import { running } from "../../support/ConsoleBench.ts"

const schedule = (
  status: Partial<NonNullable<ScheduledSparkApplication["status"]>>,
  spec: object = {},
): ScheduledSparkApplication =>
  ({
    metadata: { name: "nightly", namespace: "team-a", uid: "1", creationTimestamp: "2026-01-01T00:00:00Z" },
    spec: { schedule: "0 */6 * * *", template: {}, ...spec },
    status: { scheduleState: "Scheduled", scheduleInForce: "TZ=UTC 0 */6 * * *", ...status },
  }) as ScheduledSparkApplication

const day = Date.UTC(2026, 0, 10)
const until = day + 86_400_000

describe("schedules of the console", () => {
  it("lists the times to come in the zone of the schedule", () => {
    assert.deepStrictEqual(upcoming(schedule({}), day + 7 * 3_600_000, until, 10), [
      "2026-01-10T12:00:00Z",
      "2026-01-10T18:00:00Z",
    ])
    const berlin = schedule({ scheduleInForce: "TZ=Europe/Berlin 0 9 * * *" })
    assert.deepStrictEqual(upcoming(berlin, day, until, 10), ["2026-01-10T08:00:00Z"])
    assert.lengthOf(upcoming(schedule({ scheduleInForce: "@every 1s" }), day, until, 10), 10)
  })

  it("lists none for a schedule that is not followed", () => {
    const { scheduleInForce: _none, ...status } = schedule({}).status!
    const suspended = { ...schedule({}, { suspend: true }), status }
    assert.deepStrictEqual(upcoming(suspended, day, until, 10), [])
    assert.deepStrictEqual(
      [scheduleRow(suspended).state, scheduleRow(suspended).explanation],
      ["Suspended", "Suspended: no runs are started"],
    )
  })

  it("says why runs do not start", () => {
    const since = "2026-01-10T00:00:00Z"
    const blockedBy = { name: "nightly-1", since }
    assert.strictEqual(scheduleRow(schedule({ blockedBy })).explanation, "Skips runs until nightly-1 ends")
    const held = schedule({ blockedBy: { ...blockedBy, scheduledTime: since } })
    assert.strictEqual(scheduleRow(held).explanation, "Waits for the end of nightly-1")
    const failed = schedule({ startFailure: { reason: "Refused", message: "quota exceeded", since } })
    assert.strictEqual(scheduleRow(failed).explanation, "quota exceeded")
    const invalid = schedule({ scheduleState: "FailedValidation", reason: "spec.schedule: wrong" })
    assert.deepStrictEqual(
      [scheduleRow(invalid).state, scheduleRow(invalid).explanation],
      ["FailedValidation", "spec.schedule: wrong"],
    )
  })

  it("shows a day with what ran and what is to come", () => {
    const run = (name: string, time: string) => {
      const { application } = running("team-a", name)
      const labels = { "sparkoperator.k8s.io/scheduled-app-name": "nightly" }
      const annotations = { "sparkoperator.k8s.io/scheduled-time": time }
      return { ...application, metadata: { ...application.metadata, labels, annotations } }
    }
    const runs = [run("today", "2026-01-10T00:00:00Z"), run("yesterday", "2026-01-09T18:00:00Z")]
    const entries = calendar([schedule({})], runs, { from: day, until, now: day + 13 * 3_600_000 })
    assert.deepStrictEqual(
      entries.map(({ name, upcoming: times, runs: shown }) => [name, times, shown.map((one) => one.name)]),
      [["nightly", ["2026-01-10T18:00:00Z"], ["today"]]],
    )
  })
})
