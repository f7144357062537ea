import { assert, describe, it } from "@effect/vitest"
import type { ContainerState, Pod } from "kubernetes-types/core/v1"
import { driverFacts, executorFacts } from "../../../src/spark/observe/PodFacts.ts"
import { withPast } from "../../../src/spark/observe/PodPast.ts"

const pod = (
  phase: string,
  container: string,
  state: ContainerState,
  extra: Partial<Pod["status"]> = {},
  meta: object = {},
): Pod => ({
  metadata: {
    name: "p",
    uid: "u",
    creationTimestamp: "2026-11-20T12:00:00Z",
    labels: { "spark-exec-id": "3", "spark-app-selector": "spark-9" },
    ...meta,
  },
  status: {
    phase,
    containerStatuses: [
      { name: "sidecar", image: "", imageID: "", ready: true, restartCount: 0, state: { running: {} } },
      { name: container, image: "", imageID: "", ready: true, restartCount: 0, state },
    ],
    ...extra,
  },
})

const ended = (exitCode: number, reason?: string): ContainerState => ({
  terminated: { exitCode, ...(reason ? { reason } : {}), message: " why \n" },
})

describe("driverFacts", () => {
  it("reads the Spark container, not the sidecar", () => {
    const facts = driverFacts(pod("Running", "spark-kubernetes-driver", ended(3)))
    assert.deepStrictEqual(facts.terminated, { exitCode: 3, reason: "Error", message: "why", finishedAt: undefined })
    assert.strictEqual(facts.sparkApplicationId, "spark-9")
  })

  it("an ordinary start has no waiting reason; an image that cannot be pulled has one", () => {
    const creating = pod("Pending", "spark-kubernetes-driver", { waiting: { reason: "ContainerCreating" } })
    assert.isUndefined(driverFacts(creating).waiting)
    const backOff = pod("Pending", "spark-kubernetes-driver", { waiting: { reason: "ImagePullBackOff", message: "m" } })
    assert.deepStrictEqual(driverFacts(backOff).waiting, { reason: "ImagePullBackOff", message: "m" })
  })

  it("an unschedulable pod has the scheduler's message as its waiting reason", () => {
    const conditions = [
      { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes are available" },
    ]
    const facts = driverFacts({ metadata: { name: "p" }, status: { phase: "Pending", conditions } })
    assert.deepStrictEqual(facts.waiting, { reason: "Unschedulable", message: "0/3 nodes are available" })
    assert.isUndefined(facts.scheduledAt)
  })

  const ready = (lastTransitionTime: string) => ({
    conditions: [{ type: "PodReadyToStartContainers", status: "True", lastTransitionTime }],
  })
  const running = { running: { startedAt: "2026-11-20T12:00:30Z" } }

  it("a sandbox is ready before the first container; a later time is ignored", () => {
    const at = (time: string) => driverFacts(pod("Running", "spark-kubernetes-driver", running, ready(time))).sandboxAt
    assert.strictEqual(at("2026-11-20T12:00:05Z"), Date.parse("2026-11-20T12:00:05Z"))
    assert.isUndefined(at("2026-11-20T12:00:30Z"))
    assert.isUndefined(at("2026-11-20T12:00:31Z"))
    const init = { terminated: { exitCode: 0, startedAt: "2026-11-20T12:00:04Z", finishedAt: "2026-11-20T12:00:09Z" } }
    const container = { name: "init", image: "", imageID: "", ready: true, restartCount: 0, state: init }
    const facts = driverFacts(
      pod("Running", "spark-kubernetes-driver", running, {
        ...ready("2026-11-20T12:00:05Z"),
        initContainerStatuses: [container, { ...container, name: "sidecar", state: { running: {} } }],
      }),
    )
    assert.isUndefined(facts.sandboxAt)
    assert.strictEqual(facts.initializedAt, Date.parse("2026-11-20T12:00:09Z"))
  })

  it("a pod without any status is pending", () => {
    assert.strictEqual(driverFacts({ metadata: { name: "p" } }).phase, "Pending")
  })
})

const status = (name: string, state: ContainerState) => ({
  name,
  image: "",
  imageID: "",
  ready: false,
  restartCount: 0,
  state,
})
const startedAt = "2026-11-20T12:00:04Z"
const initFailed = (exitCode: number, reason: string, message?: string) => ({
  terminated: { exitCode, reason, startedAt, finishedAt: "2026-11-20T12:00:09Z", ...(message ? { message } : {}) },
})
const neverRan: ContainerState = { waiting: { reason: "PodInitializing" } }
/** As kubelets report it: a native sidecar and an init container before the one that failed, and one after it. */
const inits = (state: ContainerState) => ({
  conditions: [{ type: "Initialized", status: "False" }],
  initContainerStatuses: [
    status("proxy", initFailed(143, "Error")),
    status("first", initFailed(0, "Completed")),
    status("wait-db", state),
    status("never", neverRan),
  ],
})

describe("a pod whose init container failed", () => {
  const failed = inits(initFailed(7, "Error", " no database\n"))

  it.each([
    ["driver", driverFacts(pod("Failed", "spark-kubernetes-driver", neverRan, failed)).terminated],
    ["executor", executorFacts(pod("Failed", "spark-kubernetes-executor", neverRan, failed))],
  ])("is reported with the container, its exit code and message: %s", (_, facts) => {
    assert.deepInclude(facts, { initContainer: "wait-db", exitCode: 7, reason: "Error", message: "no database" })
    assert.strictEqual(facts?.finishedAt, Date.parse("2026-11-20T12:00:09Z"))
  })

  it("is reported although the kubelet marked its other containers as lost", () => {
    const lost = { terminated: { exitCode: 137, reason: "ContainerStatusUnknown" } }
    const facts = driverFacts(pod("Failed", "spark-kubernetes-driver", lost, failed))
    assert.deepInclude(facts.terminated, { initContainer: "wait-db", exitCode: 7 })
  })

  it("has not ended while an init container may be restarted", () => {
    assert.isUndefined(driverFacts(pod("Pending", "spark-kubernetes-driver", neverRan, failed)).terminated)
  })

  it("is not one whose sidecar was stopped after the Spark container had run", () => {
    const sidecar = {
      conditions: [{ type: "Initialized", status: "True" }],
      initContainerStatuses: [status("proxy", initFailed(143, "Error"))],
    }
    const ran = { terminated: { exitCode: 3, reason: "Error", startedAt } }
    const facts = driverFacts(pod("Failed", "spark-kubernetes-driver", ran, sidecar))
    assert.deepStrictEqual([facts.terminated?.exitCode, facts.terminated?.initContainer], [3, undefined])
    const creating = { waiting: { reason: "CreateContainerError" } }
    assert.isUndefined(driverFacts(pod("Failed", "spark-kubernetes-driver", creating, sidecar)).terminated)
  })
})

describe("executorFacts", () => {
  const name = "spark-kubernetes-executor"
  const deletion = { deletionTimestamp: "2026-11-20T12:01:00Z" }

  it.each([
    ["an exit code", 7, "Error"],
    ["its memory", 137, "OOMKilled"],
    ["a signal", 143, "Error"],
  ])(
    "one whose init container ended by %s counts as failed, although its driver deletes it in the same second",
    (_, code, why) => {
      const ended = inits(initFailed(code, why))
      const before = withPast(pod("Failed", name, neverRan, ended), undefined)
      const after = withPast(pod("Failed", name, neverRan, ended, deletion), before)
      for (const facts of [executorFacts(after), executorFacts(after, true)]) {
        assert.deepInclude(facts, { state: "FAILED", initContainer: "wait-db", exitCode: code, reason: why })
      }
    },
  )

  it("one that is released while its init container runs completes", () => {
    const running = inits({ running: { startedAt } })
    const before = withPast(pod("Pending", name, neverRan, running, deletion), undefined)
    const after = withPast(pod("Failed", name, neverRan, inits(initFailed(143, "Error")), deletion), before)
    assert.strictEqual(executorFacts(after, true).state, "COMPLETED")
  })

  it("one that failed without container statuses counts as failed, although it is deleted afterwards", () => {
    const gone = pod("Failed", name, neverRan)
    const after = withPast({ ...gone, metadata: { ...gone.metadata, ...deletion } }, withPast(gone, undefined))
    assert.strictEqual(executorFacts(after, true).state, "FAILED")
  })

  it("an executor that exits by itself with a code other than 0 counts as failed", () => {
    const facts = executorFacts(pod("Failed", name, ended(52)))
    assert.deepStrictEqual([facts.state, facts.exitCode, facts.reason, facts.id], ["FAILED", 52, "Error", 3])
  })

  it("one that the driver releases completes, whatever its exit code is", () => {
    for (const code of [0, 137, 143]) {
      assert.strictEqual(executorFacts(pod("Failed", name, ended(code), {}, deletion)).state, "COMPLETED")
    }
    assert.strictEqual(executorFacts(pod("Running", name, { running: {} }), true).state, "COMPLETED")
  })

  it("one that ends by a signal before it is deleted counts as failed, since drivers delete those as well", () => {
    for (const code of [137, 143]) {
      const before = withPast(pod("Failed", name, ended(code)), undefined)
      const after = withPast(pod("Failed", name, ended(code), {}, deletion), before)
      assert.deepStrictEqual([executorFacts(after).state, executorFacts(after, true).state], ["FAILED", "FAILED"])
    }
  })

  it("one that is killed for its memory, evicted or preempted counts as failed, although it is being deleted", () => {
    assert.strictEqual(executorFacts(pod("Failed", name, ended(137, "OOMKilled"), {}, deletion)).state, "FAILED")
    const evicted = executorFacts(pod("Failed", name, ended(137), { reason: "Evicted" }, deletion))
    assert.deepStrictEqual([evicted.state, evicted.reason], ["FAILED", "Evicted"])
    const conditions = [{ type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" }]
    const preempted = executorFacts(pod("Running", name, { running: {} }, { conditions }), true)
    assert.deepStrictEqual([preempted.state, preempted.reason], ["FAILED", "PreemptionByScheduler"])
  })

  it("follows the phase while it runs", () => {
    assert.strictEqual(
      executorFacts(pod("Pending", name, { waiting: { reason: "ContainerCreating" } })).state,
      "PENDING",
    )
    assert.strictEqual(executorFacts(pod("Running", name, { running: {} })).state, "RUNNING")
    assert.strictEqual(executorFacts(pod("Unknown", name, { running: {} })).state, "UNKNOWN")
  })
})
