import { assert, describe, it } from "@effect/vitest"
import {
  plus,
  podRequests,
  type RequestingSpec,
  type RequestingStatus,
  resourceList,
  times,
} from "../../../src/spark/scheduler/PodRequests.ts"

const container = (requests: Record<string, string>, limits: Record<string, string> = {}) => ({
  name: "c",
  resources: { requests, limits },
})

describe("the requests of a pod", () => {
  it("are the sum of its containers, with a limit in place of a missing request", () => {
    const containers = [container({ cpu: "500m", memory: "1Gi" }), container({}, { cpu: "1", memory: "100M" })]
    assert.deepStrictEqual(resourceList(podRequests({ containers })), { cpu: "1500m", memory: "1120Mi" })
    assert.deepStrictEqual(resourceList(podRequests({ containers: [{ name: "c" }] })), {})
  })

  it("are those of an init container if that needs more", () => {
    const containers = [container({ cpu: "1", memory: "1Gi" })]
    const initContainers = [container({ memory: "2Gi" })]
    assert.deepStrictEqual(resourceList(podRequests({ containers, initContainers })), { cpu: "1", memory: "2048Mi" })
  })

  it("include native sidecars", () => {
    const stays = { ...container({ cpu: "100m", memory: "64Mi" }), restartPolicy: "Always" }
    const containers = [container({ cpu: "1", memory: "1Gi" })]
    const initContainers = [stays, container({ memory: "1Gi" })]
    assert.deepStrictEqual(resourceList(podRequests({ containers, initContainers })), {
      cpu: "1100m",
      memory: "1088Mi",
    })
  })

  it("add up without the noise of floating point", () => {
    const tenth = podRequests({ containers: [container({ cpu: "100m" })] })
    assert.deepStrictEqual(resourceList(plus(tenth, tenth, tenth)), { cpu: "300m" })
    assert.deepStrictEqual(resourceList(times(tenth, 30)), { cpu: "3" })
    assert.deepStrictEqual(resourceList(times(tenth, 0)), {})
  })
})

describe("what a scheduler reserves for a pod, by the rules of Kubernetes 1.36", () => {
  const named = (name: string, requests: Record<string, string>, more: object = {}) => ({
    name,
    resources: { requests },
    ...more,
  })
  const sidecar = { restartPolicy: "Always" }
  const two = [named("a", { cpu: "1", memory: "2Gi" }), named("b", { cpu: "2", memory: "1Gi" })]

  it.each<readonly [string, RequestingSpec, Record<string, string>]>([
    ["the sum of the containers", { containers: two }, { cpu: "3", memory: "3072Mi" }],
    [
      "the largest init container, for each resource alone",
      { containers: two, initContainers: [named("i", { cpu: "500m", memory: "5Gi" }), named("j", { cpu: "4" })] },
      { cpu: "4", memory: "5120Mi" },
    ],
    [
      "an init container with the sidecars that were started before it, not with later ones",
      {
        containers: [named("a", { cpu: "1" })],
        initContainers: [
          named("s", { cpu: "2" }, sidecar),
          named("i", { cpu: "5" }),
          named("t", { cpu: "3" }, sidecar),
        ],
      },
      { cpu: "7" },
    ],
    [
      "all sidecars with the containers",
      {
        containers: two,
        initContainers: [
          named("s", { cpu: "2" }, sidecar),
          named("i", { cpu: "1" }),
          named("t", { cpu: "3" }, sidecar),
        ],
      },
      { cpu: "8", memory: "3072Mi" },
    ],
    [
      "the overhead on top, also of what an init container needs",
      { containers: two, initContainers: [named("i", { cpu: "9" })], overhead: { cpu: "250m", memory: "120Mi" } },
      { cpu: "9250m", memory: "3192Mi" },
    ],
    [
      "what the pod requests as a whole, and of its containers only what it does not name",
      {
        containers: [named("a", { cpu: "1", memory: "1Gi", "nvidia.com/gpu": "2" })],
        resources: { requests: { cpu: "6" } },
        overhead: { cpu: "1" },
      },
      { cpu: "7", memory: "1024Mi", "nvidia.com/gpu": "2" },
    ],
    [
      "of the pod as a whole not what only containers can request",
      {
        containers: [named("a", { "nvidia.com/gpu": "2" })],
        resources: { requests: { "nvidia.com/gpu": "5", memory: "1Gi" } },
      },
      { "nvidia.com/gpu": "2", memory: "1024Mi" },
    ],
    [
      "the limit of the pod as a whole in place of its request",
      { containers: two, resources: { limits: { cpu: "5" } } },
      { cpu: "5", memory: "3072Mi" },
    ],
  ])("is %s", (_, spec, expected) => {
    assert.deepStrictEqual(resourceList(podRequests(spec)), expected)
  })

  describe("while it is resized in place", () => {
    const spec = { containers: [named("a", { cpu: "4", memory: "1Gi" })] }
    const assigned = (cpu: string, allocated = cpu) => ({
      containerStatuses: [
        {
          name: "a",
          allocatedResources: { cpu: allocated, memory: "1Gi" },
          resources: { requests: { cpu, memory: "1Gi" } },
        },
      ],
    })
    const pending = (reason: string) => ({ conditions: [{ type: "PodResizePending", reason }] })

    it.each<readonly [string, RequestingStatus, string]>([
      ["what is desired, if that is more than what it has", assigned("2"), "4"],
      ["what it has, until that is taken from it", assigned("6"), "6"],
      ["what was allocated, until the container has less", assigned("2", "5"), "5"],
      ["what is desired, while the node has no room yet", { ...assigned("2"), ...pending("Deferred") }, "4"],
      ["what it has, if the node can never grant more", { ...assigned("2"), ...pending("Infeasible") }, "2"],
      ["what is desired, where the kubelet reports nothing", { containerStatuses: [{ name: "a" }] }, "4"],
      ["what is desired, for a container that has no status yet", { containerStatuses: [] }, "4"],
    ])("is %s", (_, status, cpu) => {
      assert.deepStrictEqual(resourceList(podRequests(spec, status)), { cpu, memory: "1024Mi" })
    })

    it("is what sidecars have, but of other init containers what their spec says", () => {
      const initContainers = [named("s", { cpu: "1" }, sidecar), named("i", { cpu: "1" })]
      const initContainerStatuses = ["s", "i"].map((name) => ({ name, resources: { requests: { cpu: "3" } } }))
      assert.deepStrictEqual(
        resourceList(
          podRequests({ containers: [named("a", { cpu: "1" })], initContainers }, { initContainerStatuses }),
        ),
        { cpu: "4" },
      )
    })

    it("is what the pod has as a whole", () => {
      const whole = { ...spec, resources: { requests: { cpu: "8" } } }
      const status = { resources: { requests: { cpu: "10" } }, allocatedResources: { cpu: "9" } }
      assert.deepStrictEqual(resourceList(podRequests(whole, status)), { cpu: "10", memory: "1024Mi" })
      assert.deepStrictEqual(resourceList(podRequests(whole, { ...status, ...pending("Infeasible") })), {
        cpu: "10",
        memory: "1024Mi",
      })
    })
  })
})
