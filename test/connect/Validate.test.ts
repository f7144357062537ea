import { assert, describe, it } from "@effect/vitest"
import { connect, problems, valid } from "../support/ConnectFixture.ts"

type Spec = Readonly<Record<string, unknown>>

const conf = (key: string, value = "1"): Spec => ({ sparkConf: { [key]: value } })

const mistakes: ReadonlyArray<readonly [title: string, spec: Spec, field: string, message: RegExp]> = [
  [
    "no image anywhere",
    { image: undefined },
    "spec.image",
    /no image; set spec\.image, or the image of the Spark container/,
  ],
  ["a host", conf("spark.driver.host"), 'spec.sparkConf["spark.driver.host"]', /remove this key/],
  ["a bind address", conf("spark.driver.bindAddress"), 'spec.sparkConf["spark.driver.bindAddress"]', /remove this key/],
  ["a port", conf("spark.driver.port", "7000"), 'spec.sparkConf["spark.driver.port"]', /remove this key/],
  [
    "a port of blocks",
    conf("spark.driver.blockManager.port", "7000"),
    'spec.sparkConf["spark.driver.blockManager.port"]',
    /remove this key/,
  ],
  [
    "a pod name",
    conf("spark.kubernetes.driver.pod.name", "x"),
    'spec.sparkConf["spark.kubernetes.driver.pod.name"]',
    /remove this key/,
  ],
  [
    "a token in a property",
    conf("spark.connect.authenticate.token", "x"),
    'spec.sparkConf["spark.connect.authenticate.token"]',
    /set spec\.auth\.mode to Token/,
  ],
  ["a Secret with mode None", { auth: { mode: "None", secretName: "s" } }, "spec.auth", /set mode to Token or remove/],
  [
    "a Service without a name",
    { server: { service: { spec: { type: "LoadBalancer" } } } },
    "spec.server.service.metadata.name",
    /use analysts-server/,
  ],
  [
    "more executors at first than at most",
    { executor: { instances: 3 }, dynamicAllocation: { enabled: true, maxExecutors: 2 } },
    "spec.executor",
    /executor\.instances is more than dynamicAllocation\.maxExecutors; .*lower it or remove it/,
  ],
  ["no executors", { executor: { instances: 0 } }, "spec.executor", /at least 1 or set dynamicAllocation/],
  [
    "Spark 3.5 without the jar",
    { sparkVersion: "3.5.6" },
    "spec.sparkVersion",
    /add org\.apache\.spark:spark-connect_2\.12:3\.5\.6 to spec\.deps\.packages, .*or use an image that has the jar/,
  ],
  ["Spark 3.3", { sparkVersion: "3.3.2" }, "spec.sparkVersion", /has no Connect server; use 4\.0 or later/],
  ["an unknown Spark", { sparkVersion: "9.9.9" }, "spec.sparkVersion", /is not supported; use a version of .*4\.3/],
  [
    "a token before Spark 4.0",
    {
      sparkVersion: "3.5.6",
      deps: { packages: ["org.apache.spark:spark-connect_2.12:3.5.6"] },
      auth: { mode: "Token" },
    },
    "spec.auth.mode",
    /does not check tokens/,
  ],
  ["too little memory", { server: { memory: "1.5g" } }, "spec.server.memory", /is not a Spark memory size/],
  [
    "a service account as property",
    conf("spark.kubernetes.authenticate.driver.serviceAccountName", "x"),
    'spec.sparkConf["spark.kubernetes.authenticate.driver.serviceAccountName"]',
    /use spec\.server\.template\.spec\.serviceAccountName/,
  ],
  [
    "a template that is not one",
    { server: { template: { spec: { containers: "x" } } } },
    "spec.server.template.spec.containers",
    /./,
  ],
]

describe("a SparkConnect with a mistake", () => {
  it.each(mistakes)("%s: is refused with the field and the remedy", (_title, spec, field, message) => {
    const found = problems(connect(spec))
    assert.deepStrictEqual(
      found.map((one) => one.field),
      [field],
      JSON.stringify(found),
    )
    assert.match(found[0]!.message, message)
    assert.notMatch(JSON.stringify(found), /spec\.driver|spec\.submission/)
  })

  it("whose name is too long for its Service is refused", () => {
    assert.deepStrictEqual(
      problems(connect({}, { name: "a".repeat(57) })).map(({ field }) => field),
      ["metadata.name"],
    )
  })
})

describe("a SparkConnect that can be started", () => {
  it.each(["4.0.1", "4.1.1", "4.2.0", "4.3.0"])("with Spark %s has no warnings", (sparkVersion) => {
    assert.deepStrictEqual(valid(connect({ sparkVersion })).warnings, [])
  })

  it.each([
    { deps: { packages: ["org.apache.spark:spark-connect_2.12:3.5.6"] } },
    { sparkConf: { "spark.jars.packages": "org.apache.spark:spark-connect_2.12:3.5.6" } },
    { deps: { jars: ["local:///opt/spark/jars/spark-connect_2.12-3.5.6.jar"] } },
  ])("with Spark 3.5 and the jar of the server: %j", (spec) => {
    assert.deepStrictEqual(problems(connect({ sparkVersion: "3.5.6", ...spec })), [])
  })

  it("with one image in the template of the server is valid for both, as with kubeflow's operator", () => {
    const template = { spec: { containers: [{ name: "spark-kubernetes-driver", image: "own:1" }] } }
    const { conf } = valid(connect({ image: undefined, server: { template } }))
    const image = (role: string) => conf.get(`spark.kubernetes.${role}.container.image`)?.value
    assert.deepStrictEqual([image("driver"), image("executor")], ["own:1", "own:1"])
  })

  const warned = (spec: Spec) => valid(connect(spec)).warnings.map(({ field, message }) => `${field}: ${message}`)

  it("is warned of a field that does not exist", () => {
    assert.match(warned({ servre: {} })[0] ?? "", /^spec\.servre: is not a known field/)
  })

  it("causes a warning where idleness cannot be distinguished from an open session", () => {
    assert.match(warned({ idle: { timeoutSeconds: 60 } })[0] ?? "", /^spec\.idle: Spark 4\.1\.1 does not report/)
    assert.deepStrictEqual(warned({ sparkVersion: "4.3.0", idle: { timeoutSeconds: 60 } }), [])
  })

  it("is warned of memory in a template that has no effect", () => {
    const resources = { limits: { memory: "8Gi" } }
    const template = { spec: { containers: [{ name: "spark-kubernetes-driver", resources }] } }
    const unset = /^spec\.server\.template: .*set spec\.server\.memory/
    assert.isTrue(warned({ server: { template } }).some((warning) => unset.test(warning)))
    assert.isFalse(warned({ server: { template, memory: "7g" } }).some((warning) => unset.test(warning)))
  })
})
