import type { Pod } from "kubernetes-types/core/v1"
import { assert, describe, it } from "vitest"
import * as ReservedNow from "../../../src/application/usage/ReservedNow.ts"
import { keepPod } from "../../../src/spark/observe/FollowedPods.ts"

const pod = (number: number, cpu: string, phase = "Running", scheduled = "True", app = "pi") =>
  keepPod(
    {
      metadata: {
        name: `${app}-${number}`,
        namespace: "default",
        uid: `${app}-${number}`,
        labels: {
          "sparkoperator.k8s.io/app-name": app,
          "sparkoperator.k8s.io/submission-id": "sub",
          "spark-role": "executor",
          "spark-exec-id": String(number),
        },
      },
      spec: { containers: [{ name: "c", resources: { requests: { cpu, memory: "1Gi", "nvidia.com/gpu": "1" } } }] },
      status: {
        phase,
        conditions: [{ type: "PodScheduled", status: scheduled, lastTransitionTime: "2026-11-30T12:00:00Z" }],
      },
    } as Pod,
    undefined,
  )

describe("what is reserved now", () => {
  it("is the sum over the pods that have a node and have not ended, under the labels that applications have now", () => {
    let team = "blue"
    const attributes = new Map<string, { readonly team: string }>()
    const reserved = ReservedNow.make((_, name) => {
      const value = name === "pi" ? team : "green"
      attributes.set(value, attributes.get(value) ?? { team: value })
      return attributes.get(value)!
    })
    const cores = () =>
      Object.fromEntries(
        reserved.points("spark.application.reserved.cpu").map(({ attributes: { team }, value }) => [team, value]),
      )
    const [waiting, one, two] = [pod(1, "100m", "Pending", "False"), pod(1, "100m"), pod(2, "200m")]
    const other = pod(1, "2", "Running", "True", "other")
    for (const after of [waiting, two, other]) reserved.observed({ before: undefined, after })
    assert.deepStrictEqual(cores(), { blue: 0.2, green: 2 })
    reserved.observed({ before: waiting, after: one })
    assert.deepStrictEqual(cores(), { blue: 0.3, green: 2 })
    assert.deepStrictEqual(
      reserved.points("spark.application.reserved.memory").map(({ value }) => value),
      [2 * 2 ** 30, 2 ** 30],
    )
    assert.deepStrictEqual(
      reserved.points("spark.application.reserved.gpu").map(({ value }) => value),
      [2, 1],
    )

    const resized = pod(2, "500m")
    reserved.observed({ before: two, after: resized })
    team = "red"
    assert.deepStrictEqual(cores(), { blue: 0, green: 2, red: 0.6 })
    reserved.observed({ before: one, after: pod(1, "100m", "Succeeded") })
    reserved.observed({ before: resized, after: undefined })
    reserved.observed({ before: other, after: undefined })
    assert.deepStrictEqual(cores(), { blue: 0, green: 0, red: 0 })
  })
})
