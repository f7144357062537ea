/** What the local spark-submit makes of its command line. */

import { assert, describe, it } from "@effect/vitest"
import { submitError, propertiesOf, submitted } from "../../../src/local/spark/SparkSubmitObjects.ts"

const id = "0123456789abcdef0123456789abcdef"

describe("the local spark-submit", () => {
  it("reads flags and configuration up to the file that is to run", () => {
    const args = "--master k8s://x --name pi --class C --conf spark.a=b=c --conf spark.d= app.jar --conf spark.e=f"
    assert.deepStrictEqual(
      [...propertiesOf(args.split(" "))],
      [
        ["spark.master", "k8s://x"],
        ["spark.app.name", "pi"],
        ["spark.a", "b=c"],
        ["spark.d", ""],
      ],
    )
  })

  it("creates a driver from the template, the labels and the annotations", () => {
    const conf = "label.team=a annotation.note=b pod.name=my-driver"
    const properties = propertiesOf(conf.split(" ").flatMap((entry) => ["--conf", `spark.kubernetes.driver.${entry}`]))
    const template = { spec: { priorityClassName: "high", containers: [{ name: "side", image: "side" }] } }
    const { pod, configMaps } = submitted(properties, { "driver-pod-template.yaml": JSON.stringify(template) }, id, 0)
    assert.strictEqual(pod.metadata?.name, "my-driver")
    assert.strictEqual(pod.metadata?.labels?.["team"], "a")
    assert.strictEqual(pod.metadata?.labels?.["spark-app-selector"], `spark-${id}`)
    assert.strictEqual(pod.metadata?.annotations?.["note"], "b")
    assert.strictEqual(pod.spec?.priorityClassName, "high")
    assert.deepStrictEqual(
      pod.spec?.containers.map(({ name }) => name),
      ["side", "spark-kubernetes-driver"],
    )
    const mounted = (pod.spec?.volumes ?? []).map(({ configMap }) => configMap?.name)
    assert.deepStrictEqual(
      configMaps.map(({ metadata }) => metadata?.name),
      mounted,
    )
  })

  it("fails for classes of the user", () => {
    const properties = propertiesOf(["--conf", "spark.kubernetes.driver.pod.featureSteps=com.example.Step"])
    assert.match(submitError(properties) ?? "", /ClassNotFoundException: com\.example\.Step/)
    assert.isUndefined(submitError(propertiesOf([])))
  })
})
