import { assert, describe, it } from "@effect/vitest"
import { plus, podRequests, resourceList, times } from "../../../src/spark/scheduler/PodRequests.ts"

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
