import { assert, describe, it } from "@effect/vitest"
import { at, created, decided, nameOf, reasons, run, stamp } from "../../support/ScheduleSituations.ts"

describe("a run by hand", () => {
  it("starts at once, whatever the schedule says, and moves nothing", () => {
    for (const spec of [{}, { suspend: true }, { concurrencyPolicy: "Forbid" as const }]) {
      const decision = decided({ spec, trigger: "t1", runs: [run("12:00:00")] })
      assert.deepStrictEqual(created(decision), ["nightly-manual-t1"])
    }
    const manual = run("12:10:00", { name: "nightly-manual-t1", scheduledTime: undefined })
    const recorded = decided({ trigger: "t1", runs: [manual], now: at("12:10:01") })
    assert.deepStrictEqual(created(recorded), [])
    assert.deepStrictEqual(recorded.status.lastTrigger, { token: "t1", name: manual.name, time: stamp("12:10:00") })
    assert.deepStrictEqual(
      [recorded.status.nextRun, recorded.status.lastScheduleTime, recorded.status.lastRunName],
      [stamp("13:00:00"), stamp("12:00:00"), manual.name],
    )
    assert.deepStrictEqual(recorded.counts.started, [{ delay: undefined }])
    assert.deepStrictEqual(created(decided({ trigger: "t1", status: recorded.status })), [], "one run for one token")
    assert.deepStrictEqual(created(decided({ trigger: "t2", status: recorded.status })), ["nightly-manual-t2"])
  })

  it("waits its turn when a scheduled run starts, too", () => {
    const decision = decided({ trigger: "t1", now: at("13:00:00.100") })
    assert.deepStrictEqual(created(decision), [nameOf("13:00:00")])
    assert.deepStrictEqual(decision.next, { _tag: "After", seconds: 0 })
  })

  it("is not started while the spec has a mistake", () => {
    assert.deepStrictEqual(created(decided({ trigger: "t1", spec: { schedule: "H 3 * * *" } })), [])
  })

  it("says why it could not be created", () => {
    const occasion = { token: "t1" }
    const refused = decided({ trigger: "t1", creation: { _tag: "Refused", occasion, message: "quota" } })
    assert.deepStrictEqual([created(refused), reasons(refused)], [[], ["RunRefused"]])
    const taken = decided({ trigger: "t1", creation: { _tag: "NameTaken", occasion, message: "taken" } })
    assert.strictEqual(taken.status.lastTrigger?.token, "t1")
  })
})

describe("the history", () => {
  const finished = (time: string, result: "Completed" | "Failed") => run(time, { result })

  it("keeps the newest runs up to its limits, and deletes the others, also those started by hand", () => {
    const manual = run("10:30:00", { result: "Completed", scheduledTime: undefined, name: "nightly-manual-1" })
    const runs = [
      finished("09:00:00", "Completed"),
      manual,
      finished("11:00:00", "Completed"),
      finished("10:00:00", "Failed"),
    ]
    const decision = decided({ spec: { successfulRunHistoryLimit: 2 }, runs })
    assert.deepStrictEqual(decision.status.pastSuccessfulRunNames, [nameOf("11:00:00"), manual.name])
    assert.deepStrictEqual(decision.status.pastFailedRunNames, [nameOf("10:00:00")])
    assert.deepStrictEqual(
      decision.actions.map(({ _tag, name }) => `${_tag} ${name}`),
      [`PruneRun ${nameOf("09:00:00")}`],
    )
  })

  it("of limit 0 keeps none", () => {
    const decision = decided({
      spec: { successfulRunHistoryLimit: 0, failedRunHistoryLimit: 0 },
      runs: [finished("11:00:00", "Completed"), finished("10:00:00", "Failed")],
    })
    assert.deepStrictEqual(
      decision.actions.map(({ _tag }) => _tag),
      ["PruneRun", "PruneRun"],
    )
    assert.strictEqual(decision.status.lastSuccessfulTime, stamp("11:01:00"))
  })
})
