import { assert, describe, it } from "@effect/vitest"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import type {
  ApplicationStateType,
  SparkApplicationStatus,
} from "../../../src/api/application/SparkApplicationStatus.ts"
import type { SparkConnectStatus } from "../../../src/api/connect/SparkConnectStatus.ts"
import type { ScheduledSparkApplicationStatus } from "../../../src/api/schedule/ScheduledSparkApplicationStatus.ts"
import { historyRow } from "../../../src/cli/local/HistoryRow.ts"
import { localRow } from "../../../src/cli/local/Row.ts"
import { scheduleRow } from "../../../src/cli/local/ScheduleRow.ts"
import { serverRow } from "../../../src/cli/local/ServerRow.ts"
import { historyVerdict, scheduleVerdict, serverVerdict, verdict } from "../../../src/cli/local/Verdict.ts"
import { historyServer } from "../../support/HistoryFixture.ts"

const application = (status?: SparkApplicationStatus): SparkApplication => ({
  metadata: { name: "pi", namespace: "default", uid: "u", creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: {
    type: "Scala",
    mode: "cluster",
    sparkVersion: "4.0.1",
    mainApplicationFile: "local:///pi.jar",
    driver: {},
    executor: {},
  },
  ...(status === undefined ? {} : { status }),
})
const status = (state: ApplicationStateType, more: Partial<SparkApplicationStatus> = {}) => ({
  applicationState: { state },
  driverInfo: {},
  ...more,
})
const attempt = { number: 1, submissionID: "s", startTime: "2026-01-01T00:00:01Z" }

describe("LocalRow", () => {
  it("shows an application as NEW until the operator wrote a status", () => {
    assert.deepStrictEqual(localRow(application(), undefined), {
      key: "default/pi",
      state: "NEW",
      attempt: 0,
      executors: "",
      progress: undefined,
      reason: "",
    })
  })

  it("shows running and desired executors, and afterwards their outcomes", () => {
    const executors = (pending: number, running: number, succeeded: number, failed: number) =>
      localRow(application(status("RUNNING", { executors: { pending, running, succeeded, failed } })), undefined)
        .executors
    assert.strictEqual(executors(1, 2, 0, 0), "2/3")
    assert.strictEqual(executors(0, 2, 0, 1), "2/2 · 1 failed")
    assert.strictEqual(executors(0, 0, 2, 1), "2 done · 1 failed")
    assert.strictEqual(executors(0, 0, 0, 0), "")
  })

  it("reads progress from the status, else from the driver pod, and ignores values that are not a percentage", () => {
    const progress = (text: string) =>
      localRow(application(), { metadata: { annotations: { "local.firesteel.dev/progress": text } } }).progress
    assert.strictEqual(progress("42%"), 42)
    assert.strictEqual(progress("half"), undefined)
    const said = (summary: string) =>
      localRow(application(status("RUNNING", { progress: { summary } })), {
        metadata: { annotations: { "local.firesteel.dev/progress": "42%" } },
      }).progress
    assert.strictEqual(said("57%"), 57)
    assert.strictEqual(said("batch 17"), "batch 17")
  })

  it("shows what it waits for in preference to an earlier failure", () => {
    const waiting = { reason: "ImagePullBackOff", message: "no such image", since: "2026-01-01T00:00:01Z" }
    const failed = { ...attempt, result: "Failed" as const, reason: "OOMKilled", finishTime: "2026-01-01T00:00:09Z" }
    const reason = (more: Partial<SparkApplicationStatus>) =>
      localRow(application(status("SUBMITTED", more)), undefined).reason
    assert.strictEqual(reason({ waiting, attempts: [failed] }), "ImagePullBackOff: no such image")
    assert.strictEqual(reason({ attempts: [failed] }), "attempt 1: OOMKilled")
    assert.strictEqual(reason({ attempts: [{ ...failed, result: "Succeeded", reason: "Completed" }] }), "")
  })
})

describe("LocalVerdict", () => {
  it("expects an application to complete if it declares nothing", () => {
    assert.isTrue(verdict(application(status("COMPLETED")), undefined, {}).met)
    assert.isFalse(verdict(application(status("RUNNING")), undefined, {}).met)
  })

  it("expects the declared state after the declared attempts", () => {
    const after = (number: number) =>
      verdict(application(status("FAILED", { attempts: [{ ...attempt, number }] })), undefined, {
        state: "FAILED",
        attempts: 2,
      })
    assert.isTrue(after(2).met)
    assert.isFalse(after(1).met)
  })

  it("stops waiting for an application that ended otherwise", () => {
    const failed = verdict(application(status("FAILED")), undefined, {})
    assert.isFalse(failed.met)
    assert.isTrue(failed.final)
    assert.isFalse(verdict(application(status("PENDING_RERUN")), undefined, {}).final)
  })

  it("measures from creation to the end by the timestamps of the objects", () => {
    const ended = status("COMPLETED", { terminationTime: "2026-01-01T00:00:12Z", attempts: [attempt] })
    assert.strictEqual(verdict(application(ended), undefined, {}).seconds, 12)
    assert.strictEqual(verdict(application(), undefined, {}).seconds, undefined)
  })
})

describe("the row of a schedule", () => {
  const rowOf = (status: ScheduledSparkApplicationStatus) => {
    const { spec, metadata } = application()
    return scheduleRow({ metadata, spec: { schedule: "@daily", template: spec }, status })
  }
  const condition = (status: "True" | "False", message: string) =>
    [{ type: "Scheduled", status, reason: "R", message, lastTransitionTime: "2026-01-01T00:00:00Z" }] as const

  it("says why nothing starts: the mistakes in its spec, or what its condition says", () => {
    assert.strictEqual(
      rowOf({ scheduleState: "FailedValidation", reason: "spec.schedule: x" }).reason,
      "spec.schedule: x",
    )
    const blocked = condition("False", "Run pi-1 has not finished")
    assert.strictEqual(rowOf({ scheduleState: "Scheduled", conditions: blocked }).reason, "Run pi-1 has not finished")
    assert.strictEqual(rowOf({ scheduleState: "Scheduled", conditions: condition("True", "followed") }).reason, "")
  })
})

describe("the verdict about a schedule", () => {
  const judged = (status: ScheduledSparkApplicationStatus, schedule?: "COMPLETED" | "FAILED" | "FailedValidation") => {
    const { spec, metadata } = application()
    const resource = { metadata, spec: { schedule: "@daily", template: spec }, status }
    const { met, final } = scheduleVerdict(resource, schedule === undefined ? {} : { schedule })
    return { met, final }
  }
  const valid: ScheduledSparkApplicationStatus = { scheduleState: "Scheduled" }

  it("is that it is valid when it declares nothing", () => {
    assert.deepStrictEqual(judged({}), { met: false, final: false })
    assert.deepStrictEqual(judged(valid), { met: true, final: true })
    assert.deepStrictEqual(judged({ scheduleState: "FailedValidation" }), { met: false, final: true })
    assert.deepStrictEqual(judged({ scheduleState: "FailedValidation" }, "FailedValidation"), {
      met: true,
      final: true,
    })
  })

  it("waits for the first run that ends where it declares how runs end", () => {
    assert.deepStrictEqual(judged(valid, "COMPLETED"), { met: false, final: false })
    assert.deepStrictEqual(judged({ ...valid, pastSuccessfulRunNames: ["a"] }, "COMPLETED"), { met: true, final: true })
    assert.deepStrictEqual(judged({ ...valid, pastFailedRunNames: ["a"] }, "COMPLETED"), { met: false, final: true })
    assert.deepStrictEqual(judged({ ...valid, pastFailedRunNames: ["a"] }, "FAILED"), { met: true, final: true })
  })
})

const connect = (status?: SparkConnectStatus) => ({
  metadata: { name: "notebooks", namespace: "default", uid: "u", creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: { sparkVersion: "4.3.0", image: "spark:4.3.0", server: {}, executor: {} },
  ...(status === undefined ? {} : { status }),
})

describe("the row of a Connect server", () => {
  const ended = { ...attempt, result: "Failed" as const, reason: "OOMKilled", message: "The container was OOMKilled" }

  it("shows where to connect, and the sessions that are open", () => {
    const row = serverRow(
      connect({
        state: "Ready",
        endpoint: "sc://notebooks-server.default.svc:15002",
        executors: { pending: 1, running: 2 },
        attempts: [ended, { ...attempt, number: 2 }],
        sessions: { open: 2, total: 5 },
        operations: { running: 1 },
      }),
    )
    assert.deepStrictEqual(row, {
      key: "default/notebooks",
      state: "Ready",
      attempt: 2,
      executors: "2/3",
      sessions: "2 open, 1 running",
      endpoint: "sc://notebooks-server.default.svc:15002",
      reason: "",
    })
    assert.strictEqual(serverRow(connect()).state, "NEW")
  })

  it("says why a server does not run: a mistake in the spec, what it waits for, or how the last one ended", () => {
    const refused = [
      { type: "Accepted", status: "False", reason: "Invalid", message: "spec.image: x", lastTransitionTime: "t" },
    ] as const
    const reasonOf = (status: SparkConnectStatus) => serverRow(connect(status)).reason
    assert.strictEqual(reasonOf({ state: "Failed", conditions: refused }), "spec.image: x")
    const waiting = { reason: "ImagePullBackOff", message: "no such image", since: "2026-01-01T00:00:00Z" }
    assert.strictEqual(reasonOf({ state: "Provisioning", waiting }), "ImagePullBackOff: no such image")
    assert.strictEqual(
      reasonOf({ state: "Provisioning", attempts: [ended, { ...attempt, number: 2 }] }),
      "attempt 1: The container was OOMKilled",
    )
  })
})

describe("the verdict about a Connect server", () => {
  it("is that it is Ready when it declares nothing, and waits unless it has failed", () => {
    const judged = (state: "Provisioning" | "Ready" | "Failed" | "Idle", server?: "Idle" | "Failed") => {
      const { met, final } = serverVerdict(connect({ state }), server === undefined ? {} : { server })
      return { met, final }
    }
    assert.deepStrictEqual(judged("Provisioning"), { met: false, final: false })
    assert.deepStrictEqual(judged("Ready"), { met: true, final: true })
    assert.deepStrictEqual(judged("Failed"), { met: false, final: true })
    assert.deepStrictEqual(judged("Ready", "Idle"), { met: false, final: false })
    assert.deepStrictEqual(judged("Idle", "Idle"), { met: true, final: true })
    assert.deepStrictEqual(judged("Failed", "Failed"), { met: true, final: true })
  })

  it("fails at once for a server that is refused, with the field; one that runs although its spec is wrong is judged by its state", () => {
    const conditions = [
      { type: "Accepted", status: "False", reason: "Invalid", message: "spec.image: x", lastTransitionTime: "t" },
    ] as const
    const { met, final, row } = serverVerdict(connect({ state: "NotReady", conditions }), {})
    assert.deepStrictEqual({ met, final, reason: row.reason }, { met: false, final: true, reason: "spec.image: x" })
    assert.isFalse(serverVerdict(connect({ state: "NotReady" }), {}).final, "one that waits may become ready")
    assert.isTrue(serverVerdict(connect({ state: "Ready", conditions }), {}).met)
    assert.isFalse(serverVerdict(connect({ state: "Ready", conditions }), { server: "Idle" }).final)
  })

  it("measures from creation until it was first ready", () => {
    const attempts = [{ ...attempt, readyTime: "2026-01-01T00:00:09Z" }]
    assert.strictEqual(serverVerdict(connect({ state: "Ready", attempts }), {}).seconds, 9)
  })
})

describe("a history server", () => {
  const metadata = { namespace: "default", creationTimestamp: "2026-01-01T00:00:00Z" }
  const saying = (
    ...claims: ReadonlyArray<readonly [type: string, status: "True" | "False", reason: string, message?: string]>
  ) => ({
    ...historyServer({}, metadata),
    status: {
      replicas: 2,
      readyReplicas: 1,
      url: "https://a.example.com",
      conditions: claims.map(([type, status, reason, message = ""]) => ({
        type,
        status,
        reason,
        message,
        lastTransitionTime: "2026-01-01T00:00:07Z",
      })),
    },
  })
  const valid = ["Accepted", "True", "Valid"] as const

  it("is expected to be available, and shows its pods and its address", () => {
    const available = saying(valid, ["Available", "True", "MinimumReplicasAvailable"])
    assert.deepStrictEqual(historyRow(available), {
      key: "default/history",
      state: "Available",
      pods: "1/2",
      url: "https://a.example.com",
      reason: "",
    })
    assert.deepInclude(historyVerdict(available, {}), { met: true, final: true, seconds: 7 })
    assert.deepInclude(historyVerdict(historyServer({}, metadata), {}), { met: false, final: false })
  })

  it("with a mistake is final, and one that does not answer says why", () => {
    const invalid = saying(
      ["Accepted", "False", "InvalidSpec", "spec.image: there is no image"],
      ["Available", "False", "InvalidSpec"],
    )
    assert.deepInclude(historyVerdict(invalid, {}), { met: false, final: true })
    assert.strictEqual(historyRow(invalid).reason, "InvalidSpec: spec.image: there is no image")
    const missing = saying(valid, ["Available", "False", "LogDirectoryMissing", "file:/x does not exist"])
    assert.deepInclude(historyRow(missing), {
      state: "Unavailable",
      reason: "LogDirectoryMissing: file:/x does not exist",
    })
    assert.deepInclude(historyVerdict(missing, {}), { met: false, final: false })
    assert.deepInclude(historyVerdict(missing, { history: "Unavailable" }), { met: true, final: true })
    assert.strictEqual(historyRow(saying(valid, ["Available", "False", "ScaledToZero"])).state, "Stopped")
  })
})
