import { assert, describe, it } from "@effect/vitest"
import type { Pod } from "kubernetes-types/core/v1"
import {
  executorConfigMap,
  executorOf,
  executorPod,
  parseTemplate,
} from "../../../src/local/spark/SparkDriverExecutors.ts"

const driver: Pod = {
  metadata: {
    name: "pi-driver",
    namespace: "team",
    uid: "0f8fad5b-d9cb-469f-a165-70867728950e",
    labels: { "spark-version": "4.0.4", "spark-app-selector": "spark-1" },
  },
  spec: { containers: [{ name: "spark-kubernetes-driver", image: "spark:4.0.4" }] },
}

const properties = (entries: Record<string, string> = {}) =>
  new Map(Object.entries({ "spark.app.id": "spark-1", "spark.app.name": "Pi 3", ...entries }))

const template = (pod: Pod) => parseTemplate(JSON.stringify(pod))

describe("SparkDriverExecutors", () => {
  it("an executor has the name, labels and owner that Spark gives it", () => {
    const { metadata } = executorPod(driver, properties(), {}, 7)
    assert.strictEqual(metadata?.name, "pi-3-a16570867728950e-exec-7")
    assert.strictEqual(metadata?.namespace, "team")
    assert.deepStrictEqual(metadata?.labels, {
      "spark-version": "4.0.4",
      "spark-exec-id": "7",
      "spark-app-selector": "spark-1",
      "spark-app-name": "pi-3",
      "spark-role": "executor",
      "spark-exec-resourceprofile-id": "0",
    })
    assert.deepStrictEqual(metadata?.ownerReferences, [
      { apiVersion: "v1", kind: "Pod", name: "pi-driver", uid: driver.metadata?.uid ?? "", controller: true },
    ])
  })

  it("labels, annotations, name prefix, image and cores come from the Spark configuration", () => {
    const pod = executorPod(
      driver,
      properties({
        "spark.kubernetes.executor.label.team": "a",
        "spark.kubernetes.executor.annotation.note": "b",
        "spark.kubernetes.executor.podNamePrefix": "mine",
        "spark.kubernetes.container.image": "custom:1",
        "spark.executor.cores": "2",
      }),
      {},
      1,
    )
    assert.strictEqual(pod.metadata?.name, "mine-exec-1")
    assert.strictEqual(pod.metadata?.labels?.["team"], "a")
    assert.strictEqual(pod.metadata?.annotations?.["note"], "b")
    assert.strictEqual(pod.spec?.containers[0]?.image, "custom:1")
    assert.strictEqual(pod.spec?.containers[0]?.resources?.requests?.["cpu"], "2")
  })

  it.each([
    [{}, "1408Mi"],
    [{ "spark.executor.memory": "8g" }, "9011Mi"],
    [{ "spark.executor.memory": "1g", "spark.kubernetes.memoryOverheadFactor": "0.4" }, "1433Mi"],
    [{ "spark.executor.memory": "512m", "spark.executor.memoryOverhead": "100m" }, "612Mi"],
  ])("with %j an executor asks for memory and overhead as Spark adds them up", (conf, memory) => {
    const container = executorPod(driver, properties(conf), {}, 1).spec?.containers[0]
    assert.strictEqual(container?.resources?.requests?.["memory"], memory)
    assert.strictEqual(container?.resources?.limits?.["memory"], memory)
  })

  it("the executor pod template is kept around Spark's container", () => {
    const pod = executorPod(
      driver,
      properties({ "spark.kubernetes.executor.podTemplateContainerName": "spark-kubernetes-executor" }),
      template({
        metadata: { labels: { extra: "yes" }, annotations: { from: "template" } },
        spec: {
          nodeSelector: { disk: "ssd" },
          containers: [
            { name: "proxy", image: "proxy:1" },
            { name: "spark-kubernetes-executor", env: [{ name: "A", value: "1" }] },
          ],
        },
      }),
      1,
    )
    assert.strictEqual(pod.metadata?.labels?.["extra"], "yes")
    assert.strictEqual(pod.metadata?.annotations?.["from"], "template")
    assert.deepStrictEqual(pod.spec?.nodeSelector, { disk: "ssd" })
    assert.deepStrictEqual(
      pod.spec?.containers.map(({ name, image }) => [name, image]),
      [
        ["proxy", "proxy:1"],
        ["spark-kubernetes-executor", "spark:4.0.4"],
      ],
    )
    assert.deepInclude(pod.spec?.containers[1]?.env ?? [], { name: "A", value: "1" })
  })

  it("a template that is not a pod counts as empty", () => {
    assert.deepStrictEqual(parseTemplate("- a\n- b: ["), {})
    assert.deepStrictEqual(parseTemplate("just text"), {})
    assert.deepStrictEqual(parseTemplate(undefined), {})
  })

  it("an executor that is to fail has its own script: a number is an exit code, a word a reason", () => {
    const annotations = (cause: string) =>
      executorPod(driver, properties(), {}, 1, { id: 1, cause, after: 1.5 }).metadata?.annotations
    assert.deepStrictEqual(annotations("OOMKilled"), {
      "local.firesteel.dev/run-seconds": "1.5",
      "local.firesteel.dev/reason": "OOMKilled",
    })
    assert.deepStrictEqual(annotations("52"), {
      "local.firesteel.dev/run-seconds": "1.5",
      "local.firesteel.dev/exit-code": "52",
    })
  })

  it("an executor has the volumes that Spark adds, and its claims are created with it", () => {
    const prefix = "spark.kubernetes.executor.volumes.persistentVolumeClaim.spark-local-dir-1"
    const claim = {
      [`${prefix}.mount.path`]: "/scratch",
      [`${prefix}.options.claimName`]: "OnDemand",
      [`${prefix}.options.storageClass`]: "fast",
      [`${prefix}.options.sizeLimit`]: "1Gi",
    }
    const { pod, claims } = executorOf(driver, properties(claim), {}, 2)
    const name = "pi-3-a16570867728950e-exec-2-pvc-0"
    assert.deepStrictEqual(
      pod.spec?.volumes?.map(({ name }) => name),
      ["spark-conf-volume-exec", "spark-local-dir-1"],
    )
    assert.strictEqual(pod.spec?.volumes?.[1]?.persistentVolumeClaim?.claimName, name)
    assert.deepStrictEqual(
      claims.map(({ kind, object }) => [kind, object.metadata?.name, object.metadata?.ownerReferences?.[0]?.name]),
      [["PersistentVolumeClaim", name, "pi-driver"]],
    )
    const mounted = pod.spec?.volumes?.[0]?.configMap?.name
    assert.strictEqual(executorConfigMap(driver, properties())?.metadata?.name, mounted)
    const disabled = properties({ "spark.kubernetes.executor.disableConfigMap": "true" })
    assert.isUndefined(executorConfigMap(driver, disabled))
  })
})
