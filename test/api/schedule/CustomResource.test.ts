import { assert, describe, it } from "@effect/vitest"
import { Environment } from "@marcbachmann/cel-js"
import { sparkApplicationCrd } from "../../../src/api/application/CustomResource.ts"
import { scheduledSparkApplicationCrd } from "../../../src/api/schedule/CustomResource.ts"
import { yaml } from "../../../src/api/schema/Crd.ts"
import { everyField } from "../../support/EveryField.ts"
import { children, type Node, nodes, notStructural, pruned } from "../../support/StructuralRules.ts"

const version = scheduledSparkApplicationCrd.spec.versions[0]!
const schema = version.schema.openAPIV3Schema as Node
const all = nodes(schema)
const at = (path: string) => all.find(([name]) => name === path)![1]

const everyKubeflowField = {
  apiVersion: "sparkoperator.k8s.io/v1beta2",
  kind: "ScheduledSparkApplication",
  metadata: {},
  spec: {
    schedule: "0 3 * * *",
    timeZone: "Europe/Berlin",
    template: everyField.spec,
    suspend: false,
    concurrencyPolicy: "Forbid",
    successfulRunHistoryLimit: 3,
    failedRunHistoryLimit: 0,
  },
  status: {
    lastRun: null,
    nextRun: "2026-01-01T02:00:00Z",
    lastRunName: "nightly-1767232800",
    pastSuccessfulRunNames: ["nightly-1767146400"],
    pastFailedRunNames: [],
    scheduleState: "Scheduled",
    reason: "none",
  },
}

describe("the CRD of ScheduledSparkApplication", () => {
  it("is small enough for kubectl apply, which keeps a copy in an annotation of at most 256 KiB", () => {
    assert.isBelow(Buffer.byteLength(yaml(scheduledSparkApplicationCrd)), 256 * 1024)
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

  it("keeps every field of kubeflow's operator", () => {
    assert.deepStrictEqual(pruned(schema, everyKubeflowField), [])
  })

  it("adds a deadline, a jitter and metadata of the template to kubeflow's spec", () => {
    const added = children(at(".spec")).flatMap(([name]) => (name in everyKubeflowField.spec ? [] : [name]))
    assert.deepStrictEqual(added, ["templateMetadata", "startingDeadlineSeconds", "startJitterSeconds"])
  })

  it("has the spec of SparkApplication as its template, with all rules", () => {
    const application = sparkApplicationCrd.spec.versions[0]!.schema.openAPIV3Schema as Node
    const withoutDescription = ({ description: _description, ...node }: Node) => node
    const spec = nodes(application).find(([path]) => path === ".spec")![1]
    assert.deepStrictEqual(withoutDescription(at(".spec.template")), withoutDescription(spec))
  })

  it("allows concurrent runs unless the user says otherwise, and only policies that exist", () => {
    assert.strictEqual(at(".spec.concurrencyPolicy")["default"], "Allow")
    assert.deepStrictEqual(at(".spec.concurrencyPolicy")["enum"], ["Allow", "Forbid", "Replace"])
  })

  it("refuses limits below zero and deadlines that the operator could not keep", () => {
    assert.strictEqual(at(".spec.successfulRunHistoryLimit")["minimum"], 0)
    assert.strictEqual(at(".spec.failedRunHistoryLimit")["minimum"], 0)
    assert.strictEqual(at(".spec.startingDeadlineSeconds")["minimum"], 10)
    assert.strictEqual(at(".spec.startJitterSeconds")["minimum"], 0)
  })

  it("keeps kubeflow's names and printer columns, and adds to kubectl get -o wide only", () => {
    const { group, names } = scheduledSparkApplicationCrd.spec
    assert.deepStrictEqual(
      [group, version.name, names.plural, names.singular, names.shortNames],
      [
        "sparkoperator.k8s.io",
        "v1beta2",
        "scheduledsparkapplications",
        "scheduledsparkapplication",
        ["scheduledsparkapp"],
      ],
    )
    const shown = version.additionalPrinterColumns.filter((column) => !("priority" in column))
    assert.deepStrictEqual(
      shown.map(({ name, type, jsonPath }) => `${name} ${type} ${jsonPath}`),
      [
        "Schedule string .spec.schedule",
        "TimeZone string .spec.timeZone",
        "Suspend string .spec.suspend",
        "Last Run date .status.lastRun",
        "Last Run Name string .status.lastRunName",
        "Age date .metadata.creationTimestamp",
      ],
    )
  })
})

describe("the rule on the form of a schedule", () => {
  const environment = new Environment({ unlistedVariablesAreDyn: true })
  const [form] = at(".spec")["x-kubernetes-validations"] as ReadonlyArray<{ rule: string }>

  it.each([
    "0 3 * * *",
    "  0\t3 * *  MON-FRI \n",
    "*/5 9-17 ? jan,JUL *",
    "@daily",
    "@every 1h30m",
    "TZ=Europe/Berlin 0 3 * * *",
    "CRON_TZ=UTC @hourly",
  ])("accepts %j", (schedule) => {
    assert.strictEqual(environment.evaluate(form!.rule, { self: { schedule } }), true)
  })

  it.each(["", "0 3 * *", "0 0 3 * * *", "0 0 3 * * * 2030", "TZ=UTC", "TZ=UTC ", "@every  1h", "@", "daily"])(
    "refuses %j",
    (schedule) => {
      assert.strictEqual(environment.evaluate(form!.rule, { self: { schedule } }), false)
    },
  )
})
