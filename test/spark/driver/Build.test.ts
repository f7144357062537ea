import { assert, describe, it } from "@effect/vitest"
import { build } from "../../../src/spark/driver/Build.ts"
import * as Labels from "../../../src/spark/Labels.ts"
import { profiles } from "../../../src/spark/SparkProfile.ts"
import { submissionId } from "../../../src/spark/submit/Submission.ts"
import {
  application,
  mounts,
  environment,
  options,
  python,
  submission,
  submit,
  valid,
} from "../../support/SparkFixture.ts"

const sparkPi = () => application({ driver: { serviceAccount: "spark" } }, { name: "sparkpi" })

describe("build", () => {
  it("makes the driver pod of Spark 4.0's worked example", () => {
    const { pod, container } = submit(sparkPi())
    const scratch = environment(container)[3]?.replace("SPARK_LOCAL_DIRS=", "")
    assert.strictEqual(pod.metadata?.name, "sparkpi-driver")
    assert.strictEqual(pod.spec?.restartPolicy, "Never")
    assert.strictEqual(container.name, "spark-kubernetes-driver")
    assert.strictEqual(container.image, "spark:4.0.4")
    assert.strictEqual(container.imagePullPolicy, "IfNotPresent")
    assert.deepStrictEqual(container.args, [
      "driver",
      "--properties-file",
      "/opt/spark/conf/spark.properties",
      "--class",
      "org.apache.spark.examples.SparkPi",
      "local:///opt/spark/examples/jars/spark-examples.jar",
    ])
    assert.deepStrictEqual(environment(container), [
      "SPARK_USER=spark",
      "SPARK_APPLICATION_ID=spark-0f0e0d0c0b0a89098807060504030201",
      "SPARK_DRIVER_BIND_ADDRESS=status.podIP",
      `SPARK_LOCAL_DIRS=${scratch}`,
      "SPARK_CONF_DIR=/opt/spark/conf",
    ])
    assert.deepStrictEqual(container.ports, [
      { name: "driver-rpc-port", containerPort: 7078, protocol: "TCP" },
      { name: "blockmanager", containerPort: 7079, protocol: "TCP" },
      { name: "spark-ui", containerPort: 4040, protocol: "TCP" },
    ])
    assert.deepStrictEqual(container.resources, {
      requests: { cpu: "1", memory: "1408Mi" },
      limits: { memory: "1408Mi" },
    })
    assert.deepStrictEqual(mounts(container), [
      "pod-template-volume /opt/spark/pod-template",
      `spark-local-dir-1 ${scratch}`,
      "spark-conf-volume-driver /opt/spark/conf",
    ])
  })

  it.each(["default", "strict"] as const)(
    "annotates the driver pod with the fingerprint of its spec, parity %s",
    (parity) => {
      const resource = valid(application({ driver: { annotations: { mine: "1" } } }))
      const made = (hash: { readonly runSpecHash?: string }) =>
        build(resource, { ...submission, ...hash }, { ...options, parity })
      const { pod, ...others } = made({ runSpecHash: "0123456789abcdef" })
      const { pod: plain, ...plainOthers } = made({})
      assert.strictEqual(plain.metadata?.annotations?.["mine"], "1")
      const annotations = { ...plain.metadata?.annotations, "sparkoperator.k8s.io/run-spec-hash": "0123456789abcdef" }
      assert.deepStrictEqual(pod, { ...plain, metadata: { ...plain.metadata, annotations } })
      assert.deepStrictEqual(others, plainOthers, "and nothing else")
    },
  )

  it("makes its Service", () => {
    const { service } = submit(sparkPi())
    assert.match(service.metadata?.name ?? "", /^sparkpi-[0-9a-f]{16}-driver-svc$/)
    assert.strictEqual(service.spec?.ipFamilyPolicy, "SingleStack")
    assert.deepStrictEqual(service.spec?.ipFamilies, ["IPv4"])
    assert.deepStrictEqual(service.spec?.ports, [
      { name: "driver-rpc-port", port: 7078, targetPort: 7078 },
      { name: "blockmanager", port: 7079, targetPort: 7079 },
      { name: "spark-ui", port: 4040, targetPort: 4040 },
    ])
  })

  it("makes its configuration, with the namespace under a key of its own", () => {
    const { configMaps, pod } = submit(sparkPi())
    const [conf] = configMaps
    assert.match(conf?.metadata?.name ?? "", /^spark-drv-[0-9a-f]{16}-conf-map$/)
    assert.isTrue(conf?.immutable)
    assert.strictEqual(conf?.data?.["spark.kubernetes.namespace"], "default")
    const text = conf?.data?.["spark.properties"]?.split("\n") ?? []
    assert.strictEqual(text[0], `#Java properties built from Kubernetes config map with name: ${conf?.metadata?.name}`)
    assert.strictEqual(text[1], "#Tue Sep 29 11:09:38 UTC 2026")
    assert.include(text, "spark.jars=local\\:///opt/spark/examples/jars/spark-examples.jar")
    assert.deepStrictEqual(pod.spec?.volumes?.at(-1), {
      name: "spark-conf-volume-driver",
      configMap: {
        name: conf?.metadata?.name ?? "",
        items: [{ key: "spark.properties", mode: 420, path: "spark.properties" }],
      },
    })
  })

  it("writes the properties without which a driver cannot run, and all that Spark writes", () => {
    const { properties, service } = submit(sparkPi())
    const expected = {
      "spark.app.id": "spark-0f0e0d0c0b0a89098807060504030201",
      "spark.app.name": "sparkpi",
      "spark.app.submitTime": String(submission.submittedAt),
      "spark.driver.blockManager.port": "7079",
      "spark.driver.host": `${service.metadata?.name}.default.svc`,
      "spark.driver.port": "7078",
      "spark.jars": "local:///opt/spark/examples/jars/spark-examples.jar",
      "spark.kubernetes.container.image": "spark:4.0.4",
      "spark.kubernetes.driver.pod.name": "sparkpi-driver",
      "spark.kubernetes.memoryOverheadFactor": "0.1",
      "spark.kubernetes.namespace": "default",
      "spark.kubernetes.resource.type": "java",
      "spark.kubernetes.submission.waitAppCompletion": "false",
      "spark.kubernetes.submitInDriver": "true",
      "spark.master": "k8s://https://kubernetes.default.svc:443",
      "spark.submit.deployMode": "cluster",
      "spark.submit.pyFiles": "",
    }
    for (const [key, value] of Object.entries(expected)) assert.strictEqual(properties.get(key), value, key)
  })

  it("labels pods for Spark and for the operator", () => {
    const { pod, properties } = submit(sparkPi())
    assert.deepStrictEqual(pod.metadata?.labels, {
      [Labels.appName]: "sparkpi",
      [Labels.launchedBy]: "true",
      [Labels.submissionId]: submission.submissionId,
      "spark-version": "4.0.4",
      "spark-app-selector": "spark-0f0e0d0c0b0a89098807060504030201",
      "spark-app-name": "sparkpi",
      "spark-role": "driver",
    })
    const executorLabel = (label: string) => properties.get(`spark.kubernetes.executor.label.${label}`)
    assert.strictEqual(executorLabel(Labels.submissionId), submission.submissionId)
    assert.strictEqual(executorLabel(Labels.appName), "sparkpi")
    assert.strictEqual(executorLabel(Labels.launchedBy), "true")
  })

  it("labels Service and ConfigMaps, and owns everything by the application", () => {
    const { pod, service, configMaps } = submit(sparkPi())
    for (const { metadata } of [service, ...configMaps]) {
      assert.strictEqual(metadata?.labels?.[Labels.appName], "sparkpi")
      assert.strictEqual(metadata?.labels?.[Labels.submissionId], submission.submissionId)
      assert.strictEqual(metadata?.labels?.[Labels.createdBy], "true")
    }
    for (const { metadata } of [pod, service, ...configMaps]) {
      assert.strictEqual(metadata?.namespace, "default")
      assert.deepStrictEqual(metadata?.ownerReferences, [
        {
          apiVersion: "sparkoperator.k8s.io/v1beta2",
          kind: "SparkApplication",
          name: "sparkpi",
          uid: "2f1b8e2a-58cd-4a43-a4f6-5a8d3b4d2c11",
          controller: true,
          blockOwnerDeletion: true,
        },
      ])
    }
  })

  it("makes byte-equal objects for the same resource that is read again", () => {
    const text = (resource: unknown) => JSON.stringify(build(valid(resource), submission, options))
    assert.strictEqual(text(sparkPi()), text(sparkPi()))
    assert.strictEqual(text(python()), text(python()))
  })

  it("does not depend on the order of the configuration, except for the order of variables", () => {
    const text = (sparkConf: object) => submit(application({ sparkConf })).configMaps[0]?.data?.["spark.properties"]
    assert.strictEqual(text({ "spark.a": "1", "spark.b": "2" }), text({ "spark.b": "2", "spark.a": "1" }))
  })

  it("uses different names for each submission, except for the pod", () => {
    const names = (id: string) => {
      const { service, configMaps } = submit(sparkPi(), { ...submission, submissionId: id })
      return [service, ...configMaps].map(({ metadata }) => metadata?.name)
    }
    const all = [...names(submissionId("u", 1)), ...names(submissionId("u", 2))]
    assert.strictEqual(new Set(all).size, 4)
  })

  it("keeps a given submit time where Spark does, and always decides the driver's host", () => {
    const sparkConf = { "spark.app.submitTime": "5", "spark.driver.host": "mine" }
    const properties = (sparkVersion: string) => submit(application({ sparkConf, sparkVersion })).properties
    assert.strictEqual(properties("3.5.1").get("spark.app.submitTime"), "5")
    assert.strictEqual(properties("3.4.4").get("spark.app.submitTime"), String(submission.submittedAt))
    assert.match(properties("3.5.1").get("spark.driver.host") ?? "", /-driver-svc\.default\.svc$/)
  })

  it("uses user, master and further variables from its options", () => {
    const driverEnv = [{ name: "TRACEPARENT", value: "00-1-2-01" }]
    const { container, properties } = submit(sparkPi(), submission, {
      master: "k8s://https://api",
      sparkUser: "alice",
      driverEnv,
    })
    assert.strictEqual(environment(container)[0], "SPARK_USER=alice")
    assert.strictEqual(environment(container).at(-1), "TRACEPARENT=00-1-2-01")
    assert.strictEqual(properties.get("spark.master"), "k8s://https://api")
  })

  it("passes special characters through to the driver", () => {
    const sparkConf = { "spark.x": " a=b: c\t#!\\\né日本 ", "spark.driver.extraJavaOptions": '-Dx="a b" -Dy=c\\d' }
    const { properties } = submit(application({ sparkConf }))
    for (const [key, value] of Object.entries(sparkConf)) assert.strictEqual(properties.get(key), value)
  })

  it("sets the Spark version of the application, for each version that has a profile", () => {
    for (const { minor } of profiles) {
      const { pod } = submit(application({ sparkVersion: `${minor}.1` }))
      assert.strictEqual(pod.metadata?.labels?.["spark-version"], `${minor}.1`)
    }
  })
})
