/**
 * Manifests made after bug reports and published examples: what `render` and `migrate check -f` say about each, and what becomes of it in local
 * mode.
 */

import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { parseAllDocuments } from "yaml"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../../src/api/application/SparkApplicationStatus.ts"
import { parseManifests as parseExamples } from "../../src/cli/local/Examples.ts"
import { parseManifests } from "../../src/cli/manifest/ManifestFiles.ts"
import { checkManifests } from "../../src/cli/migration/MigrateCheck.ts"
import { render } from "../../src/cli/render/Render.ts"
import { defaultMaster } from "../../src/spark/driver/Build.ts"
import { noHealthDefaults } from "../../src/spark/health/HealthDefaults.ts"
import { noTarget } from "../../src/spark/history/EventLogTarget.ts"
import { noPodMetadata } from "../../src/spark/pod/PodMetadata.ts"
import { noBatchScheduling } from "../../src/spark/scheduler/BatchScheduler.ts"
import { makeWorld, pass } from "../support/OperatorBench.ts"
import type { Json } from "../support/Server.ts"

/** YAML: fields of the driver and of executors, indented by four, and others of the spec, by two. */
interface Parts {
  readonly version?: string
  readonly spec?: string
  readonly driver?: string
  readonly executor?: string
  readonly end?: string
}

const manifest = ({ version = "3.5.3", spec = "", driver = "", executor = "", end = "" }: Parts) => `
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata:
  name: app
spec:
  type: Python
  mode: cluster
  sparkVersion: ${version}
  image: registry.example/spark:3.5.3
  mainApplicationFile: local:///app/job.py
${spec}
  driver: &pod
    cores: 1
    memory: 1g
${driver}
  executor:
    instances: 1
${executor}
${end}
`

interface Case extends Parts {
  readonly title: string
  /** What `render` and `migrate check` say, in their order. */
  readonly told?: ReadonlyArray<string | RegExp>
  /** Of the rendered objects: driver, executor, Service, configuration, template. */
  readonly rendered?: (objects: ReadonlyArray<Json>) => void
  /** Seconds in local mode, and the status then; `undefined`: the application is gone. */
  readonly seconds: number
  readonly status: (status: SparkApplicationStatus | undefined) => void
}

const state = (wanted: string, message?: string) => (status: SparkApplicationStatus | undefined) => {
  assert.strictEqual(status?.applicationState.state, wanted, status?.applicationState.errorMessage)
  if (message !== undefined) assert.include(status?.applicationState.errorMessage, message)
}
const completed = { seconds: 8, status: state("COMPLETED") }
const refused = (message: string) => ({ told: [`problem ${message}`], seconds: 2, status: state("FAILED", message) })
const container = (pod: Json) => pod.spec.containers.at(-1)
const scratch = "spark.kubernetes.executor.volumes.persistentVolumeClaim.spark-local-dir-1"

const cases: ReadonlyArray<Case> = [
  {
    title: "an init container of executors on a scratch volume that Spark adds",
    spec: `  sparkConf:
    ${scratch}.options.claimName: OnDemand
    ${scratch}.options.storageClass: fast
    ${scratch}.options.sizeLimit: 20Gi
    ${scratch}.mount.path: /scratch`,
    executor: `    initContainers:
      - {name: own, image: busybox, volumeMounts: [{name: spark-local-dir-1, mountPath: /scratch}]}`,
    rendered: ([, executor]) => assert.include(JSON.stringify(executor.spec.volumes), "spark-local-dir-1"),
    ...completed,
  },
  {
    title: "a ConfigMap of executors where Spark mounts its own",
    executor: `    configMaps: [{name: my-spark-conf, path: /opt/spark/conf}]`,
    ...refused('spec.executor.volumeMounts: the pod would have the mount path "/opt/spark/conf" twice'),
  },
  {
    title: "cores of executors above their limit",
    executor: `    cores: 2\n    coreLimit: "1"`,
    ...refused("spec.executor: the cpu limit 1 is below the request 2"),
  },
  {
    title: "a label of executors that Spark writes itself",
    executor: `    labels: {spark-role: executor}`,
    ...refused('spec.executor.labels["spark-role"]: Spark writes the label spark-role itself'),
  },
  {
    title: "a volume that only a sidecar mounts",
    spec: `  volumes:\n    - {name: agent-config, configMap: {name: agent, defaultMode: 0644, optional: true}}`,
    driver: `    sidecars:
      - {name: agent, image: fluent-bit, volumeMounts: [{name: agent-config, mountPath: /etc/agent}]}`,
    rendered: ([driver]) => {
      const volume = driver.spec.volumes.find(({ name }: Json) => name === "agent-config")
      assert.strictEqual(volume.configMap.defaultMode, 0o644)
    },
    ...completed,
  },
  {
    title: "a merge key",
    driver: `    coreLimit: "2"\n    env: [{name: REGION, value: eu-west-1}]`,
    executor: `    <<: *pod`,
    rendered: ([, executor]) => {
      assert.deepStrictEqual(container(executor).resources.limits, { cpu: "2", memory: "1433Mi" })
      assert.deepInclude(container(executor).env, { name: "REGION", value: "eu-west-1" })
    },
    ...completed,
  },
  {
    title: "a key that is given twice",
    spec: `  sparkConf:\n    spark.sql.shuffle.partitions: "50"\n    spark.sql.shuffle.partitions: "200"`,
    told: [/^warning line 14: "spark\.sql\.shuffle\.partitions" is given again; the last value is used/],
    rendered: ([, , , configuration]) =>
      assert.include(configuration.data["spark.properties"], "spark.sql.shuffle.partitions=200"),
    ...completed,
  },
  {
    title: "an init container of the driver that fails",
    driver: `    initContainers: [{name: wait-db, image: busybox}]
    annotations: {local.firesteel.dev/init-fails: "wait-db:7", local.firesteel.dev/message: no database}`,
    seconds: 5,
    status: state("FAILED", "init container wait-db failed with ExitCode: 7, Reason: Error: no database"),
  },
  {
    title: "an init container of executors that fails",
    driver: `    annotations: {local.firesteel.dev/run-seconds: "6"}`,
    executor: `    initContainers: [{name: warm-cache, image: busybox}]
    annotations: {local.firesteel.dev/init-fails: "warm-cache:7"}`,
    seconds: 5,
    status: (status) => {
      state("RUNNING")(status)
      assert.isAbove(status?.executors?.failed ?? 0, 0)
      assert.strictEqual(status?.executors?.succeeded ?? 0, 0)
    },
  },
  {
    title: "one ConfigMap at two paths",
    driver: `    configMaps: [{name: shared, path: /etc/a}, {name: shared, path: /etc/b}]`,
    rendered: ([driver]) => {
      const mounts = container(driver).volumeMounts.filter(({ mountPath }: Json) => mountPath.startsWith("/etc/"))
      assert.deepStrictEqual(
        mounts.map(({ mountPath }: Json) => mountPath),
        ["/etc/a", "/etc/b"],
      )
      assert.strictEqual(new Set(mounts.map(({ name }: Json) => name)).size, 1)
    },
    seconds: 8,
    status: (status) => assert.match(status?.waiting?.message ?? "", /configmap "shared" not found/),
  },
  {
    title: "options of a scratch volume that Spark 3.5 does not have",
    spec: `  volumes:\n    - {name: spark-local-dir-1, hostPath: {path: /mnt/d1, type: DirectoryOrCreate}}`,
    driver: `    volumeMounts:
      - {name: spark-local-dir-1, mountPath: /d1, subPathExpr: $(SPARK_APPLICATION_ID), mountPropagation: HostToContainer}`,
    told: [
      /^warning spec\.driver\.volumeMounts\[0\]: .* mount\.subPathExpr is ignored by Spark 3\.5/,
      /^warning spec\.driver\.volumeMounts\[0\]: .* options\.type is ignored by Spark 3\.5/,
      /^warning spec\.driver\.volumeMounts\[0\]\.mountPropagation: is ignored/,
    ],
    ...completed,
  },
  { title: "an empty status", end: "status: {}", ...completed },
  {
    title: "a version that is refused, with a time to live",
    version: "2.4.5",
    spec: "  timeToLiveSeconds: 3",
    told: [/^problem spec\.sparkVersion: Spark "2\.4\.5" is not supported/],
    seconds: 6,
    status: (status) => assert.isUndefined(status),
  },
  {
    title: "ports of executors, which Spark 3.3 replaces",
    version: "3.3.0",
    executor: `    ports: [{name: jmx-exporter, containerPort: 8090, protocol: TCP}]`,
    told: ["warning spec.executor.ports: is replaced by the driver of Spark 3.3"],
    ...completed,
  },
  {
    title: "a volume of a ConfigMap that is not there",
    spec: `  volumes: [{name: c, configMap: {name: nowhere}}]`,
    driver: `    volumeMounts: [{name: c, mountPath: /c}]`,
    seconds: 8,
    status: (status) => {
      state("SUBMITTED")(status)
      assert.strictEqual(status?.waiting?.reason, "FailedMount")
      assert.match(status?.waiting?.message ?? "", /configmap "nowhere" not found/)
    },
  },
]

const rendering = {
  build: { master: defaultMaster },
  scheduling: noBatchScheduling,
  submitter: "native",
  health: noHealthDefaults,
  metadata: { applications: noPodMetadata, connects: noPodMetadata },
  eventLog: noTarget,
  precision: "seconds",
  now: 0,
} as const
const assumed = {
  submitter: "native",
  batchScheduling: noBatchScheduling,
  eventLog: noTarget,
  children: { uiService: true, driverPodDisruptionBudget: false },
  precision: "seconds",
} as const

const assertTold = (lines: ReadonlyArray<string>, told: Case["told"] = []) => {
  assert.strictEqual(lines.length, told.length, lines.join("\n"))
  for (const [index, line] of told.entries()) {
    if (typeof line === "string") assert.include(lines[index], line)
    else assert.match(lines[index] ?? "", line)
  }
}

describe("a manifest from the field", { timeout: 30_000 }, () => {
  it.effect.each(cases)("$title", ({ told, rendered, seconds, status, ...parts }) =>
    Effect.gen(function* () {
      const text = manifest(parts)
      const { output, remarks, good } = render(text, rendering)
      assertTold(
        remarks.map((remark) => remark.replace(/^app: (problem|warning): /, "$1 ")),
        told,
      )
      assert.strictEqual(
        good,
        !(told ?? []).some((line) => /^\^?problem/.test(typeof line === "string" ? line : line.source)),
      )
      if (good) rendered?.(parseAllDocuments(output).map((document) => document.toJS()))

      const [checked] = checkManifests(Result.getOrThrow(parseManifests("app.yaml", text)), assumed)
      assertTold(
        checked!.findings.map(
          ({ severity, field, message }) => `${severity} ${field === "" ? "" : `${field}: `}${message}`,
        ),
        told,
      )

      const world = yield* makeWorld
      yield* world.startOperator()
      const [example] = Result.getOrThrow(parseExamples("app.yaml", text))
      yield* world.apply(example!.object as unknown as SparkApplication)
      yield* pass(seconds)
      const [application] = yield* world.applications
      status(application?.status)
    }),
  )
})
