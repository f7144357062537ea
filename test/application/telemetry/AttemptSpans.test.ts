import { assert, describe, it } from "@effect/vitest"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import type { Attempt } from "../../../src/api/application/SparkApplicationStatus.ts"
import { attemptSpans } from "../../../src/application/telemetry/AttemptSpans.ts"
import { rootSpanId, traceId } from "../../../src/spark/monitoring/Trace.ts"
import { sparkAppId } from "../../../src/spark/submit/Submission.ts"

const at = (seconds: number) => `2026-11-20T10:00:${String(seconds).padStart(2, "0")}Z`
const submissionID = "1b1e02a9-7444-8e85-8885-e1e60e3fe238"

const running: Attempt = {
  number: 2,
  submissionID,
  startTime: at(0),
  submittedTime: at(1),
  driverUID: "pod-uid",
  scheduledTime: at(3),
  sandboxTime: at(6),
  runningTime: at(10),
}

const application = (...attempts: ReadonlyArray<Attempt>): SparkApplication =>
  ({
    metadata: { name: "pi", namespace: "team-a", uid: "uid" },
    spec: {},
    status: {
      applicationState: { state: "RUNNING" },
      driverInfo: { podName: "pi-driver" },
      submissionID,
      sparkApplicationId: "spark-of-the-driver",
      attempts,
    },
  }) as unknown as SparkApplication

const shape = (attempt: Attempt) =>
  attemptSpans(application(attempt), attempt).map(({ name, start, end, outcome }) => [
    name.split(".").at(-1),
    (start - Date.parse(at(0))) / 1000,
    (end - Date.parse(at(0))) / 1000,
    ...(outcome ? [outcome._tag] : []),
  ])

describe("the spans of an attempt", () => {
  it("have the timestamps of Kubernetes, in sequence, and no root before the end", () => {
    assert.deepStrictEqual(shape(running), [
      ["submit", 0, 1],
      ["schedule", 1, 3],
      ["sandbox", 3, 6],
      ["pull", 6, 10],
    ])
  })

  it("include the start of the SparkContext and of executors, if it is known", () => {
    const up = shape({ ...running, contextTime: at(14), firstExecutorTime: at(18), executorsTime: at(25) })
    assert.deepStrictEqual(up.slice(4), [
      ["context", 10, 14],
      ["first_executor", 14, 18],
      ["executors", 14, 25],
    ])
  })

  it("never end before they begin, even if the clocks of nodes differ", () => {
    assert.deepStrictEqual(shape({ ...running, scheduledTime: at(0) })[1], ["schedule", 1, 1])
  })

  it("get a root span when the run has ended", () => {
    const done = shape({ ...running, finishTime: at(30), result: "Succeeded", exitCode: 0 })
    assert.deepStrictEqual(done.slice(4), [
      ["run", 10, 30],
      ["attempt", 0, 30, "Ok"],
    ])
  })

  it("show in which phase and why an attempt failed", () => {
    const failed: Attempt = { ...running, finishTime: at(20), result: "Failed", reason: "OOMKilled", exitCode: 137 }
    const [run, root] = attemptSpans(application(failed), failed).slice(4)
    for (const span of [run!, root!]) {
      assert.deepStrictEqual(span.outcome, { _tag: "Error", message: "OOMKilled" })
      assert.include(span.attributes, {
        "error.type": "OOMKilled",
        "process.exit.code": 137,
        "spark.application.result": "Failed",
      })
    }
  })

  it("show the phase that an attempt got stuck in", () => {
    const { runningTime: _, sandboxTime: __, ...pending } = running
    const stuck = { ...pending, finishTime: at(40), result: "Failed", reason: "FailedMount" } as const
    assert.deepStrictEqual(shape(stuck).slice(2), [
      ["sandbox", 3, 40, "Error"],
      ["attempt", 0, 40, "Error"],
    ])
    const refused = {
      number: 1,
      submissionID,
      startTime: at(0),
      finishTime: at(2),
      result: "SubmissionFailed",
    } as const
    assert.deepStrictEqual(shape(refused), [
      ["submit", 0, 2, "Error"],
      ["attempt", 0, 2, "Error"],
    ])
  })

  it("leave the status unset for a run that the user stopped", () => {
    const stopped = shape({ ...running, finishTime: at(12), result: "Stopped", reason: "Suspended" })
    assert.deepStrictEqual(stopped.slice(4), [
      ["run", 10, 12],
      ["attempt", 0, 12],
    ])
  })

  it("belong to one trace, and link to the attempt before", () => {
    const first: Attempt = { number: 1, submissionID: "earlier", startTime: at(0), result: "Failed" }
    const done: Attempt = { ...running, finishTime: at(12), result: "Succeeded" }
    const spans = attemptSpans(application(first, done), done)
    const root = spans.at(-1)!
    assert.deepStrictEqual(root.links, [
      { traceId: traceId("earlier"), spanId: rootSpanId("earlier"), attributes: { "spark.link": "previous attempt" } },
    ])
    assert.strictEqual(root.parentSpanId, undefined)
    for (const span of spans) assert.strictEqual(span.traceId, traceId(submissionID))
    for (const span of spans.slice(0, -1)) assert.strictEqual(span.parentSpanId, root.spanId)
    assert.include(root.attributes, {
      "k8s.namespace.name": "team-a",
      "k8s.pod.name": "pi-driver",
      "k8s.pod.uid": "pod-uid",
      "spark.application.name": "pi",
      "spark.application.id": sparkAppId(submissionID),
      "spark.application.attempt": 2,
    })
    const byJob = { ...done, submitter: "job" } as const
    assert.strictEqual(
      attemptSpans(application(byJob), byJob)[0]!.attributes["spark.application.id"],
      "spark-of-the-driver",
    )
  })
})
