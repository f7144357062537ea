import { assert, describe, it } from "@effect/vitest"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import { recordOf, withRecord } from "../../../src/application/reconcile/SubmissionRecord.ts"
import type { KubeObject } from "../../../src/kube/Resource.ts"
import type { Child } from "../../../src/spark/Child.ts"
import * as Labels from "../../../src/spark/Labels.ts"
import { sparkPi } from "../../support/OperatorBench.ts"

const application: SparkApplication = {
  ...sparkPi("pi", {}, { driver: { podName: "my-driver" } }),
  metadata: { name: "pi", namespace: "default", uid: "u" },
}
const group: Child = {
  phase: "before",
  group: "scheduling.volcano.sh",
  version: "v1beta1",
  plural: "podgroups",
  kind: "PodGroup",
  object: { metadata: { name: "spark-pi-pg" } },
}
const key = { submissionId: "0f0e0d0c-0b0a-5909-8807-060504030201", attempt: 3 }
const read = (object: KubeObject, of = application) => recordOf(object, of, key, "native", 7000)

describe("the record of a submission", () => {
  const object = { metadata: { name: "conf", annotations: { mine: "1" }, creationTimestamp: "1970-01-01T00:00:05Z" } }
  const recorded = withRecord(object, application, "spec-1", [group])

  it("is an annotation of the object, next to others", () => {
    assert.deepInclude(recorded.metadata.annotations, { mine: "1" })
    assert.strictEqual(recorded.metadata.name, "conf")
  })

  it("has everything that is needed to continue or to clean up, whatever the spec says by now", () => {
    const edited = { ...application, spec: { ...application.spec, driver: {} } }
    assert.deepStrictEqual(read(recorded, edited), {
      ...key,
      by: "native",
      startedAt: 5000,
      runSpecHash: "spec-1",
      driverPodName: "my-driver",
      required: [
        {
          apiVersion: "scheduling.volcano.sh/v1beta1",
          kind: "PodGroup",
          resource: "podgroups",
          name: "spark-pi-pg",
          state: "Pending",
          required: true,
        },
      ],
    })
  })

  it.each(["", "{", "[]", '{"runSpecHash":1}'])(
    "that cannot be read (%s) counts as that of an earlier version",
    (text) => {
      const { runSpecHash, driverPodName, required } = read({
        metadata: { annotations: { [Labels.submissionRecord]: text } },
      })
      assert.deepStrictEqual([runSpecHash, driverPodName, required], [undefined, "my-driver", []])
    },
  )
})
