/** The status of an application and the metric `spark.operator.pod.final_state` give the same reason for the end of a pod. */

import { assert, describe, it } from "@effect/vitest"
import type { ContainerStatus, Pod } from "kubernetes-types/core/v1"
import { decide } from "../../../src/application/lifecycle/Decide.ts"
import { endReason } from "../../../src/spark/observe/PodEnd.ts"
import { driverFacts, executorFacts } from "../../../src/spark/observe/PodFacts.ts"
import { pod } from "../../support/Scrape.ts"
import { situation } from "../../support/Situations.ts"

const ended = (name: string, exitCode: number, reason?: string): ContainerStatus => ({
  name,
  image: "",
  imageID: "",
  ready: false,
  restartCount: 0,
  state: {
    terminated: { exitCode, ...(reason === undefined ? {} : { reason }), finishedAt: "2026-11-20T11:59:59Z" },
  },
})

const disrupted = (reason?: string) => ({
  type: "DisruptionTarget",
  status: "True",
  ...(reason === undefined ? {} : { reason }),
})

const cases = (container: string): ReadonlyArray<readonly [string, Pod["status"], string]> => [
  ["its container gave", { containerStatuses: [ended(container, 137, "OOMKilled")] }, "OOMKilled"],
  ["its container did not give", { containerStatuses: [ended(container, 1)] }, "Error"],
  ["the pod gave", { reason: "Evicted", containerStatuses: [ended(container, 137, "Error")] }, "Evicted"],
  ["the pod gave without containers", { reason: "NodeLost" }, "NodeLost"],
  ["the disruption gave", { conditions: [disrupted("PreemptionByScheduler")] }, "PreemptionByScheduler"],
  ["the disruption did not give", { conditions: [disrupted()] }, "DisruptionTarget"],
  ["nothing gave", {}, "Error"],
  [
    "its container gave next to a sidecar",
    { containerStatuses: [ended("proxy", 1, "Error"), ended(container, 137, "OOMKilled")] },
    "OOMKilled",
  ],
]

const failed = (role: string, status: Pod["status"]) => pod("Failed", { role, status: { ...status } })

describe("the reason for the end of a pod", () => {
  it.each(cases("spark-kubernetes-driver"))("of a driver that %s", (_, status, reason) => {
    const of = failed("driver", status)
    const decision = decide(situation("RUNNING", { observed: { driver: { ...driverFacts(of), uid: "driver-uid" } } }))
    assert.strictEqual(decision.status.attempts?.at(-1)?.reason, reason)
    assert.strictEqual(endReason(of), reason)
  })

  const executors = [...cases("spark-kubernetes-executor"), ...cases("executor").slice(0, 2)]
  it.each(executors)("of an executor that %s", (_, status, reason) => {
    const of = failed("executor", status)
    // Where nothing gives a reason, the status has none, and the metric says Error.
    assert.strictEqual(executorFacts(of).reason ?? "Error", reason)
    assert.strictEqual(endReason(of), reason)
  })

  it("of a driver whose sidecar failed afterwards is Completed", () => {
    const statuses = [ended("proxy", 1, "Error"), ended("spark-kubernetes-driver", 0, "Completed")]
    assert.strictEqual(endReason(failed("driver", { containerStatuses: statuses })), "Completed")
  })
})
