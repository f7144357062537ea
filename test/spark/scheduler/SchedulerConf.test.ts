import { assert, describe, it } from "@effect/vitest"
import type { Changes } from "../../support/SparkFixture.ts"
import { scheduled } from "./Scheduling.ts"

/** The entries of the configuration whose keys hold `part`, without what comes before it. */
const entries = (changes: Changes, part: string, metadata = {}) =>
  Object.fromEntries(
    [...scheduled(changes, undefined, metadata).conf.values()].flatMap(({ key, value }) =>
      key.includes(part) ? [[key.replace("spark.kubernetes.", ""), value]] : [],
    ),
  )

describe("the configuration for a batch scheduler", () => {
  it("links Volcano's pods to their PodGroup by an annotation", () => {
    assert.deepStrictEqual(entries({ batchScheduler: "volcano" }, "group-name"), {
      "driver.annotation.scheduling.k8s.io/group-name": "spark-spark-pi-pg",
      "executor.annotation.scheduling.k8s.io/group-name": "spark-spark-pi-pg",
    })
  })

  it("links kube-scheduler's pods to their PodGroup by a label", () => {
    assert.deepStrictEqual(entries({ batchScheduler: "scheduler-plugins-scheduler" }, "pod-group"), {
      "driver.label.scheduling.x-k8s.io/pod-group": "spark-pi-pg",
      "executor.label.scheduling.x-k8s.io/pod-group": "spark-pi-pg",
    })
  })

  it("defines YuniKorn's task groups, sized as the pods, and where their placeholders may run", () => {
    const changes = {
      batchScheduler: "yunikorn",
      batchSchedulerOptions: { queue: "root.spark" },
      nodeSelector: { disk: "ssd" },
      driver: { labels: { a: "b" } },
      executor: { instances: 2, tolerations: [{ key: "spot", operator: "Exists" }] },
    }
    const { "driver.annotation.yunikorn.apache.org/task-groups": groups = "", ...others } = entries(
      changes,
      "yunikorn.apache",
    )
    assert.deepStrictEqual(JSON.parse(groups), [
      {
        name: "spark-driver",
        minMember: 1,
        minResource: { cpu: "1", memory: "1408Mi" },
        nodeSelector: { disk: "ssd" },
        labels: { a: "b" },
      },
      {
        name: "spark-executor",
        minMember: 2,
        minResource: { cpu: "1", memory: "1408Mi" },
        nodeSelector: { disk: "ssd" },
        tolerations: [{ key: "spot", operator: "Exists" }],
      },
    ])
    assert.deepStrictEqual(others, {
      "driver.annotation.yunikorn.apache.org/task-group-name": "spark-driver",
      "executor.annotation.yunikorn.apache.org/task-group-name": "spark-executor",
    })
    assert.deepStrictEqual(entries(changes, "label.queue"), {
      "driver.label.queue": "root.spark",
      "executor.label.queue": "root.spark",
    })
  })

  it("omits the executors' task group if there are none at the start", () => {
    const changes = { batchScheduler: "yunikorn", dynamicAllocation: { enabled: true } }
    const groups = Object.values(entries(changes, "task-groups"))[0] ?? ""
    assert.deepStrictEqual(
      JSON.parse(groups).map(({ name }: { readonly name: string }) => name),
      ["spark-driver"],
    )
  })
})
