/** An embedded cluster with the local kubelet on it, in virtual time, and the few objects and questions that its tests share. */

import { it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { TestClock } from "effect/testing"
import type { Container, Pod, PodSpec } from "kubernetes-types/core/v1"
import type { ObjectMeta } from "kubernetes-types/meta/v1"
import { Kube } from "../../src/kube/Kube.ts"
import { configMaps, pods } from "../../src/kube/Resource.ts"
import * as Cluster from "../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../src/local/apiserver/EmbeddedKube.ts"
import { type FaultPlan, withFaults } from "../../src/local/apiserver/Faults.ts"
import * as Kubelet from "../../src/local/node/Kubelet.ts"
import * as SparkPods from "../../src/local/spark/SparkPods.ts"
import { renderProperties } from "../../src/spark/conf/Properties.ts"

type OnCluster<A, E> = Effect.Effect<A, E, Kube | Scope.Scope>

interface Bench {
  /** False: the test starts the kubelet itself, with the effect it is given. */
  readonly started?: boolean
  /** Faults between the kubelet and the cluster; the test's own requests are spared. */
  readonly faults?: FaultPlan
}

/** A test on a fresh cluster with the kubelet on it. */
export const onNode = <A, E>(
  title: string,
  test: (startKubelet: OnCluster<void, never>) => OnCluster<A, E>,
  { started = true, faults }: Bench = {},
) =>
  it.effect(title, () =>
    Effect.gen(function* () {
      const cluster = yield* Cluster.make({ seed: 1 })
      const afflicted = faults === undefined ? cluster : withFaults(cluster, faults)
      const startKubelet = Kubelet.run(SparkPods.programs).pipe(
        Effect.provideService(Kube, EmbeddedKube.make(afflicted)),
        Effect.forkScoped,
        Effect.asVoid,
      )
      if (started) yield* startKubelet
      return yield* Effect.provideService(test(startKubelet), Kube, EmbeddedKube.make(cluster))
    }),
  )

/** Lets time pass in small steps, so that the cluster's controllers keep up as they do in real time. */
export const pass = (seconds: number): Effect.Effect<void> =>
  Effect.forEach(Array.from({ length: Math.round(seconds * 10) }), () => TestClock.adjust(100), { discard: true })

/** Annotations of a script, without their prefix. */
export const script = (annotations: Record<string, string>): { readonly annotations: Record<string, string> } => ({
  annotations: Object.fromEntries(
    Object.entries(annotations).map(([name, value]) => [`local.firesteel.dev/${name}`, value]),
  ),
})

/** A pod `a` that is not restarted, with one container `main`. */
export const pod = (
  metadata: ObjectMeta = {},
  container: Partial<Container> = {},
  spec: Partial<PodSpec> = {},
): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a", ...metadata },
  spec: { restartPolicy: "Never", containers: [{ name: "main", image: "busybox:1", ...container }], ...spec },
})

/** Creates the driver pod `pi-driver` of a SparkPi with these Spark properties in its ConfigMap; `undefined`: it has no ConfigMap. */
export const launch = Effect.fnUntraced(function* (
  properties: Record<string, string> | undefined,
  metadata: ObjectMeta = {},
) {
  const kube = yield* Kube
  if (properties !== undefined) {
    const all = { "spark.app.id": "spark-1", "spark.app.name": "pi", "spark.kubernetes.container.image": "spark:4" }
    const text = renderProperties(new Map(Object.entries({ ...all, ...properties })), "test", 0)
    yield* kube.create(configMaps, "default", { metadata: { name: "conf" }, data: { "spark.properties": text } })
  }
  yield* kube.create(
    pods,
    "default",
    pod(
      {
        name: "pi-driver",
        labels: { "spark-role": "driver", "spark-app-selector": "spark-1", "spark-version": "4.0.4" },
        ...metadata,
      },
      { name: "spark-kubernetes-driver", args: ["driver", "--class", "org.apache.spark.examples.SparkPi"] },
      properties === undefined ? {} : { volumes: [{ name: "spark-conf-volume-driver", configMap: { name: "conf" } }] },
    ),
  )
})

export const see = (name: string) => Effect.flatMap(Effect.service(Kube), (kube) => kube.get(pods, "default", name))

export const phase = (name: string) => Effect.map(see(name), ({ status }) => status?.phase)

/** Whether the pod's object is gone from the API. */
export const gone = (name: string) =>
  see(name).pipe(
    Effect.as(false),
    Effect.catch((error) => (error.reason === "NotFound" ? Effect.succeed(true) : Effect.fail(error))),
  )

/** The executor pods, by id. */
export const executors = Effect.gen(function* () {
  const kube = yield* Kube
  const { items } = yield* kube.list(pods, { labelSelector: "spark-role=executor" })
  const id = ({ metadata }: Pod) => Number(metadata?.labels?.["spark-exec-id"])
  return [...items].sort((a, b) => id(a) - id(b))
})
