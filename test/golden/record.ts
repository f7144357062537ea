/**
 * Records what the real spark-submit makes of every golden case, and the executors that the real driver makes of every executor case:
 * `node test/golden/record.ts [--only submissions|executors] [--case NAME]… [VERSION…]`.
 * Needs Python with pip, a JDK 17 and some seconds per case. See docs/submission.md.
 */

import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import type { ExecutorCase } from "./ExecutorCase.ts"
import { executorCases, executorFolder, executorVersions } from "./ExecutorCases.ts"
import { executorForm } from "./ExecutorNormal.ts"
import { cleanUp, recordExecutor } from "./ExecutorRecorder.ts"
import { appliesTo, commandLine, templatesOf, type GoldenCase } from "./GoldenCase.ts"
import { goldenCases, goldenFolder, goldenVersions } from "./GoldenCases.ts"
import { normalForm } from "./Normal.ts"
import { startRecordingServer, type RecordingServer } from "./RecordingServer.ts"
import { sparkHome } from "./SparkDistribution.ts"

const work = mkdtempSync(join(tmpdir(), "spark-submit-"))

const run = (command: string, args: ReadonlyArray<string>, env: NodeJS.ProcessEnv) =>
  new Promise<{ readonly code: number | null; readonly output: string }>((resolve) => {
    const child = spawn(command, args, { env, cwd: work })
    let output = ""
    child.stdout.on("data", (data) => (output += String(data)))
    child.stderr.on("data", (data) => (output += String(data)))
    child.on("close", (code) => resolve({ code, output }))
  })

/** An environment in which the machine of the submission has nothing to say. */
const environment = (home: string): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  ...(process.env["JAVA_HOME"] === undefined ? {} : { JAVA_HOME: process.env["JAVA_HOME"] }),
  HOME: work,
  SPARK_HOME: home,
  SPARK_CONF_DIR: join(work, "conf"),
  SPARK_USER: "spark",
  LC_ALL: "C.UTF-8",
  JAVA_TOOL_OPTIONS: "-Dfile.encoding=UTF-8 -Dsun.jnu.encoding=UTF-8 -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
})

/** The objects of one case in their normal form; throws with the tool's own words if it did not get to the end. */
const record = async (golden: GoldenCase, version: string, server: RecordingServer) => {
  const templates = templatesOf(golden)
  const paths = {
    master: `k8s://${server.url}`,
    driverTemplate: join(work, "driver.json"),
    executorTemplate: join(work, "executor.json"),
  }
  writeFileSync(paths.driverTemplate, JSON.stringify(templates.driver))
  writeFileSync(paths.executorTemplate, JSON.stringify(templates.executor))
  const home = sparkHome(version)
  const { code, output } = await run(`${home}/bin/spark-submit`, commandLine(golden, paths), environment(home))
  const objects = server.take()
  if (code !== 0) throw new Error(`spark-submit ${version} failed for ${golden.name}:\n${output}`)
  return normalForm(objects)
}

const { values, positionals } = parseArgs({
  options: { case: { type: "string", multiple: true }, only: { type: "string" } },
  allowPositionals: true,
})
const versionsOf = (all: ReadonlyArray<string>) =>
  positionals.length > 0 ? all.filter((version) => positionals.includes(version)) : all
const chosen = <A extends ExecutorCase>(cases: ReadonlyArray<A>, version: string) =>
  cases.filter(
    (golden) => (values.case === undefined || values.case.includes(golden.name)) && appliesTo(golden, version),
  )
/** A failure is shown, and the others are still recorded. */
const attempt = async (work: () => Promise<string>) => {
  try {
    console.log(await work())
  } catch (error) {
    console.error(String(error))
    process.exitCode = 1
  }
}

mkdirSync(join(work, "conf"))
const server = await startRecordingServer()
for (const version of values.only === "executors" ? [] : versionsOf(goldenVersions)) {
  for (const golden of chosen(goldenCases, version)) {
    await attempt(async () => {
      const form = await record(golden, version, server)
      const folder = `${goldenFolder}/${version}/${golden.name}`
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder, { recursive: true })
      for (const [file, content] of form) writeFileSync(join(folder, file), content)
      return `${version} ${golden.name}: ${[...form.keys()].join(", ")}`
    })
  }
}
for (const version of values.only === "submissions" ? [] : versionsOf(executorVersions)) {
  for (const golden of chosen(executorCases, version)) {
    await attempt(async () => {
      const executor = executorForm(await recordExecutor(golden, version, server), golden.unordered)
      mkdirSync(`${executorFolder}/${version}`, { recursive: true })
      writeFileSync(`${executorFolder}/${version}/${golden.name}.json`, executor)
      return `${version} ${golden.name}: executor`
    })
  }
}
cleanUp()
server.close()
rmSync(work, { recursive: true })
