import type { Pod, PodStatus } from "kubernetes-types/core/v1"
import { assert, describe, it } from "vitest"
import { keepPod } from "../../../src/spark/observe/FollowedPods.ts"
import { isReserving, podUse, type Removal } from "../../../src/spark/usage/PodUse.ts"

const at = (second: number) => `2026-11-30T12:00:${String(second).padStart(2, "0")}Z`
const ms = (second: number) => Date.parse(at(second))

const podWith = (
  status: PodStatus,
  labels: Record<string, string> = { "spark-role": "executor", "spark-exec-id": "3" },
) =>
  keepPod(
    {
      metadata: {
        name: "pod",
        namespace: "default",
        uid: "uid",
        creationTimestamp: at(0),
        labels: { "sparkoperator.k8s.io/submission-id": "sub", ...labels },
      },
      spec: {
        containers: [{ name: "c", resources: { requests: { cpu: "1500m", memory: "2Gi", "nvidia.com/gpu": "1" } } }],
      },
      status,
    } as Pod,
    undefined,
  )

const scheduled = { type: "PodScheduled", status: "True", lastTransitionTime: at(2) }
const container = (name: string, state: object) => ({
  name,
  image: "",
  imageID: "",
  ready: false,
  restartCount: 0,
  state,
})
const ended = (name: string, second: number) =>
  container(name, { terminated: { exitCode: 0, startedAt: at(3), finishedAt: at(second) } })
const running = (name: string) => container(name, { running: { startedAt: at(3) } })

describe("a pod holds its requests", () => {
  it.each<readonly [string, PodStatus, Removal | undefined, readonly [number | undefined, number | undefined]]>([
    ["not before it has a node", { phase: "Pending" }, undefined, [undefined, undefined]],
    [
      "not while no node fits",
      { phase: "Pending", conditions: [{ ...scheduled, status: "False" }] },
      undefined,
      [undefined, undefined],
    ],
    ["from its assignment to a node", { phase: "Pending", conditions: [scheduled] }, undefined, [2, undefined]],
    [
      "to the end of its last container",
      { phase: "Succeeded", conditions: [scheduled], containerStatuses: [ended("c", 9), ended("sidecar", 12)] },
      undefined,
      [2, 12],
    ],
    [
      "to the end of a native sidecar after that",
      {
        phase: "Succeeded",
        conditions: [scheduled],
        containerStatuses: [ended("c", 9)],
        initContainerStatuses: [ended("native", 14)],
      },
      undefined,
      [2, 14],
    ],
    [
      "on, while a sidecar runs",
      { phase: "Running", conditions: [scheduled], containerStatuses: [ended("c", 9), running("sidecar")] },
      undefined,
      [2, undefined],
    ],
    [
      "to the end of its containers, when it is deleted after that",
      { phase: "Running", conditions: [scheduled], containerStatuses: [ended("c", 9)] },
      { seenAt: ms(30), watched: true },
      [2, 9],
    ],
    [
      "until its deletion is seen, if the end of its containers is not known",
      { phase: "Running", conditions: [scheduled], containerStatuses: [running("c")] },
      { seenAt: ms(30), watched: true },
      [2, 30],
    ],
    [
      "to its eviction, also if a container has no end",
      {
        phase: "Failed",
        conditions: [scheduled, { type: "DisruptionTarget", status: "True", lastTransitionTime: at(20) }],
        containerStatuses: [running("c")],
      },
      { seenAt: ms(30), watched: true },
      [2, 20],
    ],
    ["for no time, if the kubelet refused it", { phase: "Failed", conditions: [scheduled] }, undefined, [2, 2]],
  ])("%s", (_, status, removal, [from, to]) => {
    const use = podUse(podWith(status), [], removal)
    assert.deepStrictEqual(
      [use?.from, use?.to],
      [from, to].map((second) => (second === undefined ? undefined : ms(second))),
    )
  })

  it("of all its containers, in whole numbers", () => {
    const { reserved } = podUse(podWith({ phase: "Running" }))!
    assert.deepInclude(reserved, { milliCores: 1500, bytes: 2 * 2 ** 30, gpus: 1 })
  })

  it("for certain only if its end was watched", () => {
    const status = { phase: "Running", conditions: [scheduled], containerStatuses: [running("c")] }
    assert.isFalse(podUse(podWith(status), [], { seenAt: ms(30), watched: true })?.uncertain)
    assert.isTrue(podUse(podWith(status), [], { seenAt: ms(30), watched: false })?.uncertain)
  })
})

describe("a pod is", () => {
  const status = { phase: "Running", conditions: [scheduled] }
  it.each<readonly [string, Record<string, string>, number | undefined]>([
    ["number 0 if it is the driver", { "spark-role": "driver" }, 0],
    ["the number that its driver gave it", { "spark-role": "executor", "spark-exec-id": "17" }, 17],
    ["not counted without a number", { "spark-role": "executor" }, undefined],
    ["not counted if it only submits", { "spark-role": "submitter" }, undefined],
  ])("%s", (_, labels, number) => assert.strictEqual(podUse(podWith(status, labels))?.number, number))

  it("holding something from its assignment to a node to its final phase", () => {
    assert.isFalse(isReserving(podWith({ phase: "Pending" })))
    assert.isTrue(isReserving(podWith({ phase: "Pending", conditions: [scheduled] })))
    assert.isTrue(isReserving(podWith(status)))
    assert.isFalse(isReserving(podWith({ ...status, phase: "Succeeded" })))
  })
})
