/**
 * Replaces Spark on simulated nodes: a running driver gets executors; when they run, it deletes them and ends. kwok moves new pods
 * to Running, and removes deleted ones.
 */

import { Clock, Effect, type Scope, Stream } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import { Kube } from "../../src/kube/Kube.ts"
import { reflect } from "../../src/kube/Reflector.ts"
import { pods } from "../../src/kube/Resource.ts"

export interface Times {
  /** Epoch milliseconds, by name of the application: its driver pod was seen, its driver was told to have ended. */
  readonly created: Map<string, number>
  readonly ended: Map<string, number>
}

const executors = 5
const namespaceOf = (pod: Pod) => pod.metadata?.namespace ?? "default"
const applicationOf = (pod: Pod) => pod.metadata?.labels?.["sparkoperator.k8s.io/app-name"] ?? ""

/** Plays the drivers of all namespaces until the scope ends. Names of applications are unique in the cluster. */
export const playDrivers = Effect.gen(function* (): Effect.fn.Return<Times, never, Kube | Scope.Scope> {
  const kube = yield* Kube
  const times: Times = { created: new Map(), ended: new Map() }
  const running = new Map<string, Set<string>>()
  const drivers = new Map<string, Pod>()

  const executor = (driver: Pod, id: number): Pod => ({
    metadata: {
      name: `${applicationOf(driver)}-exec-${id}`,
      labels: { ...driver.metadata?.labels, "spark-role": "executor", "spark-exec-id": String(id) },
      ownerReferences: [
        { apiVersion: "v1", kind: "Pod", name: driver.metadata!.name!, uid: driver.metadata!.uid!, controller: true },
      ],
    },
    spec: { restartPolicy: "Never", containers: [{ name: "spark-kubernetes-executor", image: "spark" }] },
  })
  const begin = (driver: Pod) =>
    Effect.forEach(
      Array.from({ length: executors }, (_, index) => executor(driver, index + 1)),
      (pod) => Effect.ignore(kube.create(pods, namespaceOf(driver), pod)),
      { discard: true },
    )
  const end = Effect.fnUntraced(function* (application: string) {
    yield* Effect.sleep("1 second")
    const driver = drivers.get(application)!
    const namespace = namespaceOf(driver)
    for (let id = 1; id <= executors; id++) {
      yield* Effect.ignore(kube.delete(pods, namespace, `${application}-exec-${id}`, { gracePeriodSeconds: 0 }))
    }
    const now = new Date(yield* Clock.currentTimeMillis).toISOString().replace(/\.\d+Z/, "Z")
    const container = driver.status?.containerStatuses?.[0]
    const terminated = { exitCode: 0, reason: "Completed", startedAt: now, finishedAt: now }
    const status = { phase: "Succeeded", containerStatuses: [{ ...container, ready: false, state: { terminated } }] }
    times.ended.set(application, yield* Clock.currentTimeMillis)
    yield* Effect.ignore(
      kube.patch(pods, namespace, driver.metadata!.name!, { type: "merge", subresource: "status", body: { status } }),
    )
  })

  const seen = Effect.fnUntraced(function* (pod: Pod) {
    const application = applicationOf(pod)
    const isDriver = pod.metadata?.labels?.["spark-role"] === "driver"
    if (isDriver && !times.created.has(application)) times.created.set(application, yield* Clock.currentTimeMillis)
    if (pod.status?.phase !== "Running" || pod.metadata?.deletionTimestamp !== undefined) return
    const known = running.get(application)
    if (isDriver) {
      if (known !== undefined) return
      running.set(application, new Set())
      drivers.set(application, pod)
      yield* Effect.forkScoped(begin(pod))
    } else if (known !== undefined && known.size < executors) {
      known.add(pod.metadata?.name ?? "")
      if (known.size === executors) yield* Effect.forkScoped(end(application))
    }
  })
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(kube, pods, { labelSelector: "spark-role" }).events, (event) =>
      event._tag === "Applied" ? seen(event.object) : Effect.void,
    ),
  )
  return times
})
