import { assert, describe, it } from "@effect/vitest"
import type { FailureReason } from "../../../src/api/application/SparkApplicationStatus.ts"
import { type FailureFacts, failureReason } from "../../../src/spark/observe/FailureReason.ts"

type Row = readonly [
  of: FailureFacts["of"],
  reason: string | undefined,
  exitCode: number | undefined,
  failure: FailureReason,
]

const rows: ReadonlyArray<Row> = [
  ["run", "OOMKilled", 137, "OOMKilled"],
  ["run", "Error", 52, "OutOfMemoryError"],
  ["run", "Error", 1, "UserError"],
  ["run", "Error", 137, "Killed"],
  ["run", "Error", 143, "Killed"],
  ["run", "Evicted", 137, "Evicted"],
  ["run", "EvictionByEvictionAPI", undefined, "Evicted"],
  ["run", "PreemptionByScheduler", 143, "Preempted"],
  ["run", "DeletionByTaintManager", undefined, "NodeLost"],
  ["run", "NodeLost", undefined, "NodeLost"],
  ["run", "ImagePullBackOff", undefined, "ImagePull"],
  ["run", "InvalidImageName", undefined, "ImagePull"],
  ["run", "Unschedulable", undefined, "Unschedulable"],
  ["run", "OutOfcpu", undefined, "Unschedulable"],
  ["run", "CreateContainerConfigError", undefined, "ContainerStart"],
  ["run", "StartError", 128, "ContainerStart"],
  ["run", "DeadlineExceeded", undefined, "Timeout"],
  ["run", "DriverNotFound", undefined, "DriverLost"],
  ["run", "Error", undefined, "Unknown"],
  ["run", undefined, undefined, "Unknown"],
  ["run", "constructor", undefined, "Unknown"],
  ["submission", "Forbidden", undefined, "Refused"],
  ["submission", "NameConflict", undefined, "Refused"],
  ["submission", "InvalidSpec", undefined, "InvalidSpec"],
  ["submission", "SubmitJobFailed", undefined, "SubmitFailed"],
  ["submission", "DeadlineExceeded", undefined, "Timeout"],
  ["executor", "Error", 1, "Error"],
  ["executor", "Error", 52, "OutOfMemoryError"],
  ["executor", "OOMKilled", 137, "OOMKilled"],
  ["executor", "Preempting", 137, "Preempted"],
]

describe("the reason of a failure, one of a closed list", () => {
  it.each(rows)("%s: %s with exit code %s is %s", (of, reason, exitCode, failure) => {
    assert.strictEqual(failureReason({ of, reason, exitCode }), failure)
  })

  it.each([
    ["run", "Error", 7, "InitContainer"],
    ["executor", "Error", 52, "InitContainer"],
    ["executor", "OOMKilled", 137, "OOMKilled"],
    ["run", "Error", 143, "Killed"],
    ["run", "StartError", 128, "ContainerStart"],
  ] as const)("%s: %s with exit code %s of an init container is %s", (of, reason, exitCode, failure) => {
    assert.strictEqual(failureReason({ of, reason, exitCode, initContainer: "wait-db" }), failure)
  })

  it("a used up quota is distinguished from missing rights", () => {
    const message =
      'pods "pi-driver" is forbidden: exceeded quota: team, requested: cpu=2, used: cpu=9, limited: cpu=10'
    assert.strictEqual(failureReason({ of: "submission", reason: "Forbidden", message }), "QuotaExceeded")
  })
})
