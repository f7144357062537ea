/** The Spark UI of a real driver: a session of one thread on this machine, with jobs, a cached table and a query to show. */

import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { sparkHome } from "./SparkDistribution.ts"

const program = `import org.apache.spark.sql.SparkSession;
public class Session {
  public static void main(String[] args) throws Exception {
    SparkSession session = SparkSession.builder().getOrCreate();
    session.range(1000).cache().count();
    session.range(1000).selectExpr("id % 10 AS k").groupBy("k").count().collectAsList();
    System.out.println("UI at " + session.sparkContext().uiWebUrl().get());
    Thread.sleep(600000);
  }
}
`

/** What `spark-submit` adds for Java 17. */
const opened = ["lang", "lang.invoke", "lang.reflect", "net", "nio", "util", "util.concurrent"]
  .map((name) => `java.base/java.${name}`)
  .concat("java.base/sun.nio.ch", "java.base/sun.util.calendar")

export interface SparkUi {
  /** Without a slash at the end. */
  readonly url: string
  readonly close: () => Promise<void>
}

/** Starts the driver; throws with its own words if it has no UI. Needs a JDK 17. */
export const startSparkUi = async (version: string): Promise<SparkUi> => {
  const work = mkdtempSync(join(tmpdir(), "spark-ui-"))
  writeFileSync(join(work, "Session.java"), program)
  const conf = {
    "spark.master": "local[1]",
    "spark.app.name": "spark-ui",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.port": "0",
    "spark.local.dir": work,
    "spark.sql.warehouse.dir": join(work, "warehouse"),
  }
  const child = spawn(
    "java",
    [
      "-XX:TieredStopAtLevel=1",
      ...opened.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
      ...Object.entries(conf).map(([key, value]) => `-D${key}=${value}`),
      "-cp",
      `${sparkHome(version)}/jars/*`,
      "Session.java",
    ],
    { cwd: work, env: { PATH: process.env["PATH"], HOME: work, SPARK_LOCAL_IP: "127.0.0.1" } },
  )
  let output = ""
  const ended = new Promise<undefined>((resolve) => child.on("close", () => resolve(undefined)))
  const found = new Promise<string>((resolve) => {
    const read = (data: unknown) => {
      output += String(data)
      const [, port] = /^UI at http:\/\/[^:\s]+:(\d+)$/m.exec(output) ?? []
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`)
    }
    child.stdout.on("data", read)
    child.stderr.on("data", read)
  })
  const close = async () => {
    child.kill("SIGKILL")
    await ended
    rmSync(work, { recursive: true, force: true })
  }
  const url = await Promise.race([found, ended])
  if (url !== undefined) return { url, close }
  await close()
  throw new Error(`the driver of Spark ${version} has no UI:\n${output}`)
}
