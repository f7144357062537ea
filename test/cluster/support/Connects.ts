/** Connect servers in the namespace of a test, and their event logs. */

import { Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkConnect } from "../../../src/api/connect/SparkConnect.ts"
import type { ConnectAttempt, SparkConnectStatus } from "../../../src/api/connect/SparkConnectStatus.ts"
import { sparkConnects } from "../../../src/api/Kinds.ts"
import { pods } from "../../../src/kube/Resource.ts"
import { env } from "./Applications.ts"
import { newest } from "./Environment.ts"
import { kubectl } from "./Kubectl.ts"
import { eventually, type World } from "./World.ts"

/** In the pods that have that folder. */
const eventLogs = "/events"

const container = (of: "driver" | "executor", more: object = {}) => ({ name: `spark-kubernetes-${of}`, env, ...more })

/** A server with one executor, each of a tenth of a core; its probes are as frequent as they may be, so that the test knows when it answers. */
const sparkConnect = (name: string, spec: object, server: object): SparkConnect =>
  ({
    apiVersion: "sparkoperator.k8s.io/v1alpha1",
    kind: "SparkConnect",
    metadata: { name },
    spec: {
      sparkVersion: newest.version,
      image: newest.image,
      server: { memory: "512m", template: { spec: { serviceAccountName: "spark", ...server } } },
      executor: { memory: "512m", template: { spec: { containers: [container("executor")] } } },
      healthChecks: {
        preset: "connect",
        driver: { startup: { periodSeconds: 1, failureThreshold: 120 }, readiness: { periodSeconds: 1 } },
      },
      ...spec,
      sparkConf: {
        "spark.kubernetes.driver.request.cores": "100m",
        "spark.kubernetes.executor.request.cores": "100m",
        ...(spec as { readonly sparkConf?: object }).sparkConf,
      },
    },
  }) as object as SparkConnect

/** The event log of a server goes to a folder of the node, which remains when the server is gone. */
const logged = (namespace: string) => ({
  conf: { "spark.eventLog.enabled": "true", "spark.eventLog.dir": `file:${eventLogs}` },
  pod: {
    containers: [container("driver", { volumeMounts: [{ name: "events", mountPath: eventLogs }] })],
    volumes: [{ name: "events", hostPath: eventsOf(namespace) }],
  },
})

const eventsOf = (namespace: string) => ({ path: `/tmp/firesteel-events/${namespace}`, type: "DirectoryOrCreate" })

export interface Connects {
  readonly apply: (name: string, spec?: object) => Effect.Effect<SparkConnect>
  readonly read: (name: string) => Effect.Effect<SparkConnect>
  /** As soon as `is` holds. */
  readonly until: (
    name: string,
    what: string,
    is: (status: SparkConnectStatus) => boolean,
    seconds?: number,
  ) => Effect.Effect<SparkConnectStatus>
  /** The server with this number, once it is ready. */
  readonly untilReady: (name: string, number: number) => Effect.Effect<SparkConnectStatus>
  /** Server and executors are gone. */
  readonly untilNoPods: (name: string) => Effect.Effect<void>
  /** A merge patch. */
  readonly patch: (name: string, body: object) => Effect.Effect<void>
  readonly executors: (name: string) => Effect.Effect<ReadonlyArray<Pod>>
  /** Deletes it and waits until nothing of it is left. */
  readonly remove: (name: string) => Effect.Effect<void>
}

/** The attempt with this number. */
export const server = ({ attempts = [] }: SparkConnectStatus, number: number): ConnectAttempt =>
  attempts.find((one) => one.number === number)!

/** `eventLogs`: whether the servers write them, where `startEventLogs` has made the folder. */
export const connectsOf = (world: World, options = { eventLogs: false }): Connects => {
  const { kube, namespace } = world
  const { conf, pod } = options.eventLogs ? logged(namespace) : { conf: {}, pod: { containers: [container("driver")] } }
  const read = (name: string) => Effect.orDie(kube.get(sparkConnects, namespace, name))
  const until: Connects["until"] = (name, what, is, seconds = 120) =>
    eventually(
      Effect.map(read(name), ({ status }) => (status !== undefined && is(status) ? status : undefined)),
      seconds,
      Effect.map(read(name), ({ status }) => `${name} is not ${what}: ${JSON.stringify(status, undefined, 2)}`),
    )
  return {
    read,
    until,
    apply: (name, spec) =>
      Effect.orDie(kube.create(sparkConnects, namespace, sparkConnect(name, { ...spec, sparkConf: conf }, pod))),
    untilReady: (name, number) =>
      until(
        name,
        `ready with server ${number}`,
        ({ state, attempts }) => state === "Ready" && attempts?.at(-1)?.number === number,
      ),
    untilNoPods: (name) => {
      const left = Effect.map(world.pods(`sparkoperator.k8s.io/connect-name=${name}`), (all) =>
        all.map(({ metadata }) => metadata?.name),
      )
      return Effect.asVoid(
        eventually(
          Effect.map(left, ({ length }) => (length === 0 ? true : undefined)),
          60,
          Effect.map(left, (names) => `pods of ${name} that are left: ${names.join()}`),
        ),
      )
    },
    patch: (name, body) =>
      Effect.asVoid(Effect.orDie(kube.patch(sparkConnects, namespace, name, { type: "merge", body }))),
    executors: (name) => world.pods(`sparkoperator.k8s.io/connect-name=${name},spark-role=executor`),
    remove: Effect.fnUntraced(function* (name) {
      yield* Effect.orDie(kube.delete(sparkConnects, namespace, name))
      yield* eventually(
        Effect.map(world.remains(name), (left) => (left.length === 0 ? true : undefined)),
        90,
        Effect.map(world.remains(name), (left) => `left of ${name}: ${left.join(", ")}`),
      )
    }),
  }
}

/** A pod beside the servers of a world. It owns the folder of their event logs; the result is the names of the files in it. */
export const startEventLogs = Effect.fnUntraced(function* ({ kube, namespace, exec }: World) {
  const name = "logs"
  const container = {
    name,
    image: newest.image,
    command: ["sh", "-c", `chmod 777 ${eventLogs} && touch /tmp/started && sleep 3600`],
    securityContext: { runAsUser: 0 },
    readinessProbe: { exec: { command: ["cat", "/tmp/started"] }, periodSeconds: 1 },
    volumeMounts: [{ name: "events", mountPath: eventLogs }],
  }
  const volumes = [{ name: "events", hostPath: eventsOf(namespace) }]
  yield* Effect.orDie(
    kube.create(pods, namespace, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec: { terminationGracePeriodSeconds: 0, containers: [container], volumes },
    }),
  )
  yield* Effect.orDie(kubectl(["wait", `pod/${name}`, "-n", namespace, "--for=condition=Ready", "--timeout=60s"]))
  yield* Effect.addFinalizer(() => Effect.ignore(exec(name, "find", eventLogs, "-mindepth", "1", "-delete")))
  return Effect.map(exec(name, "find", eventLogs, "-type", "f", "-name", "[!.]*", "-printf", "%f\\n"), (text) =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .sort(),
  )
})
