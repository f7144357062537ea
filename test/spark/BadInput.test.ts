/** Mistakes of users, and what is reported before anything is created. */

import { assert, describe, it } from "@effect/vitest"
import { application, type Changes, problems, submit, valid } from "../support/SparkFixture.ts"

const complaints = (changes: Changes, metadata = {}) =>
  problems(application(changes, metadata)).map(({ field, message }) => `${field}: ${message}`)
const conf = (key: string, value: string) => ({ sparkConf: { [key]: value } })

describe("bad input", () => {
  it.each([
    [
      "a fraction of memory",
      { driver: { memory: "1.5g" } },
      /^spec.driver.memory: "1.5g" is not a Spark memory size; .*1536m/,
    ],
    ["no memory", { executor: { memory: "0" } }, /^spec.executor.memory: an executor needs at least 1m/],
    [
      "Kubernetes' unit of memory",
      { driver: { memory: "1Gi" } },
      /^spec.driver.memory: "1Gi" is not a Spark memory size/,
    ],
    ["a fraction of memory in sparkConf", conf("spark.driver.memory", "1.5g"), /"1.5g" is not a Spark memory size/],
    [
      "a number of cores below one",
      { driver: { cores: 0 } },
      /^spec.driver.cores: 0 is not a whole number of at least 1/,
    ],
    [
      "two volumes of one name",
      {
        volumes: [
          { name: "a", emptyDir: {} },
          { name: "a", emptyDir: {} },
        ],
      },
      /^spec.volumes\[1\].name: there are two volumes "a"/,
    ],
    [
      "a mount without a volume",
      { executor: { volumeMounts: [{ name: "data", mountPath: "/data" }] } },
      /^spec.executor.volumeMounts\[0\].name: there is no volume "data"/,
    ],
    [
      "a port out of range",
      { driver: { ports: [{ name: "a", protocol: "TCP", containerPort: 70000 }] } },
      /^spec.driver.ports\[0\].containerPort: 70000 is not a whole number from 1 to 65535/,
    ],
    [
      "a port out of range in sparkConf",
      conf("spark.ui.port", "65536"),
      /"65536" is not a whole number from [01] to 65535/,
    ],
    ["a jar without a main class", { mainClass: undefined }, /^spec.mainClass: .*needs its main class/],
    [
      "files here and there",
      { deps: { jars: ["local:///a.jar", "s3a://bucket/b.jar", "/c.jar", "file:///d.jar"] } },
      /^spec.deps.jars: "\/c.jar" .*submitting machine.*\nspec.deps.jars: "file:\/\/\/d.jar"/,
    ],
    ["a file that is not there", { mainApplicationFile: "/app.jar" }, /^spec.mainApplicationFile: .*use local:\/\//],
    [
      "an image that is not given",
      { image: undefined },
      /^spec.image: there is no image for the driver.*\n.*executors/,
    ],
    [
      "a master in sparkConf",
      conf("spark.master", "local[*]"),
      /^spec.sparkConf\["spark.master"\]: the operator decides where the application runs/,
    ],
    [
      "a template that is no pod",
      { driver: { template: { spec: { containers: "none" } } } },
      /spec.containers: must be a list/,
    ],
    [
      "off-heap memory without a size",
      conf("spark.memory.offHeap.enabled", "true"),
      /^spec.sparkConf\["spark.memory.offHeap.size"\]: off-heap memory is enabled/,
    ],
    [
      "a device without its maker",
      conf("spark.executor.resource.gpu.amount", "1"),
      /^spec.sparkConf\["spark.executor.resource.gpu.amount"\]: Spark also needs spark.executor.resource.gpu.vendor/,
    ],
    [
      "no GPU",
      { driver: { gpu: { name: "nvidia.com/gpu", quantity: 0 } } },
      /^spec.driver.gpu.quantity: 0 is not a whole number/,
    ],
    [
      "a negative grace period",
      { driver: { terminationGracePeriodSeconds: -1 } },
      /terminationGracePeriodSeconds: -1 is not/,
    ],
  ] as const)("%s is refused", (_, changes, message) => {
    assert.match(complaints(changes as Changes).join("\n"), message)
  })

  it.each(["1pi", "pi.daily", "Pi", "π", "naïve", "pi-", "a".repeat(64), ""])("the name %j is refused", (name) => {
    assert.match(complaints({}, { name }).join(), /^metadata.name: .* is not an application name/)
  })

  it.each(["pi2", "a".repeat(63), "x--y"])("the name %j is valid", (name) => {
    assert.deepStrictEqual(complaints({}, { name }), [])
  })

  it("is reported all at once, what the schema detects and what only Spark would detect", () => {
    const found = complaints({
      mainClass: undefined,
      driver: { memory: "1.5g", volumeMounts: [{ name: "x", mountPath: "/x" }] },
      executor: { cores: 0 },
      sparkConf: { "spark.master": "yarn", "spark.driver.port": "no" },
    }).map((complaint) => complaint.split(": ")[0])
    assert.deepStrictEqual(found.toSorted(), [
      "spec.driver.memory",
      "spec.driver.volumeMounts[0].name",
      "spec.executor.cores",
      "spec.mainClass",
      'spec.sparkConf["spark.driver.port"]',
      'spec.sparkConf["spark.master"]',
    ])
  })

  it("of the wrong type is rejected before anything else is checked", () => {
    assert.deepStrictEqual(complaints({ mainClass: undefined, driver: { memory: 4 } }), [
      "spec.driver.memory: expected a string, got 4; put it in quotes",
    ])
  })

  it("does not include a template without containers: the Spark container is added", () => {
    for (const template of [{}, { spec: {} }, { spec: { containers: [] } }, { metadata: { labels: { a: "b" } } }]) {
      const { pod } = submit(application({ driver: { template } }))
      assert.deepStrictEqual(
        pod.spec?.containers.map(({ name }) => name),
        ["spark-kubernetes-driver"],
      )
    }
  })

  it("memory too small for Spark causes a warning, in any unit", () => {
    const warned = (memory: string) => valid(application({ driver: { memory } })).warnings.map(({ field }) => field)
    for (const memory of ["1024kb", "100m", "449"]) assert.deepStrictEqual(warned(memory), ["spec.driver.memory"])
    assert.deepStrictEqual(warned("450m"), [])
    const sparkConf = { "spark.testing.reservedMemory": "1" }
    assert.deepStrictEqual(valid(application({ sparkConf, executor: { memory: "256m" } })).warnings, [])
  })

  it("an unknown field causes a warning", () => {
    const { warnings } = valid(application({ driver: { core: 2 } }))
    assert.match(`${warnings[0]?.field}: ${warnings[0]?.message}`, /^spec.driver.core: is not a known field/)
  })
})
