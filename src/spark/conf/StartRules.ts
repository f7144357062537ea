/**
 * What a driver refuses when it starts although spark-submit lets it pass (`SparkConf.validateSettings`, `SparkSubmitCommandBuilder`,
 * `ExecutorAllocationManager`, `ResourceUtils`). It is refused before there is a pod.
 */

import type { SparkProfile } from "../SparkProfile.ts"
import type { ConfReader } from "./ConfReader.ts"
import { parseSeconds } from "./Seconds.ts"

type Rule = (read: ConfReader, profile: SparkProfile) => void

const memoryField = (role: "driver" | "executor") => `spec.${role}.memory`

const javaOptions: Rule = (read, { checksDefaultJavaOptions }) => {
  for (const role of ["driver", "executor"] as const) {
    const keys = [
      `spark.${role}.extraJavaOptions`,
      ...(role === "driver" || checksDefaultJavaOptions ? [`spark.${role}.defaultJavaOptions`] : []),
    ]
    for (const key of keys) {
      const options = read.text(key) ?? ""
      const heap =
        role === "driver" ? options.split(/[\s"']+/).some((word) => word.startsWith("-Xmx")) : options.includes("-Xmx")
      if (heap) read.refuse(read.fieldOf(key), `must not set the heap by -Xmx; use ${memoryField(role)}`)
      if (role === "executor" && options.includes("-Dspark")) {
        read.refuse(read.fieldOf(key), "must not set properties of Spark by -Dspark…; use spec.sparkConf")
      }
    }
  }
}

/** Without shuffle data that outlives its executor, none can be given back. */
const dynamicAllocation: Rule = (read, { tracksShufflesByDefault }) => {
  const prefix = "spark.dynamicAllocation"
  if (!read.flag(`${prefix}.enabled`)) return
  const tracking = `${prefix}.shuffleTracking.enabled`
  const keepsShuffles =
    read.flag("spark.shuffle.service.enabled") ||
    (read.has(tracking) ? read.flag(tracking) : tracksShufflesByDefault) ||
    (read.flag("spark.decommission.enabled") && read.flag("spark.storage.decommission.shuffleBlocks.enabled")) ||
    read.has("spark.shuffle.sort.io.plugin.class")
  if (!keepsShuffles) {
    read.refuse(
      read.fieldOf(read.has(tracking) ? tracking : `${prefix}.enabled`),
      `dynamic allocation needs shuffle tracking (${tracking}), an external shuffle service, or decommissioning of shuffle blocks`,
    )
  }
  const ratio = read.number(`${prefix}.executorAllocationRatio`)
  if (ratio !== undefined && !(ratio > 0 && ratio <= 1)) {
    read.refuse(read.fieldOf(`${prefix}.executorAllocationRatio`), "must be more than 0 and at most 1")
  }
  for (const key of [`${prefix}.schedulerBacklogTimeout`, `${prefix}.sustainedSchedulerBacklogTimeout`]) {
    if ((read.seconds(key) ?? 1) <= 0) read.refuse(read.fieldOf(key), "must be at least 1s")
  }
}

/** Every task must fit into an executor. */
const taskSizes: Rule = (read) => {
  const cpus = read.integer("spark.task.cpus", 1) ?? 1
  const cores = read.integer("spark.executor.cores", 1) ?? 1
  if (cpus > cores) {
    read.refuse(
      read.fieldOf("spark.task.cpus"),
      `a task needs ${cpus} cores, but an executor has ${cores}; raise spec.executor.cores`,
    )
  }
  const prefix = "spark.task.resource."
  for (const { name, field } of read.prefixed(prefix)) {
    if (!name.endsWith(".amount")) continue
    const own = `spark.executor.resource.${name}`
    const needed = read.number(`${prefix}${name}`) ?? 0
    const present = read.number(own) ?? 0
    if (needed > present) read.refuse(field, `a task needs ${needed}, but an executor has ${present}; raise ${own}`)
  }
}

const network: Rule = (read) => {
  const [timeout, interval] = ["spark.network.timeout", "spark.executor.heartbeatInterval"] as const
  const most = read.seconds(timeout) ?? 120
  const beat = read.has(interval) ? (parseSeconds(read.text(interval) ?? "", "ms") ?? 0) : 10
  if (most <= beat) {
    read.refuse(
      read.fieldOf(read.has(interval) ? interval : timeout),
      `${timeout} (${most}s) must be more than ${interval} (${beat}s)`,
    )
  }
  const encryption = ["spark.network.crypto.enabled", "spark.authenticate.enableSaslEncryption"]
  const encrypted = encryption.find((key) => read.flag(key))
  if (encrypted !== undefined && !read.flag("spark.authenticate")) {
    read.refuse(read.fieldOf(encrypted), "encryption needs spark.authenticate=true")
  }
}

const fractions: Rule = (read) => {
  for (const key of ["spark.memory.fraction", "spark.memory.storageFraction"]) {
    const fraction = read.number(key) ?? 0.5
    if (fraction < 0 || fraction > 1) read.refuse(read.fieldOf(key), "must be from 0 to 1")
  }
}

const rules: ReadonlyArray<Rule> = [javaOptions, dynamicAllocation, taskSizes, network, fractions]

/** Refuses what the driver would refuse; every problem goes to the reader. */
export const refuseAtStart = (read: ConfReader, profile: SparkProfile): void => {
  for (const rule of rules) rule(read, profile)
}
