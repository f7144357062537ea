import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { Pod } from "kubernetes-types/core/v1"
import { parse } from "yaml"
import type { SparkConnect } from "../../../src/api/connect/SparkConnect.ts"
import { accountOfConnect, missingAccount } from "../../../src/cli/migration/AccountRules.ts"
import type { Assumed } from "../../../src/cli/migration/ApplicationRules.ts"
import type { ClusterFacts } from "../../../src/cli/migration/ClusterFacts.ts"
import { checkConnect, takeOverConnect } from "../../../src/cli/migration/ConnectRules.ts"
import type { Finding } from "../../../src/cli/migration/Finding.ts"
import { checkFacts, checkManifests } from "../../../src/cli/migration/MigrateCheck.ts"
import { noTarget } from "../../../src/spark/history/EventLogTarget.ts"

const plain: Assumed = {
  precision: "seconds",
  submitter: "native",
  batchScheduling: { enabled: false, defaultScheduler: undefined, kubeSchedulerNames: [] },
  eventLog: noTarget,
  children: { uiService: true, driverPodDisruptionBudget: false },
}

const example = parse(readFileSync(join(import.meta.dirname, "kubeflow/spark-connect.yaml"), "utf8")) as SparkConnect

const server = (spec: object = {}, status?: object): SparkConnect => ({
  ...example,
  metadata: { ...example.metadata, uid: "s" },
  spec: { ...example.spec, ...spec },
  ...(status === undefined ? {} : { status: status as NonNullable<SparkConnect["status"]> }),
})

const lines = (findings: ReadonlyArray<Finding>) =>
  findings.map(({ severity, field, message }) => `${severity} ${field}: ${message}`)

describe("a Connect server of kubeflow's operator", () => {
  const settled = { restart: {}, updateStrategy: "WhenIdle", auth: { mode: "Token" } }
  const table: ReadonlyArray<readonly [string, object, ReadonlyArray<RegExp>]> = [
    [
      "is reported with what Firesteel does differently",
      {},
      [/^note spec\.restart: /, /^note spec\.updateStrategy: /, /^note spec\.auth: /],
    ],
    ["that says what is to be done has no findings", settled, []],
    [
      "for Spark 3.5 without its jar is refused with the package",
      { ...settled, auth: { mode: "None" }, sparkVersion: "3.5.6" },
      [/^problem spec\.sparkVersion: .*spark-connect_2\.12:3\.5\.6 to spec\.deps\.packages/],
    ],
    [
      "that sets the driver's port is refused, where kubeflow's operator overrides it",
      { ...settled, sparkConf: { "spark.driver.port": "9999" } },
      [/^problem spec\.sparkConf\["spark\.driver\.port"\]: .*remove this key$/],
    ],
    [
      "whose Service has no name is refused with the usual one",
      { ...settled, server: { ...example.spec.server, service: { spec: { type: "LoadBalancer" } } } },
      [/^problem spec\.server\.service\.metadata\.name: .*spark-connect-server/],
    ],
    [
      "with a misspelt field is reported with a warning",
      { ...settled, idel: {} },
      [/^warning spec\.idel: is not a known field/],
    ],
  ]
  it.each(table)("%s", (_, spec, expected) => {
    const found = lines(checkConnect(server(spec), plain))
    assert.strictEqual(found.length, expected.length, found.join("\n"))
    expected.forEach((pattern, index) => assert.match(found[index]!, pattern))
  })

  it("of a version that is not served is reported", () => {
    const old = { ...server(settled), apiVersion: "sparkoperator.k8s.io/v1beta2" } as unknown as Record<string, unknown>
    assert.deepStrictEqual(lines(checkManifests([{ source: "", object: old }], plain)[0]!.findings), [
      "problem apiVersion: v1beta2 is no longer served; use sparkoperator.k8s.io/v1alpha1",
    ])
  })
})

describe("a Connect server that exists when Firesteel starts", () => {
  const pod = (phase: string, uid = "s", namespace = "default"): Pod => ({
    metadata: {
      name: "spark-connect-server",
      namespace,
      uid: "p",
      creationTimestamp: "2026-01-01T00:00:00Z",
      labels: { "spark-role": "connect-server" },
      ownerReferences: [{ apiVersion: "sparkoperator.k8s.io/v1alpha1", kind: "SparkConnect", name: "other", uid }],
    },
    spec: { containers: [{ name: "spark-kubernetes-driver", image: "spark:4.0.0" }] },
    status: { phase },
  })
  const ready = { state: "Ready", server: { podName: "spark-connect-server" } }
  const table: ReadonlyArray<readonly [string, ReadonlyArray<Pod>, RegExp]> = [
    ["is started if there is no pod", [], /^note status: New: its server is started/],
    ["is not confused with one of another namespace", [pod("Running", "s", "else")], /^note status: New:/],
    [
      "keeps a pod that runs",
      [pod("Running")],
      /^note status: pod spark-connect-server is taken over with its sessions/,
    ],
    [
      "replaces a pod that has ended",
      [pod("Failed")],
      /^note status: pod spark-connect-server has ended: it is deleted, with its log, and another server is started/,
    ],
    [
      "cannot use a name that another owner's pod has",
      [pod("Running", "of another")],
      /^problem metadata\.name: Pod spark-connect-server exists already/,
    ],
  ]
  it.each(table)("%s", (_, pods, expected) => {
    const found = lines(takeOverConnect(server({}, ready), pods))
    assert.strictEqual(found.length, 1)
    assert.match(found[0]!, expected)
  })

  it("is not reported if Firesteel already manages it", () => {
    assert.deepStrictEqual(takeOverConnect(server({}, { ...ready, observedGeneration: 1 }), [pod("Failed")]), [])
  })

  it("is reported with a service account that does not exist", () => {
    const connect = server()
    const facts = (accounts: ReadonlyArray<string>, unread: ClusterFacts["unread"] = []): ClusterFacts => ({
      applications: [],
      schedules: [],
      connects: [connect],
      drivers: [],
      servers: [pod("Running")],
      deployments: [],
      definitions: [],
      webhooks: [],
      serviceAccounts: accounts.map((name) => ({ metadata: { namespace: "default", name } })),
      missingRights: [],
      namespaces: [],
      unread,
    })
    const missing = (given: ClusterFacts) => lines(missingAccount(given, "default", accountOfConnect(connect)))
    const expected =
      "warning spec.server.template.spec.serviceAccountName: ServiceAccount spark-operator-spark does not exist in default"
    assert.deepStrictEqual(missing(facts([])), [expected])
    assert.deepStrictEqual(missing(facts(["spark-operator-spark"])), [])
    assert.deepStrictEqual(missing(facts([], [{ what: "serviceaccounts", why: "forbidden" }])), [])
    const [checked] = checkFacts(facts([]), plain).filter(({ kind }) => kind === "SparkConnect")
    assert.deepStrictEqual(
      checked?.findings.map(({ severity, field }) => `${severity} ${field}`),
      [
        "note spec.restart",
        "note spec.updateStrategy",
        "note spec.auth",
        "note status",
        "warning spec.server.template.spec.serviceAccountName",
      ],
    )
  })
})
