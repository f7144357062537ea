/** The whole state machine as one table: every state against every fact, and the state that the application is in afterwards. */

import { assert, describe, it } from "@effect/vitest"
import type { ApplicationStateType } from "../../../src/api/application/SparkApplicationStatus.ts"
import { stateOf } from "../../../src/api/States.ts"
import { decide } from "../../../src/application/lifecycle/Decide.ts"
import type { Decision, Rule } from "../../../src/application/lifecycle/Decision.ts"
import type { Situation } from "../../../src/application/lifecycle/Situation.ts"
import {
  ago,
  begunIn,
  driver,
  executor,
  intentIn,
  missing,
  now,
  pending,
  situation,
  statusIn,
  terminated,
} from "../../support/Situations.ts"

type Change = Parameters<typeof situation>[1]

/** A status that no Firesteel has written, and a driver of a submission that it does not know. */
const unseen = { applicationState: { state: "PENDING_RERUN" as const }, driverInfo: {} }
const leftBehind = {
  _tag: "Leftover" as const,
  name: "pi-driver",
  unreported: { submissionId: "kubeflow-2", createdAt: now - 5000 },
}

/** Each fact changes a situation that is otherwise quiet: restart policy Never, valid spec, not suspended. */
const facts: Readonly<Record<string, Change>> = {
  "no driver": { observed: { driver: missing } },
  pending: { observed: { driver: pending() } },
  running: { observed: { driver: driver() } },
  succeeded: { observed: { driver: terminated(0) } },
  failed: { observed: { driver: terminated(1) } },
  unknown: { observed: { driver: driver({ phase: "Unknown" }) } },
  leftover: { observed: { driver: { _tag: "Leftover", name: "pi-driver" } } },
  suspend: { desired: { suspend: true }, observed: { driver: driver() } },
  "spec changed": { runSpecHash: "spec-2", observed: { driver: driver() } },
  "spec invalid": { problems: [{ field: "spec.driver.memory", message: "is wrong" }] },
  deleting: { deleting: true, observed: { driver: driver() } },
}

/** Columns as in `facts`. `=`: the same state; `+`: the same state while the next attempt is submitted, of which nothing is written yet. */
const table: Readonly<Record<ApplicationStateType, string>> = {
  //                 no driver  pending    running    succeeded  failed   unknown  leftover suspend    spec changed  spec invalid deleting
  "": "              +          +          +          +          +        +        +        SUSPENDING +             FAILED       =",
  SUBMITTED:
    "       FAILED     =          RUNNING    COMPLETED  FAILED   UNKNOWN  FAILED   SUSPENDING INVALIDATING  FAILED       =",
  RUNNING:
    "         FAILED     SUBMITTED  =          COMPLETED  FAILED   UNKNOWN  FAILED   SUSPENDING INVALIDATING  FAILED       =",
  UNKNOWN:
    "         FAILED     SUBMITTED  RUNNING    COMPLETED  FAILED   =        FAILED   SUSPENDING INVALIDATING  FAILED       =",
  SUCCEEDING:
    "      COMPLETED  COMPLETED  COMPLETED  COMPLETED  COMPLETED COMPLETED COMPLETED SUSPENDING INVALIDATING COMPLETED   =",
  FAILING:
    "         FAILED     FAILED     FAILED     FAILED     FAILED   FAILED   FAILED   SUSPENDING INVALIDATING  FAILED       =",
  COMPLETED:
    "       =          =          =          =          =        =        =        =          INVALIDATING  =            =",
  FAILED:
    "          =          =          =          =          =        =        =        =          INVALIDATING  =            =",
  SUBMISSION_FAILED:
    "FAILED    FAILED     FAILED     FAILED     FAILED   FAILED   FAILED   SUSPENDING PENDING_RERUN  FAILED       =",
  PENDING_RERUN:
    "   +          =          =          =          =        =        +        SUSPENDING =            FAILED       =",
  INVALIDATING:
    "    PENDING_RERUN PENDING_RERUN PENDING_RERUN PENDING_RERUN PENDING_RERUN PENDING_RERUN PENDING_RERUN SUSPENDING PENDING_RERUN PENDING_RERUN =",
  SUSPENDING:
    "      SUSPENDED  =          =          =          =        =        SUSPENDED =         =             SUSPENDED    =",
  SUSPENDED:
    "       RESUMING   RESUMING   RESUMING   RESUMING   RESUMING RESUMING RESUMING =          RESUMING      RESUMING     =",
  RESUMING:
    "        +          +          +          +          +        +        +        SUSPENDING PENDING_RERUN  FAILED       =",
}

/** The submission that a decision begins. */
const submitted = ({ actions }: Decision) => actions.find((action) => action._tag === "Submit")

describe("decide", () => {
  const columns = Object.keys(facts)
  for (const state of Object.keys(table) as Array<ApplicationStateType>) {
    const cells = table[state].trim().split(/\s+/)
    it(`${state || "New"}: goes where the table says, for every fact`, () => {
      assert.strictEqual(cells.length, columns.length)
      const actual = columns.map((fact) => {
        const before = situation(state, facts[fact])
        const decision = decide(before)
        const after = stateOf(decision.status)
        if (submitted(decision) === undefined) return after !== state ? after : "="
        assert.strictEqual(decision.status, before.status, "nothing is written")
        return "+"
      })
      assert.deepStrictEqual(
        Object.fromEntries(columns.map((c, i) => [c, actual[i]])),
        Object.fromEntries(columns.map((c, i) => [c, cells[i]])),
      )
    })
  }

  it("an attempt that is recorded and not submitted yet is submitted again, in every state that may have one", () => {
    for (const state of ["", "RESUMING", "PENDING_RERUN", "SUBMISSION_FAILED"] as const) {
      const { actions, status } = decide(situation(state, { status: intentIn(state) }))
      const submit = actions.find((action) => action._tag === "Submit")
      assert.strictEqual(submit?._tag === "Submit" ? submit.submissionId : undefined, "sub-2", state)
      assert.strictEqual(status.attempts?.at(-1)?.number, 2)
    }
  })

  it("the API server's answer to a submission leads to SUBMITTED, SUBMISSION_FAILED or waiting", () => {
    for (const state of ["", "RESUMING", "PENDING_RERUN", "SUBMISSION_FAILED"] as const) {
      const answer = (submission: Situation["observed"]["submission"]) =>
        decide(situation(state, { status: intentIn(state), observed: { submission } })).status
      assert.strictEqual(answer({ _tag: "Accepted", driver: driver() }).applicationState.state, "SUBMITTED")
      const refused = answer({ _tag: "Refused", reason: "Forbidden", message: "exceeded quota" })
      assert.strictEqual(refused.applicationState.state, "SUBMISSION_FAILED")
      assert.strictEqual(refused.applicationState.errorMessage, "exceeded quota")
      assert.strictEqual(refused.attempts?.at(-1)?.failure, "QuotaExceeded")
      const blocked = answer({
        _tag: "Blocked",
        reason: "DriverPodExists",
        message: "driver pod pi-driver of an earlier run still exists",
      })
      assert.strictEqual(stateOf(blocked), state)
      assert.strictEqual(blocked.waiting?.reason, "DriverPodExists")
    }
  })

  it("a driver pod that is observed before its creation was answered counts as accepted", () => {
    const { status } = decide(situation("", { status: intentIn(""), observed: { driver: pending() } }))
    assert.strictEqual(status.applicationState.state, "SUBMITTED")
    assert.strictEqual(status.executionAttempts, 1)
  })

  it("an end that leads to another run is a state of its own, and so is one whose driver still runs", () => {
    const next = (type: "Always" | "OnFailure", driver: Situation["observed"]["driver"]) =>
      stateOf(
        decide(
          situation("RUNNING", { desired: { restartPolicy: { type, onFailureRetries: 1 } }, observed: { driver } }),
        ).status,
      )
    assert.strictEqual(next("Always", terminated(0)), "SUCCEEDING")
    assert.strictEqual(next("Always", terminated(1)), "FAILING")
    assert.strictEqual(next("OnFailure", terminated(1)), "FAILING")
    assert.strictEqual(next("OnFailure", terminated(0)), "COMPLETED")
  })

  it("the end of a run and of its application are one write, with both Events", () => {
    const { events, status } = decide(situation("RUNNING", { observed: { driver: terminated(0) } }))
    assert.deepStrictEqual(
      events.map(({ reason }) => reason),
      ["SparkDriverCompleted", "SparkApplicationCompleted"],
    )
    assert.strictEqual(status.attempts?.at(-1)?.result, "Succeeded")
    assert.isDefined(status.terminationTime)
  })

  it("the time at which a state was entered is kept until the next state", () => {
    const first = decide(situation("SUBMITTED", { observed: { driver: driver() } })).status
    assert.deepStrictEqual(first.applicationState, { state: "RUNNING", since: ago(0) })
    const later = situation("RUNNING", { status: first, observed: { driver: driver() }, now: now + 60_000 })
    assert.strictEqual(decide(later).status.applicationState.since, ago(0))
    const over = { ...later, observed: { ...later.observed, driver: terminated(0) } }
    assert.deepStrictEqual(decide(over).status.applicationState, { state: "COMPLETED", since: ago(-60) })
  })

  it("deciding again on its own result changes nothing", () => {
    for (const state of Object.keys(table) as Array<ApplicationStateType>) {
      for (const fact of columns) {
        let s = situation(state, facts[fact])
        for (let i = 0; i < 10; i++) {
          const { status, next } = decide(s)
          s = { ...s, status }
          if (next._tag !== "After" || next.seconds > 0) break
        }
        assert.strictEqual(decide(s).status, s.status, `${state} with ${fact}`)
      }
    }
  })

  it("an invalid spec is reported in condition, message and Event with the field that is wrong", () => {
    const { status, events } = decide(
      situation("", { problems: [{ field: "spec.driver.memory", message: '"1.5g" is not a Spark memory size' }] }),
    )
    const message = 'spec.driver.memory: "1.5g" is not a Spark memory size'
    assert.strictEqual(status.applicationState.errorMessage, message)
    const accepted = status.conditions?.find(({ type }) => type === "Accepted")
    assert.deepStrictEqual([accepted?.status, accepted?.reason, accepted?.message], ["False", "InvalidSpec", message])
    assert.isTrue(events.some((event) => event.type === "Warning" && event.message.includes(message)))
  })

  it("a submission in progress whose spec becomes invalid ends, and its objects are deleted", () => {
    const problems = [{ field: "spec.driver.memory", message: "is wrong" }]
    const { status, actions } = decide(situation("", { status: intentIn(""), problems }))
    assert.strictEqual(status.applicationState.state, "FAILED")
    assert.deepStrictEqual(
      [status.attempts?.[0]?.result, status.attempts?.[0]?.reason],
      ["SubmissionFailed", "InvalidSpec"],
    )
    assert.deepStrictEqual(
      actions.map(({ _tag }) => _tag),
      ["DeleteRun"],
    )
  })

  it("a warning about the spec is reported in the condition and does not stop the run", () => {
    const warnings = [{ field: "spec.pythonVersion", message: "has no effect" }]
    const submission = { _tag: "Accepted" as const, driver: driver() }
    const { status } = decide(situation("", { warnings, observed: { begun: begunIn(""), submission } }))
    const accepted = status.conditions?.find(({ type }) => type === "Accepted")
    assert.deepStrictEqual([accepted?.status, accepted?.message], ["True", "spec.pythonVersion: has no effect"])
    assert.strictEqual(status.attempts?.length, 1)
  })

  it("a running application continues when its spec is edited into an invalid one", () => {
    const { status, actions } = decide(
      situation("RUNNING", {
        runSpecHash: "spec-2",
        problems: [{ field: "spec.driver.memory", message: "is wrong" }],
        observed: { driver: driver() },
      }),
    )
    assert.strictEqual(status.applicationState.state, "RUNNING")
    assert.deepStrictEqual(actions, [])
    assert.strictEqual(status.conditions?.find(({ type }) => type === "Accepted")?.status, "False")
  })

  it("a change that does not affect the run only updates observedGeneration", () => {
    const { status, actions } = decide(situation("RUNNING", { generation: 7, observed: { driver: driver() } }))
    assert.strictEqual(status.observedGeneration, 7)
    assert.strictEqual(status.applicationState.state, "RUNNING")
    assert.deepStrictEqual(actions, [])
  })

  it("an application that kubeflow's operator runs is adopted with its running driver", () => {
    const status = {
      applicationState: { state: "RUNNING" as const },
      driverInfo: { podName: "pi-driver" },
      submissionID: "kubeflow-1",
      lastSubmissionAttemptTime: "2026-11-20T11:00:00Z",
      submissionAttempts: 1,
      executionAttempts: 1,
    }
    const decision = decide(situation("RUNNING", { status, observed: { driver: driver() } }))
    assert.strictEqual(decision.status.applicationState.state, "RUNNING")
    assert.strictEqual(decision.status.attempts?.[0]?.submissionID, "kubeflow-1")
    assert.deepStrictEqual(decision.actions, [])
  })

  it("a finished application is deleted when its time to live is over, and not before", () => {
    const desired = { timeToLiveSeconds: 10 }
    const early = decide(situation("COMPLETED", { desired }))
    assert.deepStrictEqual([early.actions, early.next], [[], { _tag: "After", seconds: 9 }])
    const status = statusIn("COMPLETED", { terminationTime: "2026-11-20T11:59:50Z" })
    assert.deepStrictEqual(decide(situation("COMPLETED", { desired, status })).actions, [{ _tag: "DeleteApplication" }])
  })

  it.each<readonly [Rule, ApplicationStateType, Change]>([
    ["record-submission", "", { deleting: true, observed: { begun: begunIn("") } }],
    ["delete", "RUNNING", { deleting: true, desired: { suspend: true } }],
    ["adopt-driver", "PENDING_RERUN", { status: unseen, observed: { driver: leftBehind }, desired: { suspend: true } }],
    ["restart-changed-spec", "RUNNING", { runSpecHash: "spec-2", desired: { suspend: true } }],
    ["suspend", "RUNNING", { desired: { suspend: true } }],
    ["refuse", "", { problems: [{ field: "spec.driver.memory", message: "is wrong" }] }],
    ["advance", "RUNNING", { observed: { driver: driver() } }],
  ])("the rule %s is the one that decides, whatever comes after it in the list", (rule, state, change) => {
    assert.strictEqual(decide(situation(state, change)).rule, rule)
  })

  describe("changes that concern executors only", () => {
    const status = statusIn("RUNNING", {
      executorState: { "pi-exec-1": "RUNNING", "pi-exec-2": "RUNNING" },
      executors: { pending: 0, running: 2, succeeded: 0, failed: 0 },
    })
    const base = decide(
      situation("RUNNING", { status, observed: { driver: driver(), executors: [executor(1), executor(2)] } }),
    ).status
    const executors = [executor(1), executor(2), executor(3)]
    const after = (seconds: number | undefined, change: Change = {}) => {
      const changesSince = seconds === undefined ? undefined : now - seconds * 1000
      const observed = { driver: driver(), executors, changesSince }
      return decide(situation("RUNNING", { ...change, status: base, observed }))
    }

    it("wait for a few seconds for further ones, without Event or write", () => {
      const first = after(undefined)
      assert.deepStrictEqual([first.status, first.events, first.actions], [base, [], []])
      assert.deepStrictEqual([first.postponedSince, first.next], [now, { _tag: "After", seconds: 3.03 }])
      const later = after(1)
      assert.deepStrictEqual([later.postponedSince, later.next], [now - 1000, { _tag: "After", seconds: 2.03 }])
    })

    it("wait the longer the more executors there are, up to 15 seconds", () => {
      const many = (count: number) => {
        const observed = { driver: driver(), executors: Array.from({ length: count }, (_, id) => executor(id + 1)) }
        return decide(situation("RUNNING", { status: base, observed })).next
      }
      assert.deepStrictEqual(many(500), { _tag: "After", seconds: 8 })
      assert.deepStrictEqual(many(5000), { _tag: "After", seconds: 15 })
    })

    it("are written after that time", () => {
      const decision = after(4)
      assert.strictEqual(decision.postponedSince, undefined)
      assert.strictEqual(decision.status.executors?.running, 3)
      assert.deepStrictEqual(
        decision.events.map(({ reason }) => reason),
        ["SparkExecutorRunning"],
      )
    })

    it("are written at once with any other change", () => {
      const decision = after(undefined, { generation: 9 })
      assert.strictEqual(decision.postponedSince, undefined)
      assert.deepStrictEqual([decision.status.observedGeneration, decision.status.executors?.running], [9, 3])
    })
  })
})
