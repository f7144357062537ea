import { assert, describe, it } from "@effect/vitest"
import type { Pod } from "kubernetes-types/core/v1"
import { timestamp } from "../../../src/kube/Time.ts"
import { type ContainerState, type PodState, phaseOf, statusOf } from "../../../src/local/node/KubeletStatus.ts"

const pod: Pod = {
  metadata: { uid: "u1" },
  spec: {
    initContainers: [
      { name: "init", image: "busybox" },
      { name: "native-sidecar", image: "proxy", restartPolicy: "Always" },
    ],
    containers: [
      { name: "main", image: "spark" },
      { name: "sidecar", image: "busybox" },
    ],
  },
}

const running: ContainerState = { _tag: "Running", since: 0, ready: true }
const unready: ContainerState = { _tag: "Running", since: 0, ready: false }
const waiting: ContainerState = { _tag: "Waiting", reason: "ContainerCreating" }
const ended = (exitCode: number): ContainerState => ({
  _tag: "Terminated",
  since: 0,
  finished: 3000,
  exitCode,
  reason: exitCode === 0 ? "Completed" : "Error",
})

const scheduled = (containers: PodState["containers"]): PodState => ({
  scheduling: "scheduled",
  podIP: "10.244.0.1",
  containers,
})

const condition = (state: PodState, type: string) =>
  statusOf(pod, state, 0, undefined).conditions?.find((condition) => condition.type === type)

describe("KubeletStatus", () => {
  it.each([
    ["no container has a state", {}, "Pending"],
    ["an init container runs", { init: running }, "Pending"],
    ["an init container failed", { init: ended(1) }, "Failed"],
    ["all containers wait", { init: ended(0), main: waiting, sidecar: waiting }, "Pending"],
    ["one container runs", { init: ended(0), main: running, sidecar: waiting }, "Running"],
    [
      "the main container ended and a sidecar lives on",
      { init: ended(0), main: ended(0), sidecar: running },
      "Running",
    ],
    ["all ended with 0", { init: ended(0), main: ended(0), sidecar: ended(0) }, "Succeeded"],
    ["one ended with 1", { init: ended(0), main: ended(0), sidecar: ended(1) }, "Failed"],
    [
      "only a native sidecar is left",
      { init: ended(0), "native-sidecar": running, main: ended(0), sidecar: ended(0) },
      "Succeeded",
    ],
  ] as const)("when %s, the phase follows Kubernetes' rules", (_, containers, phase) => {
    assert.strictEqual(phaseOf(pod, scheduled(containers)), phase)
  })

  it("an unschedulable pod has the reason, and neither address nor container statuses", () => {
    const message = "0/1 nodes are available: 1 Insufficient cpu."
    const status = statusOf(pod, { scheduling: { unschedulable: message }, containers: {} }, 0, undefined)
    assert.deepStrictEqual(status, {
      phase: "Pending",
      conditions: [
        { type: "PodScheduled", status: "False", reason: "Unschedulable", message, lastTransitionTime: timestamp(0) },
      ],
    })
  })

  it("a pod is ready when all its containers are", () => {
    const init = ended(0)
    assert.strictEqual(condition(scheduled({ init, main: running, sidecar: running }), "Ready")?.status, "True")
    const half = condition(scheduled({ init, main: unready, sidecar: running }), "Ready")
    assert.strictEqual(half?.status, "False")
    assert.strictEqual(half?.message, "containers with unready status: [main]")
    assert.strictEqual(
      condition(scheduled({ init, main: ended(0), sidecar: ended(0) }), "Ready")?.reason,
      "PodCompleted",
    )
  })

  it("a condition keeps the time of its last change, and the pod the time it started", () => {
    const first = statusOf(pod, scheduled({}), 1000, undefined)
    const later = statusOf(pod, scheduled({ init: ended(0), main: running, sidecar: running }), 9000, first)
    const times = Object.fromEntries((later.conditions ?? []).map((c) => [c.type, c.lastTransitionTime]))
    assert.deepInclude(times, { PodScheduled: timestamp(1000), Ready: timestamp(9000) })
    assert.strictEqual(later.startTime, timestamp(1000))
  })

  it("a terminated container has exit code, reason, message and both times in whole seconds", () => {
    const main: ContainerState = {
      _tag: "Terminated",
      since: 1500,
      finished: 4700,
      exitCode: 137,
      reason: "OOMKilled",
      message: "too much",
    }
    const status = statusOf(pod, scheduled({ init: ended(0), main, sidecar: running }), 5000, undefined)
    assert.deepInclude(status.containerStatuses?.[0]?.state?.terminated, {
      exitCode: 137,
      reason: "OOMKilled",
      message: "too much",
      startedAt: "1970-01-01T00:00:01Z",
      finishedAt: "1970-01-01T00:00:04Z",
    })
  })

  it("an evicted pod has failed as a whole, whatever its containers say", () => {
    const state: PodState = {
      ...scheduled({ init: ended(0), main: running, sidecar: running }),
      disruption: { reason: "Evicted", message: "low on memory", condition: "TerminationByKubelet" },
    }
    const status = statusOf(pod, state, 0, undefined)
    assert.deepInclude(status, { phase: "Failed", reason: "Evicted", message: "low on memory" })
    assert.strictEqual(condition(state, "DisruptionTarget")?.reason, "TerminationByKubelet")
  })
})
