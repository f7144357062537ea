/** A history server that is real Spark, over a shared claim: what it shows of an application, and what it says when it cannot start. */

import { assert, describe, layer } from "@effect/vitest"
import { Clock, Effect } from "effect"
import type { SparkHistoryServerStatus } from "../../../src/api/history/SparkHistoryServerStatus.ts"
import { sparkHistoryServers } from "../../../src/api/Kinds.ts"
import { python } from "../support/Applications.ts"
import { newest } from "../support/Environment.ts"
import { apply, kubectl } from "../support/Kubectl.ts"
import { attempt, ClusterLayer, eventually, makeWorld, type World } from "../support/World.ts"

/** A claim that all nodes can mount, on a folder of the node. */
const sharedClaim = (world: World) => {
  const { namespace } = world
  const accessModes = ["ReadWriteMany"]
  const storage = { storage: "1Gi" }
  const volume = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: namespace, labels: { "firesteel.dev/test": "cluster" } },
    spec: {
      storageClassName: "",
      capacity: storage,
      accessModes,
      claimRef: { namespace, name: "events" },
      hostPath: { path: `/tmp/firesteel-events/${namespace}`, type: "DirectoryOrCreate" },
    },
  }
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "events", namespace },
    spec: { storageClassName: "", accessModes, resources: { requests: storage }, volumeName: namespace },
  }
  return Effect.acquireRelease(Effect.orDie(apply([volume, claim])), () =>
    Effect.ignore(kubectl(["delete", `pv/${namespace}`, "--ignore-not-found", "--wait=false"])),
  )
}

const jvm = [{ name: "JDK_JAVA_OPTIONS", value: "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" }]

const server = (name: string, spec: object) => ({
  apiVersion: "firesteel.dev/v1alpha1",
  kind: "SparkHistoryServer",
  metadata: { name },
  spec: {
    sparkVersion: newest.version,
    image: newest.image,
    memory: "512m",
    resources: { requests: { cpu: "100m" } },
    template: { spec: { containers: [{ name: "spark-history-server", env: jvm }] } },
    ...spec,
  },
})

/** Its folder belongs to root, so an init container opens it for the user of Spark. */
const overClaim = server("history", {
  logDirectories: [{ url: "file:/spark-events", claim: { claimName: "events", subPath: "logs" } }],
  sparkConf: { "spark.history.fs.update.interval": "1s" },
  store: { type: "Disk", size: "100Mi" },
  template: {
    spec: {
      initContainers: [
        {
          name: "open",
          image: newest.image,
          command: ["chmod", "777", "/spark-events"],
          securityContext: { runAsUser: 0 },
          volumeMounts: [{ name: "event-logs-0", mountPath: "/spark-events", subPath: "logs" }],
        },
      ],
      containers: [{ name: "spark-history-server", env: jvm }],
    },
  },
  applications: { selector: { matchLabels: { history: "shared" } } },
})

const condition = ({ conditions }: SparkHistoryServerStatus, type: string) =>
  conditions?.find((condition) => condition.type === type)

layer(ClusterLayer, { excludeTestServices: true })("a real history server", (it) => {
  const until = (
    { kube, namespace }: World,
    name: string,
    what: string,
    is: (status: SparkHistoryServerStatus) => boolean,
    seconds = 120,
  ) => {
    const status = Effect.map(Effect.orDie(kube.get(sparkHistoryServers, namespace, name)), ({ status = {} }) => status)
    return eventually(
      Effect.map(status, (status) => (is(status) ? status : undefined)),
      seconds,
      Effect.map(status, (status) => `${name} is not ${what}: ${JSON.stringify(status, undefined, 2)}`),
    )
  }
  const isAvailable = (status: SparkHistoryServerStatus) => condition(status, "Available")?.status === "True"

  describe.concurrent("", () => {
    it.effect("shows a finished PySpark Pi under the link that its status said beforehand", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("history")
        const { kube, namespace } = world
        yield* sharedClaim(world)
        const applied = yield* Clock.currentTimeMillis
        yield* Effect.orDie(kube.create(sparkHistoryServers, namespace, overClaim as object))
        const { url } = yield* until(world, "history", "available", isAvailable)
        const available = (((yield* Clock.currentTimeMillis) - applied) / 1000).toFixed(1)
        assert.strictEqual(url, `http://history.${namespace}.svc:18080`)

        const pi = python("pi", ["2"], { mainApplicationFile: "local:///opt/spark/examples/src/main/python/pi.py" })
        yield* world.apply({ ...pi, metadata: { ...pi.metadata, labels: { history: "shared" } } })
        const started = yield* world.until("pi", "submitted", ({ status }) => status?.historyURL !== undefined)
        const { historyURL, sparkApplicationId } = started.status!
        assert.strictEqual(historyURL, `${url}/history/${sparkApplicationId}/jobs/`)
        const done = yield* world.untilState("pi", "COMPLETED")
        const ended = yield* Clock.currentTimeMillis
        assert.deepInclude(attempt(done), { number: 1, result: "Succeeded" })
        assert.strictEqual(done.status!.historyURL, historyURL)

        const [pod] = yield* world.pods("firesteel.dev/history-server=history")
        const get = (url: string) => world.exec(pod!.metadata!.name!, "curl", "-fsS", url)
        const page = yield* eventually(
          Effect.map(get(historyURL!), (text) => (text.includes("Completed Jobs") ? text : undefined)),
          30,
          get(historyURL!),
        )
        console.log(
          `history server: available after ${available} s, page ${(((yield* Clock.currentTimeMillis) - ended) / 1000).toFixed(1)} s after the end`,
        )
        assert.include(page, "PythonPi")
        const [run] = JSON.parse(yield* get(`${url}/api/v1/applications/${sparkApplicationId}`)).attempts
        assert.isTrue(run.completed)

        // The application and its pods may go; its page stays.
        yield* world.remove("pi")
        assert.include(yield* get(historyURL!), "PythonPi")
      }),
    )

    it.effect("says which log directory is missing", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("history-missing")
        yield* Effect.orDie(
          world.kube.create(
            sparkHistoryServers,
            world.namespace,
            server("missing", { logDirectories: [{ url: "file:/nowhere" }] }) as object,
          ),
        )
        const status = yield* until(
          world,
          "missing",
          "reported",
          (status) => condition(status, "Available")?.reason === "LogDirectoryMissing",
        )
        assert.match(condition(status, "Available")!.message, /^file:\/nowhere does not exist; create it/)
        assert.match(condition(status, "Accepted")!.message, /no volume is mounted/)
      }),
    )
  })
})
