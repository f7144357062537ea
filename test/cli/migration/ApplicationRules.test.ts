import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { parse } from "yaml"
import { type Assumed, checkApplication } from "../../../src/cli/migration/ApplicationRules.ts"
import { type Finding, verdictOf } from "../../../src/cli/migration/Finding.ts"
import { checkManifests } from "../../../src/cli/migration/MigrateCheck.ts"
import { noTarget } from "../../../src/spark/history/EventLogTarget.ts"
import { sparkPi } from "../../support/OperatorBench.ts"

const plain: Assumed = {
  precision: "seconds",
  submitter: "native",
  batchScheduling: { enabled: false, defaultScheduler: undefined, kubeSchedulerNames: [] },
  eventLog: noTarget,
  children: { uiService: true, driverPodDisruptionBudget: false },
}
const batching: Assumed = {
  ...plain,
  batchScheduling: { enabled: true, defaultScheduler: undefined, kubeSchedulerNames: ["kube-scheduler"] },
}

const lines = (findings: ReadonlyArray<Finding>) =>
  findings.map(({ severity, field, message }) => `${severity} ${field}: ${message}`)

const folder = join(import.meta.dirname, "kubeflow")
const examples = readdirSync(folder).map((file) => ({
  file,
  object: parse(readFileSync(join(folder, file), "utf8")) as Record<string, unknown>,
}))

describe("manifests as kubeflow's documentation shows them", () => {
  it.each(examples)("$file runs as it is", ({ object }) => {
    const [checked] = checkManifests([{ source: "", object }], batching)
    assert.strictEqual(verdictOf(checked!), "ok", lines(checked!.findings).join("\n"))
  })

  it("other kinds are skipped, and versions that are no longer served are named", () => {
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "x" } }
    const old = { ...sparkPi("pi"), apiVersion: "sparkoperator.k8s.io/v1beta1" } as unknown as Record<string, unknown>
    const checked = checkManifests(
      [
        { source: "a.yaml", object: deployment },
        { source: "b.yaml", object: old },
      ],
      plain,
    )
    assert.deepStrictEqual(
      checked.map(({ source, findings }) => [source, lines(findings)]),
      [["b.yaml", ["problem apiVersion: v1beta1 is no longer served; use sparkoperator.k8s.io/v1beta2"]]],
    )
  })
})

describe("an application", () => {
  const table: ReadonlyArray<readonly [string, Parameters<typeof sparkPi>[2], Assumed, ReadonlyArray<RegExp>]> = [
    ["that needs no change has no findings", {}, plain, []],
    ["in client mode is refused", { mode: "client" }, plain, [/^problem spec\.mode: .*use cluster$/]],
    [
      "with a limit for the memory of executors is refused with the field to use instead",
      { executor: { instances: 1, memoryLimit: "2g" } },
      plain,
      [/^problem spec\.executor\.memoryLimit: .*spec\.executor\.memoryOverhead instead$/],
    ],
    [
      "whose jars only spark-submit can find is reported with the Job",
      { deps: { jars: ["s3a://bucket/*.jar"] } },
      plain,
      [/^problem spec\.deps\.jars.*submitter: job/, /^note spec\.submission\.submitter: with auto/],
    ],
    [
      "is submitted by that Job when the operator is set up for it",
      { deps: { jars: ["s3a://bucket/*.jar"] } },
      { ...plain, submitter: "auto" },
      [/^note spec\.submission\.submitter: a Job runs spark-submit, because of spec\.deps\.jars/],
    ],
    [
      "that is retried is reported with the different intervals",
      { restartPolicy: { type: "OnFailure", onFailureRetries: 3 } },
      plain,
      [/^note spec\.restartPolicy: the interval starts at the failure/],
    ],
    [
      "that always runs again is reported with the different intervals",
      { restartPolicy: { type: "Always" } },
      plain,
      [/^note spec\.restartPolicy: .*up to 5 minutes/],
    ],
    [
      "with a batch scheduler is warned if the operator groups nothing",
      { batchScheduler: "volcano" },
      plain,
      [/^warning spec\.batchScheduler: .*--enable-batch-scheduler/],
    ],
    [
      "with a batch scheduler is reported with its larger requests",
      { batchScheduler: "volcano" },
      batching,
      [/^note spec\.batchScheduler: the PodGroup requests more/],
    ],
    [
      "with an Ingress that is not created is warned",
      { sparkUIOptions: { ingressAnnotations: { a: "b" } } },
      plain,
      [
        /^warning spec\.sparkUIOptions\.ingressAnnotations: .*--ingress-url-format/,
        /^note spec\.sparkUIOptions: .*run ends/,
      ],
    ],
    [
      "with a disruption budget is warned unless the operator makes them",
      { driverPodDisruptionBudget: true },
      plain,
      [/^warning spec\.driverPodDisruptionBudget: .*--enable-driver-pdb/],
    ],
    [
      "with podTemplate gets the template that kubeflow's operator ignores",
      { driver: { podTemplate: { metadata: {} } } },
      plain,
      [/^note spec\.driver\.podTemplate: .*ignores it; Firesteel uses it/],
    ],
    [
      "with podTemplate for executors, too",
      { executor: { podTemplate: { metadata: {} } } },
      plain,
      [/^note spec\.executor\.podTemplate: .*ignores it; Firesteel uses it/],
    ],
    ["with the template of kubeflow's operator is unchanged", { driver: { template: { metadata: {} } } }, plain, []],
    ["of an unknown Spark is refused", { sparkVersion: "2.4.5" }, plain, [/^problem spec\.sparkVersion: /]],
  ]

  it.each(table)("%s", (_title, spec, assumed, wanted) => {
    const found = lines(checkApplication(sparkPi("pi", {}, spec), assumed))
    assert.strictEqual(found.length, wanted.length, found.join("\n"))
    for (const [index, pattern] of wanted.entries()) assert.match(found[index]!, pattern)
  })

  it("that is not an object is reported as a problem", () => {
    for (const nothing of [null, {}, { metadata: 1 }, { metadata: { name: "a" }, spec: "x" }]) {
      assert.strictEqual(verdictOf({ findings: checkApplication(nothing, plain) }), "problem")
    }
  })
})
