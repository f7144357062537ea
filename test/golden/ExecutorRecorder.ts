/**
 * Runs the real driver of a Spark version against a recording API server until it creates its first executor. The driver gets what the
 * operator renders for the application: properties, executor template and the environment of its pod. Only addresses and paths that exist
 * in a cluster alone are replaced.
 */

import { execFileSync, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Pod } from "kubernetes-types/core/v1"
import { type ExecutorCase, renderedDriver } from "./ExecutorCase.ts"
import { namespace, type RecordingServer } from "./RecordingServer.ts"
import { sparkHome } from "./SparkDistribution.ts"

/** As much of an application as makes executors. */
const program = `public class Driver {
  public static void main(String[] args) throws Exception {
    new org.apache.spark.SparkContext();
    Thread.sleep(600000);
  }
}
`

/** A driver that has created no executor after so long will create none. */
const patience = 60_000

const compiled = new Map<string, string>()

/** The folder with the program, compiled against this Spark. */
const classesOf = (home: string): string => {
  const known = compiled.get(home)
  if (known !== undefined) return known
  const folder = mkdtempSync(join(tmpdir(), "spark-driver-"))
  writeFileSync(join(folder, "Driver.java"), program)
  execFileSync("javac", ["-nowarn", "-cp", `${home}/jars/*`, "-d", folder, join(folder, "Driver.java")])
  compiled.set(home, folder)
  return folder
}

/** Removes what was compiled. */
export const cleanUp = (): void => compiled.forEach((folder) => rmSync(folder, { recursive: true }))

/** Variables of the pod that would make the driver read files which are only there. */
const onlyInCluster = ["SPARK_CONF_DIR", "HADOOP_CONF_DIR", "HADOOP_TOKEN_FILE_LOCATION"]

/** Properties of the driver alone that name files which are only in its pod. */
const filesOfDriver =
  /^spark\.(jars|files|archives|submit\.pyFiles|eventLog\.enabled|metrics\.conf|driver\.extraJavaOptions)=/

const environmentOf = (pod: Pod, home: string, work: string): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  ...(process.env["JAVA_HOME"] === undefined ? {} : { JAVA_HOME: process.env["JAVA_HOME"] }),
  ...Object.fromEntries(
    (pod.spec?.containers.at(-1)?.env ?? [])
      .filter(({ name, value }) => value !== undefined && !onlyInCluster.includes(name))
      .map(({ name, value }) => [name, value]),
  ),
  HOME: work,
  SPARK_HOME: home,
  SPARK_CONF_DIR: join(work, "conf"),
  // The driver's own files; executors do not get this variable.
  SPARK_EXECUTOR_DIRS: join(work, "scratch"),
  LC_ALL: "C.UTF-8",
  JAVA_TOOL_OPTIONS: "-Dfile.encoding=UTF-8 -Dsun.jnu.encoding=UTF-8 -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
})

/** The first executor that the driver of this version creates; throws with the driver's own words if it creates none. */
export const recordExecutor = async (golden: ExecutorCase, version: string, server: RecordingServer): Promise<Pod> => {
  const { pod, properties, template } = renderedDriver(golden, version)
  const lines = properties.split("\n")
  const withoutFiles = lines.filter((line) => !filesOfDriver.test(line)).join("\n")
  const home = sparkHome(version)
  const work = mkdtempSync(join(tmpdir(), "spark-driver-"))
  mkdirSync(join(work, "conf"))
  mkdirSync(join(work, "scratch"))
  writeFileSync(join(work, "conf", "spark.properties"), withoutFiles)
  writeFileSync(join(work, "template.json"), template)
  server.take()
  server.exists({ ...pod, metadata: { ...pod.metadata, namespace, uid: "uid-driver" } })
  const conf = {
    "spark.master": `k8s://${server.url}`,
    "spark.kubernetes.driver.master": server.url,
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.kubernetes.executor.podTemplateFile": join(work, "template.json"),
  }
  const args = [
    "--deploy-mode",
    "client",
    "--properties-file",
    join(work, "conf", "spark.properties"),
    ...Object.entries(conf).flatMap(([key, value]) => ["--conf", `${key}=${value}`]),
    "--driver-class-path",
    classesOf(home),
    "--class",
    "Driver",
    "spark-internal",
  ]
  const child = spawn(`${home}/bin/spark-submit`, args, { env: environmentOf(pod, home, work), cwd: work })
  let output = ""
  child.stdout.on("data", (data) => (output += String(data)))
  child.stderr.on("data", (data) => (output += String(data)))
  const ended = new Promise<undefined>((resolve) => child.on("close", () => resolve(undefined)))
  try {
    const executor = await Promise.race([server.nextPod(patience), ended])
    if (executor === undefined) throw new Error(`the driver of Spark ${version} failed for ${golden.name}:\n${output}`)
    return executor
  } finally {
    child.kill("SIGKILL")
    await ended
    rmSync(work, { recursive: true, force: true })
  }
}
