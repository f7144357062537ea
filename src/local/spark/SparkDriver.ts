/**
 * What the driver container of a Spark application does on the cluster while it runs: it creates executors, replaces those that
 * fail, scales them, reports its progress, prints a log, and cleans up at its end. No data is processed, but everything that an operator
 * or a user can see of a real driver happens through the same API calls.
 */

import { Clock, Effect, Result } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import { configMaps, type KubeObject, pods, services } from "../../kube/Resource.ts"
import { timestamp } from "../../kube/Time.ts"
import { parseProperties } from "../../spark/conf/Properties.ts"
import { sparkAppSelector, sparkExecId } from "../../spark/Labels.ts"
import type { Node, PodWorker } from "../node/KubeletNode.ts"
import { logAnnotation, logTimesAnnotation, prefix, progressAnnotation, type Script } from "../node/KubeletScript.ts"
import { volumeFiles } from "../node/KubeletVolumes.ts"
import { isReachable } from "./DriverAddress.ts"
import { applicationId, executorConfigMap, executorName, executorOf, parseTemplate } from "./SparkDriverExecutors.ts"
import { linesPrinted, progressOf, type Properties, type Run, wantedExecutors } from "./SparkDriverPlan.ts"

/** How many of the newest log lines are kept, and how many characters of each: annotations must stay small. */
const logLines = 100
const logLineLength = 500

/** After this time a created executor that never appeared counts as lost. */
const lostAfterSeconds = 10

interface Executor {
  readonly createdAt: number
  readonly knowledge: "created" | "seen" | "leaving"
}

/** One run of a driver container. `executors`, by id, are those that it created and that have not ended as far as it knows. */
export interface Driver {
  readonly node: Node
  readonly worker: PodWorker
  readonly script: Script
  readonly properties: Properties
  readonly template: Pod
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly runSeconds: number
  readonly executors: Map<number, Executor>
  readonly log: Array<{ readonly time: number; readonly text: string }>
  nextId: number
  scriptLines: number
  reported: string
}

/** Starts a driver. It reads its Spark configuration from the ConfigMap in its volume; without one it creates no executors. */
export const start = Effect.fnUntraced(function* (node: Node, worker: PodWorker, script: Script, runSeconds: number) {
  const conf = yield* volumeFiles(node, worker, "spark-conf-volume-driver")
  const podspec = yield* volumeFiles(node, worker, "pod-template-volume")
  const driver: Driver = {
    node,
    worker,
    script,
    properties: parseProperties(conf["spark.properties"] ?? ""),
    template: parseTemplate(Object.values(podspec)[0]),
    startedAt: yield* Clock.currentTimeMillis,
    runSeconds,
    executors: new Map(),
    log: [],
    nextId: 1,
    scriptLines: 0,
    reported: "",
  }
  yield* print(
    driver,
    "SparkContext",
    `Running Spark version ${worker.pod.metadata?.labels?.["spark-version"] ?? "unknown"}`,
  )
  yield* print(
    driver,
    "SparkContext",
    `Submitted application: ${driver.properties.get("spark.app.name") ?? worker.name}`,
  )
  const configMap = executorConfigMap(worker.pod, driver.properties)
  if (driver.properties.size > 0 && configMap !== undefined) {
    yield* Effect.ignore(node.kube.create(configMaps, worker.namespace, configMap))
  }
  return driver
})

/** Adds a line as Spark's log4j pattern writes it: `26/11/20 12:00:00 INFO SparkContext: …`. */
const print = Effect.fnUntraced(function* (driver: Driver, logger: string, message: string, level = "INFO") {
  const now = yield* Clock.currentTimeMillis
  const time = timestamp(now).slice(2, 19).replaceAll("-", "/").replace("T", " ")
  append(driver, now, `${time} ${level} ${logger}: ${message}`)
})

const append = (driver: Driver, time: number, line: string) => {
  driver.log.push({ time, text: line.slice(0, logLineLength) })
  if (driver.log.length > logLines) driver.log.shift()
}

const runOf = Effect.fnUntraced(function* (driver: Driver) {
  const elapsed = ((yield* Clock.currentTimeMillis) - driver.startedAt) / 1000
  return { seconds: driver.runSeconds, elapsed } satisfies Run
})

/** The work while the container runs: manages the executors twice a second and reports once a second. Never ends by itself. */
export const work = Effect.fnUntraced(function* (driver: Driver) {
  if (driver.properties.size === 0) return yield* Effect.never
  for (let tick = 0; ; tick++) {
    const run = yield* runOf(driver)
    yield* observe(driver)
    yield* scale(driver, wantedExecutors(driver.properties, driver.script.dynamic, run))
    if (tick % 2 === 0) yield* report(driver, run, false)
    yield* Effect.sleep("500 millis")
  }
})

const executorId = (pod: Pod) => Number(pod.metadata?.labels?.[sparkExecId])
const hasEnded = (pod: Pod) => pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed"

const deletesExecutors = (driver: Driver) =>
  driver.properties.get("spark.kubernetes.executor.deleteOnTermination") !== "false"

/** Forgets executors that ended or vanished; deletes the ended ones unless the configuration keeps them (`ExecutorPodsLifecycleManager`). */
const observe = Effect.fnUntraced(function* (driver: Driver) {
  const seen = new Map(driver.node.ownedBy(driver.worker.uid).map((pod) => [executorId(pod), pod]))
  const now = yield* Clock.currentTimeMillis
  for (const [id, executor] of driver.executors) {
    const pod = seen.get(id)
    if (pod === undefined) {
      // The watch may not have delivered a new executor yet.
      const fresh = executor.knowledge === "created" && now - executor.createdAt < lostAfterSeconds * 1000
      if (!fresh) driver.executors.delete(id)
      continue
    }
    if (executor.knowledge === "created") driver.executors.set(id, { ...executor, knowledge: "seen" })
    if (!hasEnded(pod)) continue
    driver.executors.delete(id)
    if (pod.status?.phase === "Failed") {
      yield* print(driver, "TaskSchedulerImpl", `Lost executor ${id}: ${failureOf(pod)}`, "ERROR")
    }
    if (deletesExecutors(driver) && pod.metadata?.deletionTimestamp === undefined) yield* remove(driver, id)
  }
})

const failureOf = (pod: Pod): string => {
  const ended = pod.status?.containerStatuses?.find(({ state }) => state?.terminated)?.state?.terminated
  return pod.status?.reason ?? `exit code ${ended?.exitCode ?? "unknown"} (${ended?.reason ?? "unknown"})`
}

const remove = (driver: Driver, id: number) =>
  Effect.ignore(
    driver.node.kube.delete(pods, driver.worker.namespace, executorName(driver.worker.pod, driver.properties, id)),
  )

/** Makes an executor end, as `StopExecutor` does; its container exits with this code. */
const stop = (driver: Driver, id: number, exitCode: number) =>
  Effect.ignore(
    driver.node.kube.patch(pods, driver.worker.namespace, executorName(driver.worker.pod, driver.properties, id), {
      type: "merge",
      body: { metadata: { annotations: { [`${prefix}exit`]: String(exitCode) } } },
    }),
  )

/** Creates executors with new ids, or stops the newest ones, until there are as many as wanted. */
const scale = Effect.fnUntraced(function* (driver: Driver, wanted: number) {
  const living = [...driver.executors].filter(([, { knowledge }]) => knowledge !== "leaving").map(([id]) => id)
  for (let missing = wanted - living.length; missing > 0; missing--) {
    if (!(yield* create(driver))) return
  }
  for (const id of living.slice(Math.max(wanted, 0))) {
    driver.executors.set(id, { createdAt: driver.startedAt, knowledge: "leaving" })
    yield* print(driver, "ExecutorAllocationManager", `Removing executor ${id}`)
    yield* stop(driver, id, 0)
  }
})

/** False if the API server refused it; the driver tries again half a second later. */
const create = Effect.fnUntraced(function* (driver: Driver) {
  const { node, worker, properties, template, script } = driver
  const id = driver.nextId
  const scripted = script["executor-failures"]?.find((failure) => failure.id === id)
  const failure =
    scripted ?? ((yield* isReachable(node, worker, properties)) ? undefined : { id, cause: "1", after: 2 })
  const { pod, claims } = executorOf(worker.pod, properties, template, id, failure)
  for (const claim of claims)
    yield* Effect.ignore(node.kube.create(claim, worker.namespace, claim.object as KubeObject))
  const created = yield* Effect.result(node.kube.create(pods, worker.namespace, pod))
  if (Result.isFailure(created) && created.failure.reason !== "AlreadyExists") {
    yield* print(driver, "ExecutorPodsAllocator", `Cannot create executor ${id}: ${created.failure.message}`, "WARN")
    return false
  }
  driver.nextId = id + 1
  driver.executors.set(id, { createdAt: yield* Clock.currentTimeMillis, knowledge: "created" })
  yield* print(driver, "ExecutorPodsAllocator", `Created executor ${id}: ${pod.metadata?.name}`)
  return true
})

/** Writes progress and log on the driver's pod, if they changed. */
const report = Effect.fnUntraced(function* (driver: Driver, run: Run, succeeded: boolean) {
  const lines = driver.script["log-lines"]?.split("\n") ?? []
  for (const due = linesPrinted(lines.length, run); driver.scriptLines < due; driver.scriptLines++) {
    append(driver, yield* Clock.currentTimeMillis, lines[driver.scriptLines] ?? "")
  }
  const progress = progressOf(run, succeeded)
  const annotations = {
    ...(progress ? { [progressAnnotation]: progress } : {}),
    [logAnnotation]: driver.log.map(({ text }) => text).join("\n"),
    [logTimesAnnotation]: driver.log.map(({ time }) => time).join(" "),
  }
  const text = JSON.stringify(annotations)
  if (text === driver.reported) return
  driver.reported = text
  const { node, worker } = driver
  yield* Effect.ignore(
    node.kube.patch(pods, worker.namespace, worker.name, {
      type: "merge",
      body: { metadata: { uid: worker.uid, annotations } },
    }),
  )
})

const isSparkPi = (pod: Pod) =>
  pod.spec?.containers.some(({ args }) => args?.some((arg) => /SparkPi$|\bpi\.(py|R)$/.test(arg))) ?? false

/**
 * The end of the container, before it is reported: a JVM that exits runs its shutdown hooks, so executors end with 0 and are deleted, as
 * is the driver's Service. A JVM that is killed (exit code above 128) cleans up nothing; its executors lose their driver and exit with 1.
 */
export const shutDown = Effect.fnUntraced(function* (driver: Driver, exitCode: number) {
  if (driver.properties.size === 0) return
  const { node, worker, properties } = driver
  yield* observe(driver)
  // Includes executors whose creation was interrupted before the driver recorded them.
  const present = node.ownedBy(worker.uid).filter((pod) => !hasEnded(pod))
  const living = [...new Set([...driver.executors.keys(), ...present.map(executorId)])]
  if (exitCode === 0 && isSparkPi(worker.pod)) {
    append(driver, yield* Clock.currentTimeMillis, "Pi is roughly 3.1415926535897931")
  }
  if (exitCode <= 128) yield* print(driver, "SparkContext", "Successfully stopped SparkContext")
  yield* report(driver, yield* runOf(driver), exitCode === 0)
  yield* Effect.forEach(living, (id) => stop(driver, id, exitCode > 128 ? 1 : 0), { concurrency: 8, discard: true })
  if (exitCode > 128) return
  if (deletesExecutors(driver) && living.length > 0) {
    yield* Effect.sleep("200 millis")
    yield* Effect.forEach(living, (id) => remove(driver, id), { concurrency: 8, discard: true })
  }
  const configMap = executorConfigMap(worker.pod, properties)?.metadata?.name
  if (configMap !== undefined) yield* Effect.ignore(node.kube.delete(configMaps, worker.namespace, configMap))
  if (properties.get("spark.kubernetes.driver.service.deleteOnTermination") === "false") return
  const labelSelector = `${sparkAppSelector}=${applicationId(worker.pod, properties)}`
  yield* node.kube.list(services, { namespace: worker.namespace, labelSelector }).pipe(
    Effect.flatMap(({ items }) =>
      Effect.forEach(items, ({ metadata }) => node.kube.delete(services, worker.namespace, metadata?.name ?? ""), {
        discard: true,
      }),
    ),
    Effect.ignore,
  )
})
