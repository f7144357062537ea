import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Environment } from "@marcbachmann/cel-js"
import { Result } from "effect"
import { parse } from "yaml"
import { sparkApplicationCrd } from "../../../src/api/application/CustomResource.ts"
import { decodeSparkApplication } from "../../../src/api/application/Decode.ts"
import { forbiddenKeys } from "../../../src/api/pod/ForbiddenKeys.ts"
import { yaml } from "../../../src/api/schema/Crd.ts"
import { generatedFiles } from "../../../tools/CrdFiles.ts"
import { everyField } from "../../support/EveryField.ts"
import { children, type Node, nodes, notStructural, pruned } from "../../support/StructuralRules.ts"

const root = resolve(import.meta.dirname, "../../..")
const version = sparkApplicationCrd.spec.versions[0]!
const schema = version.schema.openAPIV3Schema as Node
const all = nodes(schema)
const at = (path: string) => all.find(([name]) => name === path)![1]

const environment = new Environment({ unlistedVariablesAreDyn: true })
const rules = all.flatMap(([path, node]) =>
  (
    (node["x-kubernetes-validations"] ?? []) as ReadonlyArray<{
      rule: string
      message?: string
      messageExpression?: string
    }>
  ).map((rule) => ({ ...rule, path })),
)

/** Numbers of CEL are int64, numbers of JSON are not. */
const toCel = (value: unknown): unknown =>
  typeof value === "number"
    ? BigInt(value)
    : Array.isArray(value)
      ? value.map(toCel)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toCel(inner)]))
        : value

/** The rules at `path` that `self` breaks, by their message. */
const broken = (path: string, self: object) =>
  rules
    .filter((rule) => rule.path === path && environment.evaluate(rule.rule, { self: toCel(self) }) !== true)
    .map(({ message, messageExpression = "" }) =>
      String(message ?? environment.evaluate(messageExpression, { self: toCel(self) })),
    )

describe("the CRD of SparkApplication", () => {
  it.each(generatedFiles().map((file) => [file.path, file.content] as const))(
    "is up to date in %s",
    (path, content) => {
      assert.strictEqual(readFileSync(join(root, path), "utf8"), content, "run `npm run generate`")
    },
  )

  it("is small enough for kubectl apply, which keeps a copy in an annotation of at most 256 KiB", () => {
    assert.isBelow(Buffer.byteLength(yaml(sparkApplicationCrd)), 256 * 1024)
  })

  it("is the same in YAML as in code, and always the same text", () => {
    assert.deepStrictEqual(parse(yaml(sparkApplicationCrd)), JSON.parse(JSON.stringify(sparkApplicationCrd)))
    assert.strictEqual(yaml(sparkApplicationCrd), yaml(sparkApplicationCrd))
  })

  it("is structural", () => {
    assert.deepStrictEqual(notStructural(schema), [])
  })

  it("describes every field for kubectl explain, in a sentence", () => {
    const silent = all
      .filter(([path]) => path !== "" && path !== ".metadata" && !/(\[\]|\{\})$/.test(path))
      .filter(([, node]) => !/^\S.*[a-zA-Z0-9.]$/.test(String(node["description"] ?? "")))
    assert.deepStrictEqual(
      silent.map(([path]) => path),
      [],
    )
  })

  it("has patterns that mean the same in Go's regular expressions as in JavaScript's", () => {
    const patterns = all.flatMap(([, node]) => (node["pattern"] === undefined ? [] : [String(node["pattern"])]))
    for (const pattern of new Set(patterns)) {
      assert.match(pattern, /^\^.*\$$/, "anchored")
      assert.notMatch(pattern, /\(\?|\\[a-zA-Z1-9]/, "no look-around, classes or back references")
    }
  })

  it("keeps every field of kubeflow's operator", () => {
    assert.deepStrictEqual(pruned(schema, everyField), [".metadata.name", ".metadata.namespace", ".metadata.uid"])
  })

  it("adds only deadlines, the choice of a submitter, telemetry and health checks to kubeflow's spec", () => {
    const added = (path: string, used: object) =>
      children(at(path)).flatMap(([name]) => (name in used ? [] : [`${path}.${name}`]))
    const { spec } = everyField
    assert.deepStrictEqual(
      [
        // kubeflow's spec.nodeSelector excludes those of driver and executor, which the manifest uses.
        ...added(".spec", { ...spec, nodeSelector: {} }),
        // podTemplate is another spelling of kubeflow's template, and excludes it.
        ...added(".spec.driver", { ...spec.driver, podTemplate: {} }),
        ...added(".spec.executor", { ...spec.executor, podTemplate: {} }),
        ...added(".spec.deps", spec.deps),
        ...added(".spec.restartPolicy", spec.restartPolicy),
        ...added(".spec.monitoring", spec.monitoring),
        ...added(".spec.monitoring.prometheus", spec.monitoring.prometheus),
        ...added(".spec.dynamicAllocation", spec.dynamicAllocation),
        ...added(".spec.sparkUIOptions", spec.sparkUIOptions),
        ...added(".spec.driverIngressOptions.[]", spec.driverIngressOptions[0]!),
        ...added(".spec.batchSchedulerOptions", spec.batchSchedulerOptions),
      ],
      [".spec.deadlines", ".spec.submission", ".spec.healthChecks", ".spec.telemetry"],
    )
  })

  it("keeps kubeflow's names and printer columns, and adds to kubectl get -o wide only", () => {
    const { group, names } = sparkApplicationCrd.spec
    assert.deepStrictEqual(
      [group, version.name, names.plural, names.shortNames],
      ["sparkoperator.k8s.io", "v1beta2", "sparkapplications", ["sparkapp"]],
    )
    const shown = version.additionalPrinterColumns.filter((column) => !("priority" in column))
    assert.deepStrictEqual(
      shown.map(({ name, type, jsonPath }) => `${name} ${type} ${jsonPath}`),
      [
        "Suspend boolean .spec.suspend",
        "Status string .status.applicationState.state",
        "Attempts string .status.executionAttempts",
        "Start string .status.lastSubmissionAttemptTime",
        "Finish string .status.terminationTime",
        "Age date .metadata.creationTimestamp",
      ],
    )
  })

  it("sets only those defaults that kubeflow's webhook always sets", () => {
    const defaults = all
      .filter(([, node]) => node["default"] !== undefined)
      .map(([path, node]) => [path, node["default"]])
    assert.deepStrictEqual(defaults, [
      [".spec.mode", "cluster"],
      [".spec.restartPolicy.type", "Never"],
    ])
  })

  it("lists conditions by type, and allows null times where kubeflow writes null", () => {
    assert.deepStrictEqual(at(".status.conditions")["x-kubernetes-list-map-keys"], ["type"])
    assert.strictEqual(at(".status.lastSubmissionAttemptTime")["nullable"], true)
    assert.strictEqual(at(".status.terminationTime")["nullable"], true)
  })

  it("has rules whose cost does not depend on the size of what users write", () => {
    // Over a list in the rule itself, the cost is known.
    for (const { rule } of rules) assert.notMatch(rule, /(?<!\])\.(all|exists|exists_one|map|filter)\(/)
  })
})

describe("rules over several fields", () => {
  const { metadata } = everyField
  const minimal = {
    type: "Java",
    mainClass: "x.Main",
    sparkVersion: "4.0.1",
    mainApplicationFile: "local:///a.jar",
    driver: {},
    executor: {},
  }
  const messages = (spec: object) =>
    Result.match(decodeSparkApplication({ metadata, spec }), {
      onFailure: (problems) => problems.map(({ message }) => message),
      onSuccess: () => [],
    })

  it.each([
    {},
    { enabled: true },
    { enabled: true, minExecutors: 0, maxExecutors: 1 },
    { enabled: true, minExecutors: 3, maxExecutors: 3, initialExecutors: 9 },
    { enabled: true, minExecutors: 4, maxExecutors: 3 },
    { enabled: true, maxExecutors: 0 },
    { enabled: true, minExecutors: -1 },
    { enabled: true, minExecutors: -1, maxExecutors: -2 },
    { enabled: false, minExecutors: 4, maxExecutors: 3 },
    { minExecutors: 4, maxExecutors: 0 },
  ])("of dynamic allocation are the same for the API server and the operator: %j", (dynamicAllocation) => {
    assert.deepStrictEqual(
      messages({ ...minimal, dynamicAllocation }),
      broken(".spec.dynamicAllocation", dynamicAllocation),
    )
  })

  it.each([
    {},
    { nodeSelector: { a: "b" } },
    { driver: { nodeSelector: { a: "b" } }, executor: { nodeSelector: { a: "b" } } },
    { nodeSelector: { a: "b" }, driver: { nodeSelector: { a: "b" } } },
    { nodeSelector: { a: "b" }, executor: { nodeSelector: {} } },
  ])("of node selectors are the same for the API server and the operator: %j", (fields) => {
    const spec = { ...minimal, ...fields }
    assert.deepStrictEqual(messages(spec), broken(".spec", spec))
  })

  it.each([
    {},
    { template: {} },
    { podTemplate: { spec: { runtimeClassName: "gvisor" } } },
    { template: {}, podTemplate: {} },
    { template: { spec: {} }, podTemplate: { spec: {} } },
  ])("of pod templates are the same for the API server and the operator: %j", (role) => {
    assert.deepStrictEqual(messages({ ...minimal, driver: role }), broken(".spec.driver", role))
    assert.deepStrictEqual(messages({ ...minimal, executor: role }), broken(".spec.executor", role))
  })

  it.each([
    {},
    { target: "ui" },
    { httpGet: { port: 4040 }, periodSeconds: 5 },
    { target: "ui", tcpSocket: { port: 4040 } },
    { httpGet: { port: 4040 }, exec: { command: ["true"] } },
    { grpc: { port: 15002 }, tcpSocket: { port: 15002 } },
  ])("of probes are the same for the API server and the operator: %j", (liveness) => {
    assert.deepStrictEqual(
      messages({ ...minimal, healthChecks: { driver: { liveness } } }),
      broken(".spec.healthChecks.driver.liveness", liveness),
    )
  })

  it.each([
    ["pi", true],
    ["a".repeat(63), true],
    ["a".repeat(64), false],
    ["1pi", false],
    ["pi.daily", false],
    ["pi-", false],
  ])("refuse or accept the name %s alike, but let the operator report about an old object", (name, legal) => {
    const application = { metadata: { name, namespace: "default", uid: "u" }, spec: minimal }
    assert.strictEqual(Result.isSuccess(decodeSparkApplication(application)), legal)
    assert.strictEqual(broken("", application).length === 0, legal)
    assert.deepStrictEqual(broken("", { ...application, status: {} }), [])
  })

  it.each([
    [{}, true],
    [{ mode: "cluster" }, true],
    [{ mode: "client" }, false],
    [{ mainClass: undefined }, false],
    [{ mainClass: "", type: "Scala" }, false],
    [{ mainClass: undefined, mainApplicationFile: "s3a://bucket/a.jar" }, true],
    [{ mainClass: undefined, type: "Python", mainApplicationFile: "local:///a.py" }, true],
  ])("let the API server refuse what cannot be submitted: %j", (fields, legal) => {
    assert.strictEqual(broken(".spec", JSON.parse(JSON.stringify({ ...minimal, ...fields }))).length === 0, legal)
  })

  it("let the API server reject Spark properties that a field determines", () => {
    for (const key of forbiddenKeys) {
      const [message = "", ...others] = broken(".spec.sparkConf", { [key]: "x" })
      assert.deepStrictEqual(others, [])
      assert.isTrue(message.startsWith(`${key} is not allowed in sparkConf; use image,`), message)
    }
    assert.deepStrictEqual(broken(".spec.sparkConf", { "spark.ui.port": "4041" }), [])
  })

  it("are attached to objects that the schema declares", () => {
    const probes = ["driver", "executor"].flatMap((role) =>
      ["startup", "readiness", "liveness"].map((kind) => `.spec.healthChecks.${role}.${kind}`),
    )
    assert.deepStrictEqual(
      [...new Set(rules.map(({ path }) => path))].toSorted(),
      [
        "",
        ".spec",
        ".spec.sparkConf",
        ".spec.driver",
        ".spec.executor",
        ".spec.dynamicAllocation",
        ...probes,
      ].toSorted(),
    )
    assert.include(
      children(at(".spec")).map(([name]) => name),
      "dynamicAllocation",
    )
  })
})
