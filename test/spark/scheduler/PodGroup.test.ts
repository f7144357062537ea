import { assert, describe, it } from "@effect/vitest"
import { podGroup } from "../../../src/spark/scheduler/PodGroup.ts"
import { type Changes, submission } from "../../support/SparkFixture.ts"
import { scheduled } from "./Scheduling.ts"

const groupOf = (changes: Changes, metadata = {}) => podGroup(scheduled(changes, undefined, metadata), submission)

describe("the PodGroup", () => {
  it("of Volcano is kubeflow's, with sums that are right", () => {
    const batchSchedulerOptions = { queue: "q", priorityClassName: "high" }
    const child = groupOf({ batchScheduler: "volcano", batchSchedulerOptions, executor: { instances: 2 } })
    assert.deepStrictEqual(JSON.parse(JSON.stringify(child)), {
      phase: "before",
      group: "scheduling.volcano.sh",
      version: "v1beta1",
      plural: "podgroups",
      kind: "PodGroup",
      object: {
        apiVersion: "scheduling.volcano.sh/v1beta1",
        kind: "PodGroup",
        metadata: {
          name: "spark-spark-pi-pg",
          namespace: "default",
          labels: {
            "sparkoperator.k8s.io/app-name": "spark-pi",
            "sparkoperator.k8s.io/submission-id": submission.submissionId,
            "sparkoperator.k8s.io/created-by-spark-operator": "true",
          },
          ownerReferences: [
            {
              apiVersion: "sparkoperator.k8s.io/v1beta2",
              kind: "SparkApplication",
              name: "spark-pi",
              uid: "2f1b8e2a-58cd-4a43-a4f6-5a8d3b4d2c11",
              controller: true,
              blockOwnerDeletion: true,
            },
          ],
        },
        spec: { minMember: 1, minResources: { cpu: "3", memory: "4224Mi" }, queue: "q", priorityClassName: "high" },
        status: { phase: "Pending" },
      },
    })
  })

  it("of kube-scheduler has no queue", () => {
    const batchSchedulerOptions = { queue: "q", resources: { cpu: 4 } }
    const child = groupOf({ batchScheduler: "scheduler-plugins-scheduler", batchSchedulerOptions })
    assert.deepInclude(child, { group: "scheduling.x-k8s.io", version: "v1alpha1" })
    const expected = { apiVersion: "scheduling.x-k8s.io/v1alpha1", spec: { minMember: 1, minResources: { cpu: 4 } } }
    assert.deepInclude(child?.object, expected)
    assert.strictEqual(child?.object.metadata?.name, "spark-pi-pg")
  })

  it("does not exist for YuniKorn, nor without a batch scheduler", () => {
    assert.isUndefined(groupOf({ batchScheduler: "yunikorn" }))
    assert.isUndefined(groupOf({}))
  })

  it("has a name that fits into a label also for the longest application", () => {
    const name = "a".repeat(63)
    const child = groupOf({ batchScheduler: "volcano" }, { name })
    assert.match(child?.object.metadata?.name ?? "", /^spark-a{45}-[0-9a-f]{8}-pg$/)
    assert.lengthOf(child?.object.metadata?.name ?? "", 63)
  })
})
