import { assert, describe, it } from "@effect/vitest"
import { Environment } from "@marcbachmann/cel-js"
import { sparkConnectCrd } from "../../../src/api/connect/CustomResource.ts"
import { readSparkConnect } from "../../../src/api/connect/SparkConnect.ts"
import { yaml } from "../../../src/api/schema/Crd.ts"
import { children, type Node, nodes, notStructural, pruned } from "../../support/StructuralRules.ts"

const version = sparkConnectCrd.spec.versions[0]!
const schema = version.schema.openAPIV3Schema as Node
const all = nodes(schema)
const at = (path: string) => all.find(([name]) => name === path)![1]

const everyKubeflowField = {
  apiVersion: "sparkoperator.k8s.io/v1alpha1",
  kind: "SparkConnect",
  metadata: {},
  spec: {
    sparkVersion: "4.0.1",
    image: "spark:4.0.1",
    hadoopConf: { "fs.s3a.endpoint": "minio:9000" },
    sparkConf: { "spark.sql.shuffle.partitions": "8" },
    server: {
      cores: 1,
      memory: "1g",
      template: { metadata: { labels: { team: "a" } }, spec: { containers: [{ name: "x", unknown: 1 }] } },
      service: { metadata: { name: "s" }, spec: { type: "LoadBalancer" } },
    },
    executor: { cores: 1, memory: "512m", instances: 0, template: { spec: { containers: [] } } },
    dynamicAllocation: {
      enabled: true,
      initialExecutors: 1,
      minExecutors: 0,
      maxExecutors: 4,
      shuffleTrackingEnabled: true,
      shuffleTrackingTimeout: 1000,
    },
  },
  status: {
    state: "Ready",
    conditions: [
      {
        type: "ServerPodReady",
        status: "True",
        lastTransitionTime: "2026-01-01T00:00:00Z",
        reason: "ServerPodReady",
        message: "ready",
      },
    ],
    server: { podName: "a-server", podIp: "10.0.0.1", serviceName: "a-server" },
    executors: { running: 1 },
    startTime: "2026-01-01T00:00:00Z",
    lastUpdateTime: "2026-01-01T00:00:00Z",
  },
}

const connect = (spec: object, name = "analysts") => ({
  metadata: { name, namespace: "default", uid: "u" },
  spec: { sparkVersion: "4.1.0", server: {}, executor: {}, ...spec },
})
const problemsOf = (spec: object, name?: string) =>
  readSparkConnect(connect(spec, name)).problems.map(({ field, message }) => `${field}: ${message}`)

/** Whether each CEL rule of the spec holds. */
const environment = new Environment({ unlistedVariablesAreDyn: true })
const toCel = (value: unknown): unknown =>
  typeof value === "number"
    ? BigInt(value)
    : typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toCel(inner)]))
      : value
const brokenRules = (spec: object) =>
  (at(".spec")["x-kubernetes-validations"] as ReadonlyArray<{ rule: string; message: string }>)
    .filter(({ rule }) => environment.evaluate(rule, { self: toCel(connect(spec).spec) }) !== true)
    .map(({ message }) => message)

describe("the CRD of SparkConnect", () => {
  it("is small enough for kubectl apply, which keeps a copy in an annotation of at most 256 KiB", () => {
    assert.isBelow(Buffer.byteLength(yaml(sparkConnectCrd)), 256 * 1024)
  })

  it("is structural, and describes every field for kubectl explain", () => {
    assert.deepStrictEqual(notStructural(schema), [])
    const silent = all
      .filter(([path]) => path !== "" && path !== ".metadata" && !/(\[\]|\{\})$/.test(path))
      .filter(([, node]) => !/^\S.*[a-zA-Z0-9.]$/.test(String(node["description"] ?? "")))
    assert.deepStrictEqual(
      silent.map(([path]) => path),
      [],
    )
  })

  it("keeps every field of kubeflow's operator, its short name and its columns", () => {
    assert.deepStrictEqual(pruned(schema, everyKubeflowField), [])
    assert.deepStrictEqual(sparkConnectCrd.spec.names.shortNames, ["sparkconn"])
    assert.deepStrictEqual(
      version.additionalPrinterColumns.slice(0, 3).map(({ name, jsonPath }) => `${name} ${jsonPath}`),
      ["Age .metadata.creationTimestamp", "Status .status.state", "PodName .status.server.podName"],
    )
  })

  it("requires exactly what kubeflow's requires", () => {
    assert.deepStrictEqual(at(".spec")["required"], ["sparkVersion", "server", "executor"])
    assert.deepStrictEqual(problemsOf({}), [])
  })

  it("adds access, policies and what a server shares with an application", () => {
    const added = children(at(".spec")).flatMap(([name]) => (name in everyKubeflowField.spec ? [] : [name]))
    assert.deepStrictEqual(added, [
      "imagePullPolicy",
      "imagePullSecrets",
      "deps",
      "suspend",
      "updateStrategy",
      "restart",
      "idle",
      "auth",
      "healthChecks",
      "monitoring",
      "telemetry",
      "batchScheduler",
      "batchSchedulerOptions",
    ])
  })
})

describe("a SparkConnect", () => {
  it.each([
    ["auth", { auth: { mode: "None", secretName: "s" } }, /secretName has no effect with mode None; set mode to Token/],
    ["executor", { executor: { instances: 0 } }, /instances is 0 without dynamic allocation/],
    [
      "executor",
      { executor: { instances: 5 }, dynamicAllocation: { enabled: true, maxExecutors: 4 } },
      /more than dynamicAllocation.maxExecutors/,
    ],
  ] as const)("with a contradiction in %s is refused by the API server and by the operator", (field, spec, message) => {
    const found = problemsOf(spec)
    assert.strictEqual(found.length, 1)
    assert.isTrue(found[0]!.startsWith(`spec.${field}: `), found[0])
    assert.match(found[0]!, message)
    assert.deepStrictEqual(brokenRules(spec).length, 1)
  })

  it("may start with no executor if dynamic allocation adds them", () => {
    const spec = { executor: { instances: 0 }, dynamicAllocation: { enabled: true } }
    assert.deepStrictEqual([problemsOf(spec), brokenRules(spec)], [[], []])
  })

  it("has a name that leaves room for -server in the name of its Service", () => {
    assert.deepStrictEqual(problemsOf({}, "a".repeat(56)), [])
    assert.match(problemsOf({}, "a".repeat(57))[0] ?? "", /^metadata.name: .* at most 56 /)
  })
})
