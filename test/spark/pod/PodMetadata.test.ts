/** Labels and annotations that the operator's settings give to all Spark pods. */

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import { serverObjects } from "../../../src/connect/ServerObjects.ts"
import { validate as validateConnect } from "../../../src/connect/Validate.ts"
import { build } from "../../../src/spark/driver/Build.ts"
import { executorPod } from "../../../src/spark/executor/ExecutorPod.ts"
import { podAnnotationErrors, podLabelErrors, type PodMetadata } from "../../../src/spark/pod/PodMetadata.ts"
import { submitJob } from "../../../src/spark/submit/SubmitJob.ts"
import { sparkConnect } from "../../support/ConnectBench.ts"
import { connectSettings } from "../../support/ConnectFixture.ts"
import { application, type Changes, options, submission, validate } from "../../support/SparkFixture.ts"

const given: PodMetadata = {
  labels: { "cost-center": "platform", env: "prod" },
  annotations: { "example.com/policy": "exempt" },
}

const made = (changes: Changes = {}, labels?: Record<string, string>) => {
  const valid = Result.getOrThrow(validate(application(changes, labels && { labels }), { podMetadata: given }))
  const objects = build(valid, submission, options)
  return { valid, ...objects, executor: executorPod(valid, objects.pod, submission, options) }
}

const picked = ({ metadata }: Pick<Pod, "metadata">) => [
  metadata?.labels?.["cost-center"],
  metadata?.labels?.["env"],
  metadata?.annotations?.["example.com/policy"],
]
const asGiven = ["platform", "prod", "exempt"]

describe("labels and annotations of all Spark pods", () => {
  it("are on drivers and executors, and on nothing else", () => {
    const { pod, executor, service, configMaps } = made()
    assert.deepStrictEqual(picked(pod), asGiven)
    assert.deepStrictEqual(picked(executor), asGiven)
    for (const object of [service, ...configMaps])
      assert.deepStrictEqual(picked(object), [undefined, undefined, undefined])
    assert.notProperty(service.spec?.selector, "cost-center")
  })

  const own: ReadonlyArray<readonly [string, Changes, Record<string, string> | undefined]> = [
    ["a label of the application", {}, { "cost-center": "mine" }],
    [
      "spec.driver.labels",
      { driver: { labels: { "cost-center": "mine" } }, executor: { labels: { "cost-center": "mine" } } },
      undefined,
    ],
    [
      "a pod template",
      Object.fromEntries(
        ["driver", "executor"].map((role) => [
          role,
          { template: { metadata: { labels: { "cost-center": "mine" } }, spec: { containers: [] } } },
        ]),
      ),
      undefined,
    ],
    [
      "the configuration",
      {
        sparkConf: {
          "spark.kubernetes.driver.label.cost-center": "mine",
          "spark.kubernetes.executor.label.cost-center": "mine",
        },
      },
      undefined,
    ],
  ]
  it.each(own)("are overridden key by key by %s", (_, changes, labels) => {
    const { pod, executor, valid } = made(changes, labels)
    for (const one of [pod, executor, submitJob(valid, submission, options).job.spec!.template]) {
      assert.deepStrictEqual(picked(one), ["mine", "prod", "exempt"])
    }
    assert.deepStrictEqual(valid.warnings, [])
  })

  it("are on the pod that runs spark-submit and in the templates that it is given", () => {
    const { job, configMap } = submitJob(made().valid, submission, options)
    assert.deepStrictEqual(picked(job.spec!.template), asGiven)
    assert.deepStrictEqual(picked(job), [undefined, undefined, undefined])
    for (const role of ["driver", "executor"]) {
      assert.deepStrictEqual(picked(JSON.parse(configMap.data?.[`${role}-pod-template.yaml`] ?? "")), asGiven)
    }
  })

  it("are on Connect servers and their executors, and do not make another revision", () => {
    const server = { ...sparkConnect("server"), metadata: { name: "server", namespace: "default", uid: "u" } }
    const [plain, labelled] = [connectSettings, { ...connectSettings, podMetadata: given }].map((settings) => {
      const valid = Result.getOrThrow(validateConnect(server, 1, settings))
      const { pod, before } = serverObjects(valid, submission, options)
      const revisions = before.map(({ object }) => object.metadata?.annotations?.["sparkoperator.k8s.io/revision"])
      return { pod, executor: executorPod(valid, pod, submission, options), revisions }
    })
    assert.deepStrictEqual(picked(labelled!.pod), asGiven)
    assert.deepStrictEqual(picked(labelled!.executor), asGiven)
    assert.deepStrictEqual(labelled!.revisions, plain!.revisions)
  })
})

describe("the settings of labels and annotations", () => {
  it.each([
    ["spark-role", "driver"],
    ["spark-exec-id", "1"],
    ["sparkoperator.k8s.io/app-name", "x"],
    ["sparkoperator.k8s.io/anything", "x"],
  ])("refuse %s, which the operator or Spark sets", (key, value) => {
    assert.match(podLabelErrors({ [key]: value })[0] ?? "", /is set by the operator or by Spark; choose another label/)
  })

  it("refuse what Kubernetes does not allow", () => {
    assert.match(podLabelErrors({ "a b": "x" })[0] ?? "", /"a b" is not a legal label key/)
    assert.match(podLabelErrors({ a: "x y" })[0] ?? "", /"x y" is not a legal label value/)
    assert.match(podAnnotationErrors({ "/a": "" })[0] ?? "", /is not a legal annotation key/)
    assert.match(podAnnotationErrors({ "sparkoperator.k8s.io/x": "" })[0] ?? "", /choose another annotation/)
  })

  it("allow any text as an annotation", () => {
    assert.deepStrictEqual(podAnnotationErrors({ "example.com/a": "{ any: [text] }" }), [])
  })
})
