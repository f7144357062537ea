/** OpenTelemetry's resource attributes as annotations of driver and executors. */

import { assert, describe, it } from "@effect/vitest"
import type { Pod } from "kubernetes-types/core/v1"
import { submitJob } from "../../../src/spark/submit/SubmitJob.ts"
import { application, options, submission, submit, valid } from "../../support/SparkFixture.ts"

const prefix = "resource.opentelemetry.io/"
const expected = {
  [`${prefix}service.name`]: "spark-pi",
  [`${prefix}service.namespace`]: "default",
  [`${prefix}spark.application.attempt`]: "1",
}

const attributes = ({ metadata }: Pod) =>
  Object.fromEntries(Object.entries(metadata?.annotations ?? {}).filter(([key]) => key.startsWith(prefix)))

describe("resource attributes of pods", () => {
  it("are annotations of the driver and of the template of executors", () => {
    const { pod, executorTemplate } = submit(application())
    assert.deepStrictEqual(attributes(pod), expected)
    assert.deepStrictEqual(attributes(executorTemplate), expected)
  })

  it("count the attempts", () => {
    const { pod, executorTemplate } = submit(application(), { ...submission, attempt: 3 })
    for (const one of [pod, executorTemplate]) {
      assert.strictEqual(attributes(one)[`${prefix}spark.application.attempt`], "3")
    }
  })

  it("of the user win, wherever they are written", () => {
    const name = `${prefix}service.name`
    const { pod, executorTemplate } = submit(
      application({
        driver: { annotations: { [name]: "etl" } },
        executor: { template: { metadata: { annotations: { [name]: "etl-workers" } } } },
      }),
    )
    assert.deepStrictEqual(attributes(pod), { ...expected, [name]: "etl" })
    assert.deepStrictEqual(attributes(executorTemplate), { ...expected, [name]: "etl-workers" })
  })

  it("are absent with strict parity", () => {
    const { pod, executorTemplate } = submit(application(), submission, { ...options, parity: "strict" })
    assert.deepStrictEqual(attributes(pod), {})
    assert.deepStrictEqual(attributes(executorTemplate), {})
  })

  it("are in the templates from which spark-submit makes both in a Job", () => {
    const { configMap } = submitJob(valid(application({ submission: { submitter: "job" } })), submission, options)
    for (const role of ["driver", "executor"]) {
      const template: Pod = JSON.parse(configMap.data?.[`${role}-pod-template.yaml`] ?? "")
      assert.deepStrictEqual(attributes(template), expected)
    }
  })
})
