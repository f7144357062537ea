import { assert, describe, it } from "@effect/vitest"
import { Exit } from "effect"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import type { ApplicationStateType } from "../../src/api/application/SparkApplicationStatus.ts"
import { KubeError, type KubeErrorReason } from "../../src/kube/KubeError.ts"
import * as StatusWrites from "../../src/runtime/StatusWrites.ts"

const status = (state: ApplicationStateType) => ({ applicationState: { state }, driverInfo: {} })

const application = (resourceVersion: string, state: ApplicationStateType, uid = "u1") =>
  ({
    metadata: { name: "pi", namespace: "ml", uid, resourceVersion },
    spec: {},
    status: status(state),
  }) as unknown as SparkApplication

const failure = (reason: KubeErrorReason) => Exit.fail(new KubeError({ reason, request: "patch", message: "" }))

const pending = application("1", "SUBMITTED")
/** From SUBMITTED to the state. */
const write = (state: ApplicationStateType) => ({ before: pending, status: status(state) })

/** Writes and what was committed of them: the state, and the version in which it was found. */
const world = () => {
  const committed: Array<string> = []
  const made = StatusWrites.make<SparkApplication>()
  const note = (facts: ReadonlyArray<StatusWrites.Committed<SparkApplication>>) => {
    for (const { write, after } of facts)
      committed.push(`${write.status.applicationState.state}@${after.metadata.resourceVersion}`)
  }
  const writes: typeof made = {
    sent: made.sent,
    settled: (...call) => {
      const facts = made.settled(...call)
      note(facts)
      return facts
    },
    seen: (...call) => {
      const facts = made.seen(...call)
      note(facts)
      return facts
    },
  }
  const lose = (state: ApplicationStateType, reason: KubeErrorReason = "Transport") => {
    writes.sent(write(state))
    writes.settled(write(state), failure(reason))
  }
  return { writes, committed, lose }
}

describe("a status write", () => {
  it("that is answered is committed, once", () => {
    const { writes, committed } = world()
    writes.sent(write("RUNNING"))
    writes.seen(pending, application("2", "RUNNING"))
    assert.deepStrictEqual(committed, [])
    writes.settled(write("RUNNING"), Exit.succeed(application("2", "RUNNING")))
    writes.seen(pending, application("2", "RUNNING"))
    assert.deepStrictEqual(committed, ["RUNNING@2"])
  })

  it("whose answer was lost is committed when the cache shows it, also with a later edit by another client", () => {
    for (const reason of ["Transport", "Timeout", "Unavailable", "Decode"] as const) {
      const { writes, committed, lose } = world()
      lose("RUNNING", reason)
      assert.deepStrictEqual(committed, [])
      writes.seen(pending, application("3", "RUNNING"))
      writes.seen(application("3", "RUNNING"), application("4", "RUNNING"))
      assert.deepStrictEqual(committed, ["RUNNING@3"], reason)
    }
  })

  it("that was interrupted may also have been performed", () => {
    const { writes, committed } = world()
    writes.sent(write("RUNNING"))
    writes.settled(write("RUNNING"), Exit.interrupt())
    writes.seen(pending, application("2", "RUNNING"))
    assert.deepStrictEqual(committed, ["RUNNING@2"])
  })

  it("that the cache showed before its answer was lost is committed when the answer is lost", () => {
    const { writes, committed } = world()
    writes.sent(write("RUNNING"))
    writes.seen(pending, application("2", "RUNNING"))
    writes.settled(write("RUNNING"), failure("Transport"))
    assert.deepStrictEqual(committed, ["RUNNING@2"])
  })

  it("whose answer was lost is not committed if another version proves that it was not performed", () => {
    const { writes, committed, lose } = world()
    lose("RUNNING")
    writes.seen(pending, application("2", "SUBMITTED"))
    writes.seen(application("2", "SUBMITTED"), application("3", "RUNNING"))
    assert.deepStrictEqual(committed, [])
  })

  it("whose answer was lost and that was repeated is committed once, whichever of both was performed", () => {
    const again = world()
    again.lose("RUNNING")
    again.writes.sent(write("RUNNING"))
    again.writes.seen(pending, application("2", "RUNNING"))
    again.writes.settled(write("RUNNING"), Exit.succeed(application("2", "RUNNING")))
    again.writes.seen(pending, application("2", "RUNNING"))
    assert.deepStrictEqual(again.committed, ["RUNNING@2"])

    const refused = world()
    refused.lose("RUNNING")
    refused.lose("FAILING", "Conflict")
    refused.writes.seen(pending, application("2", "RUNNING"))
    assert.deepStrictEqual(refused.committed, ["RUNNING@2"])
  })

  it("that was rejected is not committed, whatever the cache shows", () => {
    const { writes, committed, lose } = world()
    lose("RUNNING", "Conflict")
    writes.seen(pending, application("2", "RUNNING"))
    assert.deepStrictEqual(committed, [])
  })

  it("is forgotten with its application, and does not affect a successor of the same name", () => {
    const { writes, committed, lose } = world()
    lose("RUNNING")
    writes.seen(pending, application("9", "RUNNING", "u2"))
    writes.seen(undefined, application("10", "RUNNING"))
    assert.deepStrictEqual(committed, [])
  })
})
