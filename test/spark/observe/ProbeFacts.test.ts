import { assert, describe, it } from "@effect/vitest"
import type { Event, Pod } from "kubernetes-types/core/v1"
import { driverFacts, executorFacts } from "../../../src/spark/observe/PodFacts.ts"
import { type SeenPod, withPast } from "../../../src/spark/observe/PodPast.ts"
import { type ProbeFailure, probeFailureOf, probeKillOf } from "../../../src/spark/observe/ProbeFacts.ts"
import { ago, now } from "../../support/Situations.ts"

const event = (message: string, more: Partial<Event> = {}): Event => ({
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: "e", uid: "e" },
  type: "Warning",
  reason: "Unhealthy",
  message,
  count: 4,
  firstTimestamp: ago(90),
  lastTimestamp: ago(10),
  ...more,
  involvedObject: {
    kind: "Pod",
    namespace: "default",
    name: "pi-driver",
    uid: "pod-uid",
    fieldPath: "spec.containers{spark-kubernetes-driver}",
    ...more.involvedObject,
  },
})

describe("an Event of a kubelet", () => {
  it("has which probe of which role failed, and how often", () => {
    assert.deepStrictEqual(probeFailureOf(event("Liveness probe failed: HTTP probe failed with statuscode: 503")), {
      podUid: "pod-uid",
      pod: { namespace: "default", name: "pi-driver" },
      role: "driver",
      probe: "liveness",
      message: "Liveness probe failed: HTTP probe failed with statuscode: 503",
      at: now - 10_000,
      count: 4,
    })
    const fieldPath = "spec.containers{spark-kubernetes-executor}"
    const errored = probeFailureOf(event("Startup probe errored: no such container", { involvedObject: { fieldPath } }))
    assert.deepStrictEqual([errored?.role, errored?.probe], ["executor", "startup"])
  })

  it("may be of the newer API, with a series", () => {
    const { firstTimestamp: _, lastTimestamp: __, count: ___, ...rest } = event("Readiness probe failed: timeout")
    const series = { count: 9, lastObservedTime: ago(3) }
    const failure = probeFailureOf({ ...rest, eventTime: ago(50), series })
    assert.deepStrictEqual([failure?.at, failure?.count], [now - 3000, 9])
    assert.strictEqual(probeFailureOf({ ...rest, eventTime: ago(50) })?.count, 1)
  })

  it.each([
    ["of a sidecar", event("Liveness probe failed: x", { involvedObject: { fieldPath: "spec.containers{side}" } })],
    ["about something else", event("Back-off restarting failed container")],
    ["without a time", event("Liveness probe failed: x", { lastTimestamp: "" })],
  ])("%s is ignored", (_, other) => {
    assert.isUndefined(probeFailureOf(other))
  })
})

const pod = (exitCode: number, more: { readonly reason?: string; readonly metadata?: object } = {}): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "pi-driver", uid: "pod-uid", ...more.metadata },
  status: {
    phase: "Failed",
    containerStatuses: [
      {
        name: "spark-kubernetes-driver",
        image: "",
        imageID: "",
        ready: false,
        restartCount: 0,
        state: { terminated: { exitCode, reason: more.reason ?? "Error", finishedAt: ago(0) } },
      },
    ],
  },
})

/** It was seen running, with its startup probe passed. */
const started = (ended: Pod): SeenPod =>
  withPast(ended, { metadata: ended.metadata!, past: { started: true, endedUnasked: undefined } })

const failure = (probe: ProbeFailure["probe"], secondsAgo: number): ProbeFailure => ({
  podUid: "pod-uid",
  pod: { namespace: "default", name: "pi-driver" },
  role: "driver",
  probe,
  message: `${probe} failed`,
  at: now - secondsAgo * 1000,
  count: 1,
})

describe("a container that ended", () => {
  const lively = [failure("liveness", 30)]
  const startedThenFailed = [failure("startup", 60), failure("liveness", 2), failure("readiness", 1)]
  it.each<readonly [string, Pod, ReadonlyArray<ProbeFailure>, string | undefined]>([
    ["by a signal after its liveness failed", pod(143), lively, "liveness"],
    ["by SIGKILL after its startup failed", pod(137), [failure("startup", 5)], "startup"],
    ["long after a failure", pod(143), [failure("liveness", 700)], undefined],
    ["after readiness failed", pod(143), [failure("readiness", 5)], undefined],
    ["after its startup failed, but then succeeded", started(pod(137)), [failure("startup", 60)], undefined],
    ["after its liveness failed, long after it had started", started(pod(137)), startedThenFailed, "liveness"],
    ["with nothing said before", pod(143), [], undefined],
    ["by itself", pod(1), lively, undefined],
    ["well", pod(0, { reason: "Completed" }), lively, undefined],
    ["for its memory", pod(137, { reason: "OOMKilled" }), lively, undefined],
    [
      "because its pod was deleted",
      pod(143, { metadata: { deletionTimestamp: ago(-20), deletionGracePeriodSeconds: 30 } }),
      lively,
      undefined,
    ],
    [
      "before its pod was deleted",
      pod(143, { metadata: { deletionTimestamp: ago(-35), deletionGracePeriodSeconds: 30 } }),
      lively,
      "liveness",
    ],
  ])("%s", (_, ended, failures, probe) => {
    assert.strictEqual(probeKillOf(ended, failures)?.probe, probe)
  })

  it("because of a probe has that reason, as a driver and as an executor that its driver deletes afterwards", () => {
    const kill = { reason: "LivenessProbeFailed", message: "Liveness probe failed: refused" }
    assert.deepInclude(driverFacts(pod(143), false, kill).terminated, { ...kill, exitCode: 143 })
    const gone = executorFacts(pod(143), true, kill)
    assert.deepStrictEqual([gone.state, gone.reason], ["FAILED", "LivenessProbeFailed"])
  })
})
