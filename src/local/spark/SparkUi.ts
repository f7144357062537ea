/**
 * The Spark UI of a local driver (its pages are in `SparkUiPages.ts`) and its REST API: one job of a hundred tasks that has the progress of the driver's script, or,
 * for a run without end, a micro-batch every two seconds; of a Connect server the sessions of its script. Enough to read progress and activity
 * as from a real driver.
 */

import { Clock, Effect, Result } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import * as Labels from "../../spark/Labels.ts"
import { defaultUiPort } from "../../spark/Ui.ts"
import { notFound } from "../apiserver/ApiError.ts"
import { type ApiObject, at, fields, list } from "../apiserver/ApiObject.ts"
import type { Cluster, RequestError } from "../apiserver/Cluster.ts"
import { jsonAnswer, type ProxyAnswer, type ProxyRequest, unreachable } from "../apiserver/PodBackend.ts"
import type { ResourceKind } from "../apiserver/ResourceKind.ts"
import { prefix, progressAnnotation, type Script, scriptOf } from "../node/KubeletScript.ts"
import * as ConnectSessions from "./ConnectSessions.ts"
import * as SparkUiPages from "./SparkUiPages.ts"

const batchSeconds = 2

/** Answers a GET through the API server's proxy, as `PodBackend.proxy` requires. Local drivers do not support HTTPS. */
export const sparkUi = Effect.fnUntraced(function* (
  cluster: Cluster,
  kind: ResourceKind,
  { namespace, target, path: pathAndQuery, address, forwardedContext = "" }: ProxyRequest,
): Effect.fn.Return<ProxyAnswer, RequestError> {
  const [path = ""] = pathAndQuery.split("?")
  const [name = "", port] = target.split(":")
  const pod = yield* cluster.get(kind, namespace, name)
  if (at(pod, "status.phase") !== "Running" || String(uiPort(pod)) !== port) return yield* unreachable(target)
  const id = pod.metadata.labels?.[Labels.sparkAppSelector] ?? ""
  const now = yield* Clock.currentTimeMillis
  const executors = Effect.fnUntraced(function* () {
    const labelSelector = `${Labels.sparkAppSelector}=${id},${Labels.sparkRole}=${Labels.executorRole}`
    const { items } = yield* cluster.list(kind, { namespace, labelSelector })
    const running = items.filter((one) => at(one, "status.phase") === "Running" && now < silentFrom(one))
    return [pod, ...running].map((one) => executor(one, now))
  })
  if (!path.startsWith("/api/")) {
    const page = SparkUiPages.page(path, {
      base: forwardedContext,
      host: address,
      application: name,
      jobs: jobs(pod, now),
      executors: yield* executors(),
    })
    return page ?? (yield* notFound(kind, path))
  }
  const [, , , applications, application, ...more] = path.split("/")
  if (applications !== "applications") return yield* notFound(kind, path)
  if (application === undefined) return jsonAnswer([{ id, name, attempts: [] }])
  if (application !== id) return yield* notFound(kind, path)
  switch (more.join("/")) {
    case "":
      return jsonAnswer([{ id, name, attempts: [] }])
    case "jobs":
      return jsonAnswer(isConnectServer(pod) ? ConnectSessions.jobList(sessionsOf(pod, now)) : jobs(pod, now))
    case "connect/sessions":
      return isConnectServer(pod)
        ? jsonAnswer(ConnectSessions.sessionList(sessionsOf(pod, now)))
        : yield* notFound(kind, path)
    case "connect/operations":
      return isConnectServer(pod)
        ? jsonAnswer(ConnectSessions.operationList(sessionsOf(pod, now)))
        : yield* notFound(kind, path)
    case "allexecutors":
      return jsonAnswer(yield* executors())
    default:
      return yield* notFound(kind, path)
  }
})

/** Its one core ran tasks half of the time. */
const executor = (pod: ApiObject, now: number) => {
  const began = startedAt(pod)
  return {
    id: pod.metadata.labels?.[Labels.sparkExecId] ?? "driver",
    isActive: true,
    totalCores: 1,
    maxTasks: 1,
    addTime: Number.isNaN(began) ? undefined : new Date(began).toISOString().replace("Z", "GMT"),
    totalDuration: Number.isNaN(began) ? 0 : (now - began) / 2,
  }
}

const isConnectServer = (pod: ApiObject) => pod.metadata.labels?.[Labels.sparkRole] === Labels.connectServerRole

const sessionsOf = (pod: ApiObject, now: number) => {
  const script = Result.getOrElse(scriptOf(pod as unknown as Pod), () => ({}) as Script)
  return ConnectSessions.sessionsAt(script.sessions ?? [], startedAt(pod), now)
}

/** Epoch milliseconds from which on the driver gets no heartbeats of the executor, by the executor's script. */
const silentFrom = (executor: ApiObject): number => {
  const seconds = executor.metadata.annotations?.[`${prefix}silent-after`]
  return seconds === undefined ? Number.POSITIVE_INFINITY : startedAt(executor) + Number(seconds) * 1000
}

const uiPort = (pod: ApiObject): unknown =>
  list(at(pod, "spec.containers"))
    .flatMap((container) => list(fields(container)["ports"]))
    .map(fields)
    .find((port) => port["name"] === "spark-ui")?.["containerPort"] ?? defaultUiPort

const jobs = (pod: ApiObject, now: number): ReadonlyArray<Job> => {
  const progress = pod.metadata.annotations?.[progressAnnotation]
  if (progress !== undefined) return [job(0, Number.parseInt(progress, 10), {})]
  const started = startedAt(pod)
  if (Number.isNaN(started)) return []
  const batch = Math.floor((now - started) / 1000 / batchSeconds)
  const ended = started + batch * batchSeconds * 1000
  const completionTime = new Date(ended).toISOString().replace("Z", "GMT")
  return [job(batch, 100, { description: `id = local\nrunId = local\nbatch = ${batch}`, completionTime })]
}

const startedAt = (pod: ApiObject): number =>
  Date.parse(String(at(fields(list(at(pod, "status.containerStatuses"))[0]), "state.running.startedAt")))

type Job = ReturnType<typeof job>
const job = (jobId: number, completed: number, rest: object) => ({
  jobId,
  status: completed < 100 ? "RUNNING" : "SUCCEEDED",
  numTasks: 100,
  numActiveTasks: Math.min(4, 100 - completed),
  numCompletedTasks: completed,
  numSkippedTasks: 0,
  numFailedTasks: 0,
  numCompletedIndices: completed,
  numActiveStages: completed < 100 ? 1 : 0,
  numCompletedStages: completed < 100 ? 0 : 1,
  numFailedStages: 0,
  ...rest,
})
