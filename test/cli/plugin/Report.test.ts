import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { parse } from "yaml"
import { report } from "../../../src/cli/plugin/report/Report.ts"
import { makeWorld, pass, sparkPi } from "../../support/OperatorBench.ts"
import { run } from "../../support/PluginBench.ts"

const secret = "hunter2-hunter2"

describe("report", () => {
  it.effect("has the objects, Events and logs of an application, and no secret of them", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const application = sparkPi("pi", { "run-seconds": "1000", "log-lines": `login with password=${secret}` })
      const { driver } = application.spec
      const sparkConf = {
        "spark.hadoop.fs.s3a.secret.key": secret,
        "spark.sql.shuffle.partitions": "10",
        "spark.app.jdbc": `jdbc:postgresql://reader:${secret}@db/warehouse`,
      }
      const envVars = { DB_LOGIN: secret }
      const spec = { ...application.spec, sparkConf, arguments: ["--password", secret], driver: { ...driver, envVars } }
      yield* world.apply({ ...application, spec })
      yield* pass(15)
      const { out, code } = yield* run(world, report, "pi")
      assert.strictEqual(code, 0)
      const leaks = out.split("\n").filter((line) => line.includes(secret))
      assert.deepStrictEqual(leaks, [])
      const content = parse(out)
      assert.hasAllKeys(content, ["report", "application", "pods", "services", "configMaps", "events", "logs"])
      assert.strictEqual(content.application.spec.sparkConf["spark.sql.shuffle.partitions"], "10")
      assert.strictEqual(content.pods.length, 3)
      assert.isAbove(content.events.length, 0)
      assert.include(content.logs["pi-driver/spark-kubernetes-driver"], "INFO SparkContext: Running Spark version")
      const file = join(mkdtempSync(join(tmpdir(), "firesteel-")), "report.yaml")
      const written = yield* run(world, report, "pi", "-f", file, "--tail=1")
      assert.deepStrictEqual([written.out, written.err], ["", `${file} written; read it before you pass it on.\n`])
      assert.include(readFileSync(file, "utf8"), "name: pi-driver")
    }),
  )
})
