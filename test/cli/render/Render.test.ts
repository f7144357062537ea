import { assert, describe, it } from "@effect/vitest"
import { parseAllDocuments } from "yaml"
import { healthOf, render, type RenderOptions } from "../../../src/cli/render/Render.ts"
import { defaultMaster } from "../../../src/spark/driver/Build.ts"
import { noHealthDefaults } from "../../../src/spark/health/HealthDefaults.ts"
import { noTarget } from "../../../src/spark/history/EventLogTarget.ts"
import { noPodMetadata } from "../../../src/spark/pod/PodMetadata.ts"
import { noBatchScheduling } from "../../../src/spark/scheduler/BatchScheduler.ts"

const options: RenderOptions = {
  build: { master: defaultMaster },
  scheduling: noBatchScheduling,
  submitter: "native",
  health: noHealthDefaults,
  metadata: { applications: noPodMetadata, connects: noPodMetadata },
  eventLog: noTarget,
  precision: "seconds",
  now: Date.parse("2026-03-27T12:00:00Z"),
}

const application = (spec: object = {}, name = "pi") =>
  JSON.stringify({
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "SparkApplication",
    metadata: { name },
    spec: {
      type: "Scala",
      sparkVersion: "4.0.4",
      image: "spark:4.0.4",
      mainClass: "org.example.Pi",
      mainApplicationFile: "local:///pi.jar",
      driver: {},
      executor: {},
      ...spec,
    },
  })

const documents = (text: string) => parseAllDocuments(text).map((document) => document.toJS())
const titles = (text: string) => [...text.matchAll(/^---\n# (.*)$/gm)].map(([, title]) => title)

describe("render", () => {
  it("shows driver, executor template and all other objects, each under its title", () => {
    const { output, remarks, good } = render(application({ healthChecks: { preset: "streaming" } }), options)
    assert.isTrue(good)
    assert.deepStrictEqual(remarks, [])
    assert.deepStrictEqual(titles(output), [
      "driver",
      "the first executor, as the driver creates it",
      "Service of the driver",
      "configuration, with the template of executors",
    ])
    const [driver, executor, service, configuration] = documents(output)
    const template = JSON.parse(configuration.data["podspec-configmap-key"])
    assert.strictEqual(driver.kind, "Pod")
    assert.strictEqual(driver.metadata.namespace, "default")
    assert.strictEqual(driver.spec.containers[0].livenessProbe.httpGet.port, 4040)
    assert.deepStrictEqual(template.spec.containers[0].startupProbe.tcpSocket, { port: 7079 })
    assert.strictEqual(template.spec.enableServiceLinks, false, "the template as it is handed to the driver")
    assert.deepStrictEqual(executor.spec.containers[0].startupProbe.tcpSocket, { port: 7079 })
    assert.strictEqual(executor.spec.enableServiceLinks, false)
    assert.strictEqual(executor.metadata.labels["spark-role"], "executor")
    assert.deepStrictEqual(
      executor.spec.volumes.map(({ name }: { name: string }) => name),
      ["spark-conf-volume-exec", "spark-local-dir-1"],
    )
    assert.strictEqual(service.kind, "Service")
    assert.match(configuration.data["spark.properties"], /spark.blockManager.port=7079/)
  })

  it("shows the Job if spark-submit of the image submits", () => {
    const { output } = render(application(), { ...options, submitter: "job" })
    assert.deepStrictEqual(
      documents(output).map(({ kind }) => kind),
      ["Pod", "Job", "ConfigMap"],
    )
  })

  it("shows pods from podTemplate as from template, and refuses both at once", () => {
    const template = { metadata: { labels: { mine: "1" } } }
    const aliased = render(
      application({ driver: { podTemplate: template }, executor: { podTemplate: template } }),
      options,
    )
    assert.deepStrictEqual(aliased, render(application({ driver: { template }, executor: { template } }), options))
    assert.deepStrictEqual(aliased.remarks, [])
    assert.strictEqual(documents(aliased.output)[0].metadata.labels.mine, "1")
    assert.strictEqual(documents(aliased.output)[1].metadata.labels.mine, "1")
    const both = render(application({ driver: { template, podTemplate: template } }), options)
    assert.isFalse(both.good)
    assert.match(both.remarks.join("\n"), /^pi: problem: spec\.driver\.podTemplate: .*spec\.driver\.template/)
  })

  it("reports the problems of each application, and shows the others", () => {
    const broken = application({ healthChecks: { preset: "bacth" } }, "broken")
    const { output, remarks, good } = render(`${broken}\n---\n${application()}`, options)
    assert.isFalse(good)
    assert.strictEqual(remarks.length, 1)
    assert.match(remarks[0] ?? "", /^broken: problem: spec.healthChecks.preset: .*bacth/)
    assert.strictEqual(documents(output)[0].metadata.name, "pi-driver")
  })

  it("prints remarks, also about misspelt fields", () => {
    const { remarks, good } = render(application({ driver: { memmory: "1g" } }), options)
    assert.isTrue(good)
    assert.match(remarks.join("\n"), /^pi: warning: spec.driver.memmory: is not a known field/m)
  })

  it("shows the objects of a history server and where it is reached, and refuses one with a mistake", () => {
    const server = (url: string) => `
apiVersion: firesteel.dev/v1alpha1
kind: SparkHistoryServer
metadata: {name: history, namespace: team}
spec:
  sparkVersion: 4.3.0
  image: spark:4.3.0
  replicas: 2
  cleaner: {enabled: true}
  logDirectories: [{url: "${url}"}]
  ingress: {host: history.example.com}
  applications: {}`
    const { output, remarks, good } = render(server("s3a://logs/spark"), options)
    assert.isTrue(good)
    assert.deepStrictEqual(remarks, [])
    assert.include(output, "# link of an application: http://history.example.com/history/{{appId}}/jobs/\n")
    assert.deepStrictEqual(
      documents(output).flatMap((made) => (made === null ? [] : `${made.kind} ${made.metadata.name}`)),
      [
        "ConfigMap history-conf",
        "Deployment history",
        "Deployment history-replicas",
        "Service history",
        "Ingress history",
      ],
    )
    const selected = render(
      `${server("s3a://logs/spark")}\n---\n${application()}`.replace("namespace: team", ""),
      options,
    )
    assert.include(selected.output, "spark.eventLog.dir=s3a\\://logs/spark")
    assert.notInclude(render(application(), options).output, "spark.eventLog.dir")
    const refused = render(server("logs"), options)
    assert.isFalse(refused.good)
    assert.match(refused.remarks.join(), /^history: problem: spec\.logDirectories\[0\]\.url: "logs" is not the URL/)
  })

  it("skips other kinds, but reports a manifest without an application or with a mistake", () => {
    const other = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}"
    assert.isTrue(render(`${other}\n---\n${application()}`, options).good)
    assert.deepStrictEqual(render(other, options).remarks, [
      "contains no SparkApplication, no ScheduledSparkApplication, no SparkConnect, no SparkHistoryServer",
    ])
    assert.isFalse(render("a: [", options).good)
  })

  it("reads manifests as kubectl does: merge keys, the last of equal keys, lists, generated names, a status", () => {
    const manifest = `
apiVersion: v1
kind: List
items:
- apiVersion: sparkoperator.k8s.io/v1beta2
  kind: SparkApplication
  metadata: {generateName: pi-, uid: old}
  spec:
    type: Scala
    sparkVersion: 4.0.4
    image: spark:4.0.4
    mainClass: org.example.Pi
    mainApplicationFile: local:///pi.jar
    sparkConf:
      spark.sql.shuffle.partitions: "50"
      spark.sql.shuffle.partitions: "200"
    driver: &pod
      cores: 2
      memory: 3g
      configMaps: [{name: c, path: /c}]
      hostNetwork: off
      labels:
    executor:
      <<: *pod
      instances: 1
  status: {}
`
    const { output, remarks, good } = render(manifest, options)
    assert.deepStrictEqual(remarks, [
      'pi-xxxxx: warning: line 16: "spark.sql.shuffle.partitions" is given again; the last value is used, as kubectl does',
    ])
    assert.isTrue(good)
    const [driver, , , configuration] = documents(output)
    assert.strictEqual(driver.metadata.name, "pi-xxxxx-driver")
    assert.notStrictEqual(driver.metadata.ownerReferences[0].uid, "old")
    const properties: string = configuration.data["spark.properties"]
    assert.include(properties, "spark.sql.shuffle.partitions=200")
    assert.include(properties, "spark.executor.cores=2")
    assert.include(properties, "spark.executor.memory=3g")
  })

  it("takes default and templates from a manifest of the operator's ConfigMap", () => {
    const data = {
      default: "policy-minimal",
      nightly: "driver: {liveness: {periodSeconds: 7}}",
      broken: "presett: batch",
    }
    const manifest = JSON.stringify({ kind: "ConfigMap", metadata: { name: "checks", namespace: "ops" }, data })
    const { health, remarks } = healthOf(manifest)
    assert.match(remarks.join("\n"), /^data\["broken"\]\.presett: is not a known field/)
    const liveness = (spec: object) =>
      documents(render(application(spec), { ...options, health }).output)[0].spec.containers[0].livenessProbe
    assert.strictEqual(liveness({}).periodSeconds, 60)
    assert.strictEqual(liveness({ healthChecks: { template: "nightly" } }).periodSeconds, 7)
    assert.deepStrictEqual(healthOf("kind: Secret").remarks, ["contains no ConfigMap"])
  })
})

describe("render of a schedule", () => {
  const schedule = (spec: object = {}, metadata: object = { name: "nightly" }) => {
    const { spec: template, apiVersion } = JSON.parse(application())
    const all = { schedule: "30 2 * * *", timeZone: "Europe/Berlin", template, ...spec }
    return JSON.stringify({ apiVersion, kind: "ScheduledSparkApplication", metadata, spec: all })
  }
  const planOf = (output: string) => output.slice("---\n".length).split("---")[0]!.trimEnd().split("\n")

  it("shows the next runs in the zone of the schedule and in UTC, the first as an application, and its objects", () => {
    const { output, remarks, good } = render(schedule(), options)
    assert.deepStrictEqual([good, remarks], [true, []])
    assert.deepStrictEqual(planOf(output), [
      "# schedule default/nightly: 30 2 * * * (Europe/Berlin)",
      "# next runs:",
      "#   Sat 2026-03-28T02:30:00+01:00  2026-03-28T01:30:00Z  nightly-1774661400",
      "#   Sun 2026-03-29T03:00:00+02:00  2026-03-29T01:00:00Z  nightly-1774746000",
      "#   Mon 2026-03-30T02:30:00+02:00  2026-03-30T00:30:00Z  nightly-1774830600",
      "#   Tue 2026-03-31T02:30:00+02:00  2026-03-31T00:30:00Z  nightly-1774917000",
      "#   Wed 2026-04-01T02:30:00+02:00  2026-04-01T00:30:00Z  nightly-1775003400",
    ])
    assert.deepStrictEqual(titles(output).slice(1, 3), ["SparkApplication of 2026-03-28T01:30:00Z", "driver"])
    const [, run, driver] = documents(output)
    assert.deepStrictEqual([run.kind, run.metadata.name], ["SparkApplication", "nightly-1774661400"])
    assert.strictEqual(driver.metadata.name, "nightly-1774661400-driver")
    assert.strictEqual(documents(render(JSON.stringify(run), options).output)[0].metadata.name, driver.metadata.name)
  })

  it("counts @every from now, names runs as the operator is told to, and says what keeps runs from starting", () => {
    const every = render(schedule({ schedule: "@every 1h30m", suspend: true }), { ...options, precision: "nanos" })
    assert.deepStrictEqual(planOf(every.output).slice(0, 4), [
      "# schedule default/nightly: @every 1h30m (counted from its creation)",
      "# suspended: no runs are started until spec.suspend is false",
      "# next runs:",
      "#   Fri 2026-03-27T14:30:00+01:00  2026-03-27T13:30:00Z  nightly-1774618200000000000",
    ])
    const unnamed = render(schedule({ timeZone: undefined }), options)
    assert.include(planOf(unnamed.output)[0], "(UTC, the zone of the operator's image)")
  })

  it("says everything that is wrong, with the fields of the schedule, and what may surprise", () => {
    const bad = render(
      schedule({ schedule: "0 0 31 2 *", template: { ...JSON.parse(application()).spec, mode: "client" } }),
      options,
    )
    assert.isFalse(bad.good)
    assert.strictEqual(bad.output, "")
    assert.match(bad.remarks.join("\n"), /^nightly: problem: spec\.schedule: day of month "31" never comes/m)
    assert.match(bad.remarks.join("\n"), /^nightly: problem: spec\.template\.mode: .*use cluster$/m)
    const { remarks } = render(schedule({ schedule: "TZ=UTC 0 3 * * *" }), options)
    assert.match(remarks.join("\n"), /^nightly: warning: spec\.schedule: the prefix TZ=UTC wins over spec\.timeZone/)
    assert.match(
      render(schedule({}, { name: "n".repeat(53) }), options).remarks.join(),
      /metadata\.name: has 53 characters; use at most 52/,
    )
  })
})

describe("render of a Connect server", () => {
  const connect = (server: object = {}, spec: object = {}) =>
    JSON.stringify({
      apiVersion: "sparkoperator.k8s.io/v1alpha1",
      kind: "SparkConnect",
      metadata: { name: "notebooks", namespace: "team" },
      spec: { sparkVersion: "4.3.0", image: "spark:4.3.0", server, executor: {}, ...spec },
    })
  const remarkLines = (output: string) =>
    output
      .slice("---\n".length)
      .split("---")[0]!
      .split("\n")
      .filter((line) => line.startsWith("# "))

  it("shows how to connect, the server, its first executor, and all other objects", () => {
    const { output, remarks, good } = render(connect(), options)
    assert.deepStrictEqual([good, remarks], [true, []])
    assert.deepStrictEqual(remarkLines(output).slice(0, 4), [
      "# Connect server team/notebooks",
      "# Cluster: sc://notebooks-server.team.svc:15002",
      "# PortForward: sc://localhost:15002",
      "#   while this runs: kubectl port-forward --namespace team service/notebooks-server 15002:15002",
    ])
    const objects = documents(output).slice(1)
    const named = objects.map(({ kind, metadata }: any) => `${kind}/${metadata.name}`)
    assert.deepStrictEqual(named.slice(0, 2), ["Pod/notebooks-server", "Pod/notebooks-exec-1"])
    assert.strictEqual(named.at(-1), "Service/notebooks-server")
    assert.include(JSON.stringify(objects[0].spec), "org.apache.spark.sql.connect.service.SparkConnectServer")
  })

  it("names the Secret of the token and never a token, and shows Ingress and GRPCRoute", () => {
    const server = { ingress: { host: "spark.example.com" } }
    const { output } = render(connect(server, { auth: { mode: "Token" } }), options)
    assert.include(output, "# token: the key token of the Secret notebooks-token, which the operator makes")
    assert.include(output, "authorization=Bearer%20<token>")
    assert.deepStrictEqual(titles(output).slice(-2), ["Service for clients", "Ingress for clients"])
    assert.notInclude(output, "kind: Secret")
  })

  it("says everything that is wrong, with the fields of the Connect server", () => {
    const bad = render(connect({}, { image: undefined, sparkVersion: "3.1.1" }), options)
    assert.isFalse(bad.good)
    assert.strictEqual(bad.output, "")
    assert.match(bad.remarks.join("\n"), /^notebooks: problem: spec\.image: /m)
    assert.match(bad.remarks.join("\n"), /^notebooks: problem: spec\.sparkVersion: /m)
  })
})
