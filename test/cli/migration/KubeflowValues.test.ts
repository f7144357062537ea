import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { parse } from "yaml"
import { checkValues } from "../../../src/cli/migration/KubeflowValues.ts"
import { formerValues, valueTable } from "../../../src/cli/migration/ValueTable.ts"
import { settingsFlags } from "../../../src/settings/Settings.ts"

const root = join(import.meta.dirname, "../../..")
const chart: unknown = parse(readFileSync(join(root, "charts/firesteel/values.yaml"), "utf8"))

const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], value)

describe("the table of values", () => {
  it.each(valueTable.filter(({ to }) => to !== undefined))("$from becomes $to, which the chart has", ({ to }) => {
    assert.isDefined(at(chart, to!))
  })

  it("explains every value without an equivalent, and names each once", () => {
    assert.deepStrictEqual(
      valueTable.filter(({ to, why }) => to === undefined && !why),
      [],
    )
    assert.strictEqual(new Set(valueTable.map(({ from }) => from)).size, valueTable.length)
  })

  it("contains every value that both charts have", () => {
    const twins = valueTable.filter(({ from, to }) => to === undefined && at(chart, from) !== undefined)
    assert.deepStrictEqual(
      twins.map(({ from }) => from),
      ["image.registry", "image.repository", "image.tag"],
      "all but the image, which is each chart's own",
    )
  })

  it("names settings that the operator has", () => {
    for (const { setting } of valueTable) if (setting !== undefined) assert.property(settingsFlags, setting)
  })

  it("maps every value of the charts 1.x into the table", () => {
    const known = valueTable.map(({ from }) => from)
    const lost = Object.values(formerValues).filter(
      (path) => !known.some((from) => path === from || path.startsWith(`${from}.`) || from.startsWith(`${path}.`)),
    )
    assert.deepStrictEqual(lost, [])
  })

  it("lists the defaults that differ", () => {
    const { values } = checkValues({})
    assert.deepStrictEqual(values, {
      spark: { jobNamespaces: ["default"] },
      prometheus: { metrics: { labels: "app_type" } },
    })
    for (const { to, implied } of valueTable) {
      if (implied !== undefined && to !== undefined) assert.notDeepEqual(at(chart, to), implied)
    }
  })
})

describe("a file of values", () => {
  const everything = {
    spark: { jobNamespaces: [""], serviceAccount: { name: "spark" } },
    prometheus: { metrics: { labels: "team" } },
  }
  const told = (values: Record<string, unknown>) =>
    checkValues(values).findings.map(({ severity, field }) => `${severity} ${field}`)

  it("becomes values of this chart, with lists and maps whole", () => {
    const { values, findings } = checkValues({
      ...everything,
      commonLabels: { team: "data" },
      controller: { tolerations: [{ operator: "Exists" }], logLevel: "debug" },
    })
    assert.deepStrictEqual(findings, [])
    assert.deepStrictEqual(values, {
      ...everything,
      commonLabels: { team: "data" },
      controller: { tolerations: [{ operator: "Exists" }], logLevel: "debug" },
    })
  })

  it("with an unknown value is reported with a question about its meaning", () => {
    const { findings } = checkValues({ ...everything, controller: { wrokers: 3 }, nonsense: 1 })
    assert.deepStrictEqual(
      findings.map(({ severity, field }) => [severity, field]),
      [
        ["warning", "controller.wrokers"],
        ["warning", "nonsense"],
      ],
    )
    assert.include(findings[0]?.message, "did you mean controller.workers?")
  })

  it("gets a warning for values that are missing here, a remark for those not needed, and nothing for empty ones", () => {
    assert.deepStrictEqual(
      told({
        ...everything,
        webhook: { enable: true, port: 9443, resourceQuotaEnforcement: { enable: true } },
        controller: { sidecars: [], replicas: 2, pprof: { enable: true }, kubeAPIQPS: 20 },
        labelSelectorFilter: "team=data",
        certManager: { enable: false },
      }),
      [
        "note webhook",
        "warning webhook.resourceQuotaEnforcement.enable",
        "note controller.pprof",
        "note controller.kubeAPIQPS",
        "warning labelSelectorFilter",
      ],
    )
  })

  it("may have empty values, and an empty list of namespaces for all of them", () => {
    const { values, findings, flags } = checkValues({
      controller: { tolerations: [], resources: {}, priorityClassName: "" },
      spark: { jobNamespaces: [], serviceAccount: { name: "" } },
      prometheus: { metrics: { labels: "" }, podMonitor: { create: false, jobLabel: "x" } },
    })
    assert.deepStrictEqual(values, {
      spark: { jobNamespaces: [""] },
      prometheus: { metrics: { labels: "app_type" }, podMonitor: { create: false } },
    })
    assert.isTrue(findings.every(({ severity }) => severity === "note"))
    assert.include(flags, "--namespaces=")
  })

  it("keeps a selector of namespaces, with which an empty list means none but those", () => {
    const selected = (jobNamespaces?: ReadonlyArray<string>) => {
      const spark = { jobNamespaceSelector: "team=a", ...(jobNamespaces && { jobNamespaces }) }
      const { values, flags } = checkValues({ ...everything, spark })
      return [values["spark"], flags.filter((flag) => flag.startsWith("--namespace"))]
    }
    const jobNamespaceSelector = "team=a"
    assert.deepStrictEqual(selected([]), [
      { jobNamespaceSelector, jobNamespaces: [] },
      ["--namespaces=", "--namespace-selector=team=a"],
    ])
    assert.deepStrictEqual(selected(["b"])[1], ["--namespaces=b", "--namespace-selector=team=a"])
    assert.deepStrictEqual(selected([""]), [
      { jobNamespaceSelector, jobNamespaces: [""] },
      ["--namespaces=", "--namespace-selector="],
    ])
    // kubeflow's default is the namespace default, and the selected ones besides.
    assert.deepStrictEqual(selected(), [
      { jobNamespaceSelector, jobNamespaces: ["default"] },
      ["--namespaces=default", "--namespace-selector=team=a"],
    ])
  })

  it("gets a remark about enabled feature gates", () => {
    const featureGates = [
      { name: "PartialRestart", enabled: true },
      { name: "RestSubmitter", enabled: true },
      { name: "LoadSparkDefaults", enabled: false },
    ]
    assert.deepStrictEqual(told({ ...everything, controller: { featureGates } }), [
      "warning controller.featureGates[PartialRestart]",
      "note controller.featureGates[RestSubmitter]",
    ])
  })

  it("shows the flags with which the operator would start", () => {
    const { flags } = checkValues({
      spark: { jobNamespaces: ["a", "b"] },
      controller: {
        uiIngress: { enable: true, urlFormat: "{{$appName}}.example.com" },
        batchScheduler: { enable: false, default: "volcano" },
        uiService: { enable: false },
      },
    })
    assert.deepStrictEqual(flags, [
      "--enable-ui-service=false",
      "--ingress-url-format={{$appName}}.example.com",
      "--enable-batch-scheduler=false",
      "--namespaces=a,b",
    ])
  })

  it("of the charts 1.x is understood as well", () => {
    const { values, flags } = checkValues({
      sparkJobNamespace: "spark-jobs",
      controllerThreads: 20,
      logLevel: 2,
      ingressUrlFormat: "{{$appName}}.example.com",
      metrics: { enable: true, prefix: "p_" },
      webhook: { enable: true },
      batchScheduler: { enable: true },
      serviceAccounts: { spark: { name: "runner" } },
    })
    assert.deepStrictEqual(values, {
      spark: { jobNamespaces: ["spark-jobs"], serviceAccount: { name: "runner" } },
      controller: {
        workers: 20,
        logLevel: "info",
        uiIngress: { enable: true, urlFormat: "{{$appName}}.example.com" },
        batchScheduler: { enable: true },
      },
      prometheus: { metrics: { enable: true, prefix: "p_", labels: "app_type" } },
    })
    assert.include(flags, "--namespaces=spark-jobs")
  })
})
