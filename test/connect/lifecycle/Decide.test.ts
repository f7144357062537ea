/** The whole state machine as one table: every recorded status against every fact, and the rule that decides; then what the rules do. */

import { assert, describe, it } from "@effect/vitest"
import type { SparkConnectStatus } from "../../../src/api/connect/SparkConnectStatus.ts"
import { attemptId } from "../../../src/connect/lifecycle/Attempts.ts"
import { decide } from "../../../src/connect/lifecycle/Decide.ts"
import {
  ago,
  type Change,
  killed,
  missing,
  now,
  own,
  situation,
  starting,
  statuses,
  uid,
  unused,
  used,
} from "../../support/ConnectSituations.ts"

type Name = keyof typeof statuses

const changed = { revision: "r2" }
const ready = { server: own() }
const whenIdle = { ...changed, desired: { updateStrategy: "WhenIdle" } } as const
const mistake = { problems: [{ field: "spec.image", message: "is wrong" }] }
const idle = { timeoutSeconds: 60 }

const facts: Readonly<Record<string, Change>> = {
  "no pod": { observed: { server: missing } },
  "starting pod": { observed: { server: starting } },
  "ready pod": { observed: ready },
  "killed pod": { observed: { server: killed() } },
  "deleted pod": { observed: { server: own({ deleted: true, deleting: true }) } },
  "pod being deleted": { observed: { server: own({ deleting: true }) } },
  "foreign pod": { observed: { server: { _tag: "Foreign", message: "Pod a-server exists already" } } },
  suspend: { desired: { suspend: true }, observed: ready },
  "suspend, no pod": { desired: { suspend: true } },
  "other spec": { ...changed, observed: ready },
  "other spec, OnDelete": { ...changed, desired: { updateStrategy: "OnDelete" }, observed: ready },
  "other spec, WhenIdle, used": { ...whenIdle, observed: { ...ready, activity: used } },
  "other spec, WhenIdle, unused": { ...whenIdle, observed: { ...ready, activity: unused(1) } },
  "other spec, WhenIdle, unread": { ...whenIdle, observed: ready },
  "unused for long": { desired: { idle }, observed: { ...ready, activity: unused(61) } },
  "unused for short": { desired: { idle }, observed: { ...ready, activity: unused(59) } },
  "unused, to be deleted": {
    desired: { idle: { ...idle, action: "Delete" } },
    observed: { ...ready, activity: unused(61) },
  },
  used: { desired: { idle }, observed: { ...ready, activity: used } },
  "idle policy, no pod": { desired: { idle } },
  woken: { desired: { idle }, wake: "2" },
  mistake,
  "mistake, ready pod": { ...mistake, observed: ready },
  deleting: { deleting: true, observed: ready },
}

/** A pod that a status records as ended does not come back: it is deleted, and its name is waited for. */
const table: Readonly<Record<string, string>> = {
  //   new            provisioning   ready          stopping       backing off    failed before  suspended      idle
  "no pod":
    "start          end            end            end            back-off       start          start          start",
  "starting pod":
    "record         follow         follow         stop           back-off       start          start          start",
  "ready pod":
    "record         follow         follow         stop           back-off       start          start          start",
  "killed pod":
    "record         end            end            end            back-off       start          start          start",
  "deleted pod":
    "start          end            end            end            back-off       start          start          start",
  "pod being deleted":
    "record         follow         follow         stop           back-off       start          start          start",
  "foreign pod":
    "start          end            end            end            back-off       start          start          start",
  suspend:
    "record         suspend        suspend        stop           stay-suspended stay-suspended stay-suspended stay-suspended",
  "suspend, no pod":
    "stay-suspended end            end            end            stay-suspended stay-suspended stay-suspended stay-suspended",
  "other spec":
    "record         update         update         stop           back-off       start          start          start",
  "other spec, OnDelete":
    "record         follow         follow         stop           back-off       start          start          start",
  "other spec, WhenIdle, used":
    "record         follow         follow         stop           back-off       start          start          start",
  "other spec, WhenIdle, unused":
    "record         update         update         stop           back-off       start          start          start",
  "other spec, WhenIdle, unread":
    "record         follow         follow         stop           back-off       start          start          start",
  "unused for long":
    "record         stop-idle      stop-idle      stop           back-off       start          start          stay-idle",
  "unused for short":
    "record         follow         follow         stop           back-off       start          start          stay-idle",
  "unused, to be deleted":
    "record         delete-idle    delete-idle    stop           back-off       start          start          stay-idle",
  used: "record         follow         follow         stop           back-off       start          start          stay-idle",
  "idle policy, no pod":
    "start          end            end            end            back-off       start          start          stay-idle",
  woken:
    "start          end            end            end            back-off       start          start          start",
  mistake:
    "refuse         end            end            end            refuse         refuse         refuse         refuse",
  "mistake, ready pod":
    "record         follow         follow         stop           refuse         refuse         refuse         refuse",
  deleting:
    "delete         delete         delete         delete         delete         delete         delete         delete",
}

const names: ReadonlyArray<Name> = [
  "new",
  "provisioning",
  "ready",
  "stopping",
  "backing off",
  "failed before",
  "suspended",
  "idle",
]
const cells = Object.entries(table).flatMap(([fact, row]) =>
  row.split(/\s+/).map((rule, column) => [names[column]!, fact, rule] as const),
)

describe("a Connect server", () => {
  it("has a row for every fact and a column for every status", () => {
    assert.deepStrictEqual(Object.keys(table), Object.keys(facts))
    assert.strictEqual(cells.length, names.length * Object.keys(facts).length)
  })

  it.each(cells)("%s, %s: %s", (name, fact, rule) => {
    assert.strictEqual(decide(situation(statuses[name], facts[fact])).rule, rule)
  })

  it.each(cells)(
    "%s, %s: decides the same again once it is recorded, unless something was to be done",
    (name, fact) => {
      const first = situation(statuses[name], facts[fact])
      const decision = decide(first)
      if (decision.actions.length > 0 || decision.rule === "record" || decision.rule === "end") return
      const second = decide({ ...first, status: decision.status })
      assert.deepStrictEqual([second.rule, second.status], [decision.rule, decision.status])
      assert.deepStrictEqual(second.events, [])
    },
  )
})

const tags = (status: SparkConnectStatus, change?: Change) =>
  decide(situation(status, change)).actions.map(({ _tag }) => _tag)
const after = (status: SparkConnectStatus, change?: Change) => decide(situation(status, change)).status
const last = (status: SparkConnectStatus) => status.attempts!.at(-1)!
const conditionOf = (status: SparkConnectStatus, type: string) => {
  const found = status.conditions?.find((one) => one.type === type)
  return `${found?.status}/${found?.reason}`
}

describe("starting", () => {
  it("creates the objects of the next attempt under an id that follows from its number, and records nothing before", () => {
    const { actions, status } = decide(situation(statuses["failed before"]))
    assert.deepStrictEqual(actions, [{ _tag: "Start", submissionId: attemptId(uid, 2), submittedAt: now, attempt: 2 }])
    assert.strictEqual(last(status).number, 1)
  })

  it("records the pod with its number, and that of an operator that died before it could, even if it has failed", () => {
    for (const server of [own({ uid: "pod-2", attempt: 2 }), killed({ uid: "pod-2", attempt: 2 })]) {
      const status = after(statuses["failed before"], { observed: { server } })
      assert.deepInclude(last(status), { number: 2, submissionID: attemptId(uid, 2), podUID: "pod-2" })
    }
  })

  it("adopts the running pod of another operator, and keeps it until it is deleted", () => {
    const server = own({ attempt: undefined, revision: undefined })
    const status = after(statuses.new, { observed: { server } })
    assert.strictEqual(last(status).number, 1)
    const followed = decide(situation(status, { ...changed, observed: { server } }))
    assert.strictEqual(followed.rule, "follow")
    assert.strictEqual(conditionOf(followed.status, "UpToDate"), "Unknown/CreatedByAnotherOperator")
  })

  it("deletes a pod that another operator left and that has ended, because its name is needed", () => {
    const server = killed({ uid: "theirs", attempt: undefined, revision: undefined })
    const { rule, status, actions } = decide(situation(statuses.new, { observed: { server } }))
    assert.strictEqual(rule, "start")
    assert.deepInclude(actions, { _tag: "DeletePod", podName: "a-server", uid: "theirs" })
    assert.isUndefined(status.attempts)
  })

  it("reports what the API server rejects, and tries again later", () => {
    const refusal = { reason: "Forbidden", message: "exceeded quota" }
    const { status, next, events } = decide(situation(statuses.new, { observed: { refusal } }))
    assert.strictEqual(conditionOf(status, "Ready"), "False/Forbidden")
    assert.deepStrictEqual(next, { _tag: "After", seconds: 30 })
    assert.match(events[0]?.message ?? "", /exceeded quota/)
  })

  it("makes what clients reach the server through first", () => {
    assert.deepStrictEqual(tags(statuses.new, { observed: { hasService: false } }), ["EnsureAccess", "Start"])
    const access = { applied: {}, failures: [{ reason: "Forbidden", message: "Ingress a-server: forbidden" }] }
    const { status, next } = decide(situation(statuses.ready, { observed: { ...ready, access } }))
    assert.strictEqual(conditionOf(status, "Exposed"), "False/Forbidden")
    assert.deepStrictEqual(next, { _tag: "After", seconds: 30 })
  })
})

describe("the end of a server", () => {
  const ended = (status: SparkConnectStatus, server = killed()) => after(status, { observed: { server } })
  const pause = (status: SparkConnectStatus) =>
    (Date.parse(status.nextRetryTime!) - Date.parse(last(status).finishTime!)) / 1000

  it("by a failure is followed by a pause that doubles up to its limit", () => {
    const pauses = [0, 1, 2, 3, 10].map((failures) => pause(ended({ ...statuses.provisioning, failures })))
    assert.deepStrictEqual(pauses, [5, 10, 20, 40, 300])
  })

  it("after ten minutes in which it was ready begins a new row of failures", () => {
    const readyFor = (seconds: number) => {
      const [attempt] = statuses.ready.attempts
      return ended({ ...statuses.ready, failures: 4, attempts: [{ ...attempt, readyTime: ago(seconds + 1) }] }).failures
    }
    assert.deepStrictEqual([readyFor(599), readyFor(600)], [5, 1])
  })

  it.each([
    ["out of memory", killed(), { result: "Failed", reason: "OOMKilled", failure: "OOMKilled", exitCode: 137 }],
    ["evicted", killed({ podReason: "Evicted" }), { result: "Failed", reason: "Evicted", failure: "Evicted" }],
    [
      "taken with its node",
      own({ deleted: true, deleting: true, podReason: "DeletionByTaintManager" }),
      { result: "Failed", reason: "DeletionByTaintManager", failure: "NodeLost" },
    ],
    ["deleted by somebody", own({ deleted: true, deleting: true }), { result: "Stopped", reason: "Deleted" }],
    ["gone unseen", missing, { result: "Stopped", reason: "Deleted" }],
    ["ended by itself", own({ phase: "Succeeded" }), { result: "Failed", reason: "Completed" }],
  ] as const)("%s is recorded as such", (_title, server, expected) => {
    assert.deepInclude(last(ended(statuses.ready, server)), expected)
  })

  it("counts as a failure if it was deleted before it ever answered", () => {
    assert.deepInclude(last(ended(statuses.provisioning, missing)), { result: "Failed", failure: "DriverLost" })
  })

  it("that was asked for is no failure, however the pod ended", () => {
    const status = ended(statuses.stopping)
    assert.deepInclude(last(status), { result: "Stopped", reason: "SpecChanged" })
    assert.isUndefined(status.nextRetryTime)
  })

  it("is final after too many failures, until the spec changes", () => {
    const restart = { maxFailures: 1 }
    const failed = after({ ...statuses["failed before"], failures: 2 }, { desired: { restart } })
    assert.strictEqual(failed.state, "Failed")
    assert.strictEqual(decide(situation(failed, { desired: { restart } })).rule, "give-up")
    assert.strictEqual(decide(situation(failed, { desired: { restart }, generation: 2 })).rule, "start")
  })

  it("leaves nothing: what there still is of it is deleted, whatever state follows", () => {
    const observed = { server: killed(), attemptsWithObjects: [attemptId(uid, 1)] }
    for (const name of ["suspended", "idle", "backing off", "failed before"] as const) {
      assert.includeMembers(tags(statuses[name], { observed, desired: { idle } }), ["DeletePod", "DeleteAttempt"], name)
    }
    assert.deepStrictEqual(
      tags(statuses.ready, { observed: { ...ready, attemptsWithObjects: [attemptId(uid, 1)] } }),
      [],
    )
  })
})

describe("a stop", () => {
  it("is written with its reason before the pod is deleted", () => {
    const { status, actions } = decide(situation(statuses.ready, { ...changed, observed: ready }))
    assert.strictEqual(last(status).stopReason, "SpecChanged")
    assert.deepStrictEqual(actions, [{ _tag: "DeletePod", podName: "a-server", uid: "pod-1" }])
  })

  it("for idleness needs a recent reading, and remembers what woke it last", () => {
    const observed = { ...ready, activity: { ...unused(600), readAt: now - 121_000 } }
    assert.strictEqual(decide(situation(statuses.ready, { desired: { idle }, observed })).rule, "follow")
    const status = after(statuses.ready, { desired: { idle }, wake: "7", observed: { ...ready, activity: unused(61) } })
    assert.deepInclude(status, { idleSince: ago(0), wokenBy: "7" })
  })

  it("of an old Spark without sessions waits for five minutes without a job", () => {
    const jobs = (quiet: number) => ({ ...unused(quiet), signal: "Jobs", sessions: undefined }) as const
    const ruleAfter = (quiet: number) =>
      decide(situation(statuses.ready, { ...whenIdle, observed: { ...ready, activity: jobs(quiet) } })).rule
    assert.deepStrictEqual([ruleAfter(299), ruleAfter(300)], ["follow", "update"])
  })
})

describe("the status", () => {
  it("says at once what matters, and at most every five seconds how many executors and sessions there are", () => {
    const observed = { ...ready, activity: used, executors: { running: 1 } }
    const status = after(statuses.ready, { observed })
    const busier = { observed: { ...observed, executors: { running: 2 } } }
    const soon = situation(status, { ...busier, now: now + 2000 })
    assert.strictEqual(decide(soon).status, soon.status)
    assert.deepStrictEqual(decide(soon).next, { _tag: "After", seconds: 3 })
    const later = decide(situation(status, { ...busier, now: now + 5000 }))
    assert.deepStrictEqual(later.status.executors, { running: 2 })
  })

  it("is not written while nothing changes", () => {
    const status = after(statuses.ready, { observed: ready })
    const again = situation(status, { observed: ready, now: now + 60_000 })
    assert.strictEqual(decide(again).status, again.status)
  })

  it("forgets what was read once the next reading is overdue", () => {
    const status = after(statuses.ready, { observed: { ...ready, activity: used } })
    assert.deepStrictEqual(status.sessions, { open: 1, total: 3 })
    const later = after(status, { observed: { ...ready, activity: used }, now: now + 121_000 })
    assert.notProperty(later, "sessions")
    assert.notProperty(later, "activitySignal")
    assert.deepStrictEqual(after(status, { observed: ready, now: now + 121_000 }).sessions, status.sessions)
  })

  it("reports when it was last used only while it is unused", () => {
    assert.strictEqual(
      after(statuses.ready, { observed: { ...ready, activity: unused(90) } }).lastActivityTime,
      ago(90),
    )
    assert.isUndefined(after(statuses.ready, { observed: { ...ready, activity: used } }).lastActivityTime)
  })
})
