import { assert, describe, it } from "@effect/vitest"
import { application, assertProblem, environment, python, submit, type Changes } from "../../support/SparkFixture.ts"

const memory = (resource: unknown) => submit(resource).container.resources?.limits?.["memory"]
const ports = (changes: Changes) =>
  (submit(application(changes)).container.ports ?? []).map(({ name, containerPort }) => `${name} ${containerPort}`)

describe("BasicDriver", () => {
  describe("memory", () => {
    it("adds 10 % but at least 384 MiB for Java, 40 % for Python and R", () => {
      assert.strictEqual(memory(application()), "1408Mi")
      assert.strictEqual(memory(python()), "1433Mi")
      assert.strictEqual(memory(application({ type: "R", mainApplicationFile: "local:///a.R" })), "1433Mi")
      assert.strictEqual(memory(application({ driver: { memory: "10g" } })), "11264Mi")
    })

    it("treats a memory overhead of 0m as none", () => {
      assert.strictEqual(memory(application({ driver: { memoryOverhead: "0m" } })), "1024Mi")
    })

    it("uses the driver's own factor for the driver only, and passes the general one to executors", () => {
      const { properties, container } = submit(
        application({ driver: { memory: "4g" }, sparkConf: { "spark.driver.memoryOverheadFactor": "0.5" } }),
      )
      assert.strictEqual(container.resources?.limits?.["memory"], "6144Mi")
      assert.strictEqual(properties.get("spark.kubernetes.memoryOverheadFactor"), "0.1")
    })

    it("writes the factor that executors inherit as Java does", () => {
      const factor = (resource: unknown) => submit(resource).properties.get("spark.kubernetes.memoryOverheadFactor")
      assert.strictEqual(factor(python()), "0.4")
      assert.strictEqual(factor(application({ memoryOverheadFactor: "1" })), "1.0")
    })

    it("lowers the minimum overhead only in versions of Spark that support it", () => {
      const sparkConf = { "spark.driver.minMemoryOverhead": "100m" }
      assert.strictEqual(memory(application({ sparkConf })), "1126Mi")
      assert.strictEqual(memory(application({ sparkConf, sparkVersion: "3.5.1" })), "1408Mi")
    })

    it("also reads the old name of the overhead", () => {
      assert.strictEqual(memory(application({ sparkConf: { "spark.yarn.driver.memoryOverhead": "1" } })), "1025Mi")
    })

    it("refuses sizes below one MiB and negative factors", () => {
      assertProblem(application({ driver: { memory: "1023k" } }), "spec.driver.memory", /at least 1m/)
      const sparkConf = { "spark.kubernetes.memoryOverheadFactor": "-1" }
      assertProblem(application({ sparkConf }), 'spec.sparkConf["spark.kubernetes.memoryOverheadFactor"]', /negative/)
    })
  })

  describe("CPU", () => {
    it("requests the cores, or coreRequest, and limits only if a limit is set", () => {
      assert.deepStrictEqual(submit(application({ driver: { cores: 2 } })).container.resources?.requests?.["cpu"], "2")
      const resources = submit(application({ driver: { coreRequest: "500m", coreLimit: "1200m" } })).container.resources
      assert.strictEqual(resources?.requests?.["cpu"], "500m")
      assert.strictEqual(resources?.limits?.["cpu"], "1200m")
    })

    it("refuses a limit below the request", () => {
      assertProblem(
        application({ driver: { cores: 2, coreLimit: "1" } }),
        "spec.driver",
        /cpu limit 1 is below the request 2/,
      )
    })
  })

  it("limits devices by their vendor, which is required", () => {
    const amount = { "spark.driver.resource.gpu.amount": "2" }
    const sparkConf = { ...amount, "spark.driver.resource.gpu.vendor": "nvidia.com" }
    assert.strictEqual(submit(application({ sparkConf })).container.resources?.limits?.["nvidia.com/gpu"], "2")
    assertProblem(application({ sparkConf: amount }), 'spec.sparkConf["spark.driver.resource.gpu.amount"]', /vendor/)
  })

  it("uses the driver's image in preference to the application's", () => {
    assert.strictEqual(submit(application({ driver: { image: "mine" } })).container.image, "mine")
    assertProblem(
      application({ image: undefined, driver: { image: "mine" } }),
      "spec.image",
      /no image for the executors/,
    )
  })

  it("substitutes the version in image names from 4.1 on", () => {
    const image = "spark:{{SPARK_VERSION}}"
    assert.strictEqual(submit(application({ image, sparkVersion: "4.1.4" })).container.image, "spark:4.1.4")
    assert.strictEqual(submit(application({ image })).container.image, image)
  })

  it("names the ports of the container, the block manager's with the shared key as fallback", () => {
    const sparkConf = { "spark.blockManager.port": "7100", "spark.ui.port": "4050" }
    assert.deepStrictEqual(ports({ sparkConf }), ["driver-rpc-port 7078", "blockmanager 7100", "spark-ui 4050"])
    assert.include(ports({ sparkVersion: "4.1.0" }), "spark-connect 15002")
  })

  it("rejects ports that are not valid", () => {
    for (const port of ["0", "65536", "4040.5", "ui"]) {
      assertProblem(
        application({ sparkConf: { "spark.ui.port": port } }),
        'spec.sparkConf["spark.ui.port"]',
        /from 1 to 65535/,
      )
    }
  })

  it("sets the environment in Spark's order, also empty values", () => {
    const env = environment(submit(application({ driver: { envVars: { A: "1", EMPTY: "" } } })).container)
    assert.deepStrictEqual(env.slice(0, 5), [
      "SPARK_USER=spark",
      "SPARK_APPLICATION_ID=spark-0f0e0d0c0b0a89098807060504030201",
      "A=1",
      "EMPTY=",
      "SPARK_DRIVER_BIND_ADDRESS=status.podIP",
    ])
  })

  it("substitutes the application id in annotations always, in labels from 4.0 on", () => {
    const changes = { driver: { annotations: { a: "{{APP_ID}}-{{EXECUTOR_ID}}" }, labels: { id: "{{APP_ID}}" } } }
    const { metadata } = submit(application(changes)).pod
    assert.strictEqual(metadata?.annotations?.["a"], "spark-0f0e0d0c0b0a89098807060504030201-")
    assert.strictEqual(metadata?.labels?.["id"], "spark-0f0e0d0c0b0a89098807060504030201")
    assertProblem(
      application({ ...changes, sparkVersion: "3.5.1" }),
      "spec.driver.labels.id",
      /not a legal label value/,
    )
  })

  it("selects nodes and the scheduler by Spark's keys, the driver's last", () => {
    const { spec } = submit(
      application({
        sparkConf: {
          "spark.kubernetes.node.selector.a": "1",
          "spark.kubernetes.node.selector.b": "1",
          "spark.kubernetes.driver.node.selector.b": "2",
          "spark.kubernetes.scheduler.name": "yunikorn",
        },
        imagePullSecrets: ["one", "two"],
      }),
    ).pod
    assert.deepStrictEqual(spec?.nodeSelector, { a: "1", b: "2" })
    assert.strictEqual(spec?.schedulerName, "yunikorn")
    assert.deepStrictEqual(spec?.imagePullSecrets, [{ name: "one" }, { name: "two" }])
  })

  it("adds the main jar to the jars, and always has a list of Python files", () => {
    const jars = (resource: unknown) => submit(resource).properties.get("spark.jars")
    const main = "local:///opt/spark/examples/jars/spark-examples.jar"
    assert.strictEqual(jars(application()), main)
    assert.strictEqual(
      jars(application({ deps: { jars: ["s3a://b/a.jar", " local:///b.jar "] } })),
      `s3a://b/a.jar,local:///b.jar,${main}`,
    )
    assert.strictEqual(jars(application({ mainApplicationFile: "spark-internal" })), "")
    assert.isUndefined(jars(python()))
    assert.strictEqual(submit(application()).properties.get("spark.submit.pyFiles"), "")
  })
})
