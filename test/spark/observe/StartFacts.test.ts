import { assert, describe, it } from "@effect/vitest"
import type { ContainerStatus, Event, Pod } from "kubernetes-types/core/v1"
import {
  lateStart,
  needsEvents,
  type StartProblem,
  startProblemOf,
  withProblem,
} from "../../../src/spark/observe/StartFacts.ts"
import { ago, now } from "../../support/Situations.ts"

const event = (reason: string, message: string, more: Partial<Event> = {}): Event => ({
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: "e", uid: "e" },
  involvedObject: { kind: "Pod", namespace: "default", name: "pi-driver", uid: "pod-uid" },
  type: "Warning",
  reason,
  message,
  lastTimestamp: ago(10),
  ...more,
})

const mount = (volume: string, why = "not found") => `MountVolume.SetUp failed for volume "${volume}" : ${why}`
const summary =
  "Unable to attach or mount volumes: unmounted volumes=[c], unattached volumes=[]: context deadline exceeded"

/** What these Events report together. */
const reported = (...events: ReadonlyArray<Event>) =>
  events.reduce<ReadonlyArray<StartProblem>>((known, one) => {
    const found = startProblemOf(one)
    return found === undefined ? known : withProblem(known, found.problem)
  }, [])

const scheduled = (seconds: number) => ({ type: "PodScheduled", status: "True", lastTransitionTime: ago(seconds) })
const creating = (seconds: number, status: Pod["status"] = {}): Pod => ({
  metadata: { name: "pi-driver", uid: "pod-uid" },
  status: { phase: "Pending", conditions: [scheduled(seconds)], ...status },
})
const init = (name: string, startedAt: string, ready = false): ContainerStatus => ({
  name,
  image: "",
  imageID: "",
  ready,
  restartCount: 0,
  state: { running: { startedAt } },
})

describe("an Event about the start of a pod", () => {
  it("is read with its volume and its newest time", () => {
    const series = { count: 4, lastObservedTime: ago(3) }
    const { lastTimestamp: _, ...withoutTime } = event("FailedMount", mount("c"))
    assert.deepStrictEqual(startProblemOf({ ...withoutTime, series }), {
      podUid: "pod-uid",
      pod: { namespace: "default", name: "pi-driver" },
      problem: { reason: "FailedMount", volume: "c", message: mount("c"), at: now - 3000 },
    })
  })

  it("is not one of another reason, of another kind of object, or without a time", () => {
    assert.isUndefined(startProblemOf(event("Pulling", "Pulling image")))
    const node = { kind: "Node", name: "n", uid: "n" }
    assert.isUndefined(startProblemOf(event("FailedMount", mount("c"), { involvedObject: node })))
    const { lastTimestamp: _, ...timeless } = event("FailedMount", mount("c"))
    assert.isUndefined(startProblemOf(timeless))
  })
})

describe("why a pod does not start", () => {
  const waiting = (...events: ReadonlyArray<Event>) => lateStart(creating(60), reported(...events), now).waiting

  it("keeps its first message: ids in it change with every try", () => {
    const sandbox = (id: string, at: number) =>
      event("FailedCreatePodSandBox", `failed to set up sandbox ${id}`, { lastTimestamp: ago(at) })
    assert.deepStrictEqual(waiting(sandbox("a1", 40), sandbox("b2", 20)), {
      reason: "FailedCreatePodSandBox",
      message: "failed to set up sandbox a1",
    })
  })

  it("names every volume, in one order", () => {
    const both = [event("FailedMount", mount("b")), event("FailedMount", mount("a"))]
    assert.strictEqual(waiting(...both)?.message, `${mount("a")}; ${mount("b")}`)
    assert.strictEqual(waiting(...both.toReversed())?.message, `${mount("a")}; ${mount("b")}`)
  })

  it("is the cause, not the kubelet's summary of it", () => {
    const late = event("FailedMount", summary, { lastTimestamp: ago(1) })
    assert.strictEqual(waiting(event("FailedMount", mount("c")), late)?.message, mount("c"))
    const attach = event("FailedAttachVolume", 'Multi-Attach error for volume "pvc-1"')
    assert.strictEqual(waiting(late, attach)?.reason, "FailedAttachVolume")
    assert.strictEqual(waiting(late)?.message, summary)
  })

  it("is no longer what has not been reported for long, or longer than another volume", () => {
    const of = (volume: string, at: number) => event("FailedMount", mount(volume), { lastTimestamp: ago(at) })
    assert.isUndefined(waiting(of("c", 340)))
    assert.strictEqual(waiting(of("c", 300))?.message, mount("c"), "the kubelet limits the Events of a pod")
    assert.strictEqual(waiting(of("c", 300), of("d", 100))?.message, mount("d"))
  })

  it("is not judged in the first seconds, and then Events are needed", () => {
    const problems = reported(event("FailedMount", mount("c")))
    assert.deepStrictEqual(lateStart(creating(2), problems, now), { waiting: undefined, recheckAt: now + 3000 })
    assert.isFalse(needsEvents(creating(2), now))
    assert.isTrue(needsEvents(creating(5), now))
    assert.strictEqual(lateStart(creating(5), problems, now).recheckAt, now + 60_000, "it may be over meanwhile")
  })

  it("is not in Events once its sandbox exists, before it has a node, or when it runs", () => {
    const ready = { type: "PodReadyToStartContainers", status: "True", lastTransitionTime: ago(9) }
    const pods: ReadonlyArray<Pod> = [
      creating(60, { conditions: [scheduled(60), ready] }),
      creating(60, { conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable" }] }),
      creating(60, { phase: "Running" }),
      { metadata: { name: "new" } },
    ]
    const problems = reported(event("FailedMount", mount("c")))
    for (const pod of pods) {
      assert.isFalse(needsEvents(pod, now))
      assert.deepStrictEqual(lateStart(pod, problems, now), { waiting: undefined, recheckAt: undefined })
    }
  })

  it("is its scheduler, if that has reported nothing for ten seconds", () => {
    const pod = (seconds: number): Pod => ({ metadata: { name: "new", creationTimestamp: ago(seconds) } })
    assert.deepStrictEqual(lateStart(pod(4), [], now), { waiting: undefined, recheckAt: now + 6000 })
    const { waiting, recheckAt } = lateStart(pod(10), [], now)
    assert.deepStrictEqual([waiting?.reason, recheckAt], ["Unscheduled", undefined])
    assert.match(waiting?.message ?? "", /^no scheduler has reported on the pod since its creation/)
    assert.isUndefined(lateStart({ ...pod(60), status: { phase: "Running" } }, [], now).waiting)
  })

  it("is an init container that runs for more than ten seconds, and no native sidecar", () => {
    const pod = (seconds: number) =>
      creating(60, { initContainerStatuses: [init("proxy", ago(50), true), init("wait-db", ago(seconds))] })
    assert.deepStrictEqual(lateStart(pod(4), [], now), { waiting: undefined, recheckAt: now + 6000 })
    assert.deepStrictEqual(lateStart(pod(30), [], now).waiting, {
      reason: "PodInitializing",
      message: `init container wait-db has been running since ${ago(30)}`,
    })
    const sidecar = creating(60, { initContainerStatuses: [init("proxy", ago(50), true)] })
    assert.isUndefined(lateStart(sidecar, [], now).waiting)
  })
})
