import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { parse } from "yaml"
import { nameFor } from "../../../../src/cli/plugin/submit/NameFor.ts"
import { parseSparkSubmit } from "../../../../src/cli/plugin/submit/SparkSubmitArguments.ts"
import { submit } from "../../../../src/cli/plugin/submit/Submit.ts"
import { makeWorld } from "../../../support/OperatorBench.ts"
import { run } from "../../../support/PluginBench.ts"

const directory = mkdtempSync(join(tmpdir(), "firesteel-"))
const file = (name: string, content: string): string => {
  writeFileSync(join(directory, name), content)
  return join(directory, name)
}

const line = [
  "/opt/spark/bin/spark-submit",
  "--master=k8s://https://10.0.0.1",
  "--deploy-mode",
  "cluster",
  "--class",
  "org.example.DailyReport",
  "--driver-memory",
  "4g",
  "--num-executors=8",
  "-c",
  "spark.kubernetes.container.image=registry.example.com/spark:4.0.1-java17",
  "--conf",
  "spark.sql.shuffle.partitions=200",
  "--conf",
  "spark.kubernetes.driverEnv.STAGE=prod",
  "--conf",
  "spark.executor.cores=4",
  "--jars",
  "local:///opt/a.jar, s3a://bucket/b.jar",
  "local:///opt/report.jar",
  "--day",
  "2026-01-31",
]

describe("submit", () => {
  it.effect("prints the manifest of a command line, with what has a field in that field", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const ended = yield* run(world, submit, "-n", "jobs", "--", ...line)
      assert.strictEqual(ended.code, 0)
      assert.deepStrictEqual(parse(ended.out), {
        apiVersion: "sparkoperator.k8s.io/v1beta2",
        kind: "SparkApplication",
        metadata: { name: "daily-report", namespace: "jobs" },
        spec: {
          type: "Scala",
          sparkVersion: "4.0.1",
          image: "registry.example.com/spark:4.0.1-java17",
          mainClass: "org.example.DailyReport",
          mainApplicationFile: "local:///opt/report.jar",
          arguments: ["--day", "2026-01-31"],
          deps: { jars: ["local:///opt/a.jar", "s3a://bucket/b.jar"] },
          sparkConf: { "spark.sql.shuffle.partitions": "200" },
          driver: { memory: "4g", envVars: { STAGE: "prod" } },
          executor: { instances: 8, cores: 4 },
        },
      })
      assert.include(ended.err, 'remark: metadata.name: daily-report, because "org.example.DailyReport" is not a name')
    }),
  )

  it.effect("reads properties files and pod templates; the command line wins", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const properties = file("spark.conf", "spark.executor.memory 2g\nspark.driver.memory=1g\nspark.ui.port 4050\n")
      const template = file(
        "driver.yaml",
        "apiVersion: v1\nkind: Pod\nspec:\n  priorityClassName: high\n  containers:\n    - name: spark\n      env: [{ name: A, value: b }]\n",
      )
      const ended = yield* run(
        world,
        submit,
        "--spark-version=3.5.9",
        "-o",
        "json",
        "--",
        "--properties-file",
        properties,
        "--conf",
        `spark.kubernetes.driver.podTemplateFile=${template}`,
        "--conf",
        "spark.kubernetes.driver.podTemplateContainerName=spark",
        "--driver-memory=3g",
        "--name=job",
        "--deploy-mode=cluster",
        "local:///opt/main.py",
      )
      const { spec } = JSON.parse(ended.out)
      assert.strictEqual(spec.type, "Python")
      assert.strictEqual(spec.driver.memory, "3g")
      assert.deepStrictEqual(spec.executor, { memory: "2g", instances: 2 })
      assert.deepStrictEqual(spec.sparkConf, { "spark.ui.port": "4050" })
      assert.deepStrictEqual(spec.driver.template.spec, {
        priorityClassName: "high",
        containers: [{ name: "spark-kubernetes-driver", env: [{ name: "A", value: "b" }] }],
      })
      assert.include(
        ended.err,
        "remark: spec.executor.instances: 2, which is Spark's default; that of the operator is 1",
      )
    }),
  )

  it.effect("creates nothing if a file is on this machine, or the version is not known", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const ended = yield* run(world, submit, "--apply", "--", "--name", "job", "--jars", "lib/a.jar", "job.py")
      assert.deepStrictEqual([ended.code, ended.out], [1, ""])
      assert.include(ended.err, "spec.sparkVersion: the tag of the image does not tell it; pass --spark-version")
      assert.include(ended.err, "spec.mainApplicationFile: job.py is on this machine")
      assert.include(ended.err, "spec.deps.jars[0]: lib/a.jar is on this machine")
      assert.deepStrictEqual(yield* world.applications, [])
    }),
  )

  it.effect("creates the application, and waits for its result", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const ended = yield* run(world, submit, "--apply", "--wait", "--", ...line)
      assert.strictEqual(ended.code, 0)
      assert.strictEqual(ended.out, "sparkapplication.sparkoperator.k8s.io/daily-report created\n")
      assert.strictEqual((yield* world.reported("daily-report")).status.attempts?.length, 1)
    }),
  )

  it("reports what spark-submit would not understand", () => {
    const mistake = (...args: ReadonlyArray<string>) => Result.getOrThrow(Result.flip(parseSparkSubmit(args)))
    assert.strictEqual(
      mistake("--driver-memry", "1g", "a.jar"),
      "--driver-memry: is not a flag of spark-submit that can be translated; did you mean --driver-memory?",
    )
    assert.strictEqual(mistake("--conf", "spark.a", "a.jar"), "spark.a: is not KEY=VALUE, as --conf needs it")
    assert.strictEqual(mistake("--class", "A"), "spark-submit: the file to run is missing at the end")
    assert.strictEqual(mistake("--class"), "--class: needs a value")
  })

  it("makes names that an application may have", () => {
    const names = {
      job: "job",
      "My Job!": "my-job",
      "org.example.ETLJob": "etljob",
      "local:///opt/app/daily_report.py": "daily-report",
      "2026": "spark-application",
      "": "spark-application",
    }
    for (const [given, name] of Object.entries(names)) assert.strictEqual(nameFor(given).name, name, given)
  })
})
