/** History servers on the embedded cluster: start, change, drift, failures and bad input, as users see them. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { SparkHistoryServerStatus } from "../../src/api/history/SparkHistoryServerStatus.ts"
import { deployments, ingresses } from "../../src/history/objects/Objects.ts"
import { configMaps, type KubeObject, pods, resource, services } from "../../src/kube/Resource.ts"
import { httpRoutes } from "../../src/spark/access/HttpRoute.ts"
import { dying } from "../support/Dying.ts"
import { conditionOf, histories, messageOf, scripted, sparkHistory } from "../support/HistoryBench.ts"
import { sample } from "../support/MetricsText.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

const definitions = resource<KubeObject>(
  "apiextensions.k8s.io",
  "v1",
  "customresourcedefinitions",
  "CustomResourceDefinition",
)

const httpRouteDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "httproutes.gateway.networking.k8s.io" },
  spec: {
    group: "gateway.networking.k8s.io",
    scope: "Namespaced",
    names: { plural: "httproutes", singular: "httproute", kind: "HTTPRoute", listKind: "HTTPRouteList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
} as KubeObject

const isAvailable = (status: SparkHistoryServerStatus) =>
  conditionOf(status, "Available") === "True/MinimumReplicasAvailable"
const isUpdated = (status: SparkHistoryServerStatus) =>
  isAvailable(status) && conditionOf(status, "Progressing") === "True/NewReplicaSetAvailable"
const is = (type: string, value: string) => (status: SparkHistoryServerStatus) => conditionOf(status, type) === value

describe("a history server", { timeout: 60_000 }, () => {
  it.effect("is started, says where it is reached, and is gone with its resource", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { telemetry } = yield* world.startOperator()
      const servers = histories(world)
      yield* servers.apply(sparkHistory("history", { ingress: { host: "history.example.com", tls: true } }))
      const status = yield* servers.until("history", isUpdated)
      assert.deepInclude(status, {
        observedGeneration: 1,
        replicas: 1,
        readyReplicas: 1,
        endpoint: "http://history.default.svc:18080",
        url: "https://history.example.com",
      })
      assert.deepStrictEqual(
        status.conditions!.map(({ type, status, reason }) => `${type} ${status} ${reason}`),
        [
          "Accepted True Valid",
          "Available True MinimumReplicasAvailable",
          "Progressing True NewReplicaSetAvailable",
          "Exposed True Applied",
        ],
      )
      assert.deepStrictEqual(yield* servers.objectsOf("history"), [
        "ConfigMap/history-conf",
        "Deployment/history",
        "Service/history",
        "Ingress/history",
      ])
      const { body } = yield* telemetry.collect()
      assert.strictEqual(
        sample(body, "spark_history_servers", { k8s_namespace_name: "default", state: "Available" }),
        1,
      )
      assert.deepStrictEqual(yield* servers.eventsOf("history"), ["SparkHistoryServerAvailable"])

      yield* servers.delete("history")
      yield* pass(3)
      assert.deepStrictEqual(yield* servers.objectsOf("history"), [])
      assert.deepStrictEqual(yield* servers.pods("history"), [])
    }),
  )

  it.effect("gets new pods when its properties change, and writes nothing while nothing changes", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const servers = histories(world)
      yield* servers.apply(sparkHistory("history"))
      yield* servers.until("history", isUpdated)
      const before = yield* servers.get("history")
      const [deployment] = yield* servers.deployments("history")
      const [first] = yield* servers.pods("history")
      yield* pass(30)
      assert.strictEqual((yield* servers.get("history")).metadata.resourceVersion, before.metadata.resourceVersion)
      assert.strictEqual(
        (yield* servers.deployments("history"))[0]!.metadata!.resourceVersion,
        deployment!.metadata!.resourceVersion,
      )

      yield* servers.edit("history", {
        spec: { sparkConf: { "spark.history.ui.title": "Ours" }, ingress: { host: "a.example.com" } },
      })
      yield* servers.until("history", ({ observedGeneration }) => observedGeneration === 2)
      const updated = yield* servers.until("history", isUpdated)
      assert.strictEqual(updated.url, "http://a.example.com")
      yield* pass(3)
      const [second, ...others] = yield* servers.pods("history")
      assert.deepStrictEqual(others, [])
      assert.notStrictEqual(second!.metadata!.uid, first!.metadata!.uid)

      yield* servers.edit("history", { spec: { ingress: null } })
      yield* servers.until("history", ({ url }) => url === "http://history.default.svc:18080")
      assert.notInclude(yield* servers.objectsOf("history"), "Ingress/history")
      assert.strictEqual((yield* servers.pods("history"))[0]!.metadata!.uid, second!.metadata!.uid)
    }),
  )

  it.effect("gets back what is deleted or changed by hand", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { kube } = world
      yield* world.startOperator()
      const servers = histories(world)
      yield* servers.apply(sparkHistory("history", { ingress: { host: "a.example.com" } }))
      yield* servers.until("history", isUpdated)
      const all = yield* servers.objectsOf("history")
      for (const [resource, name] of [
        [configMaps, "history-conf"],
        [deployments, "history"],
        [services, "history"],
        [ingresses, "history"],
      ] as const) {
        yield* Effect.orDie(kube.delete(resource, "default", name))
        yield* pass(1)
        assert.sameMembers([...(yield* servers.objectsOf("history"))], [...all], `${name} is back`)
      }
      const patch = (body: object) =>
        Effect.orDie(kube.patch(deployments, "default", "history", { type: "merge", body }))
      yield* patch({ spec: { replicas: 4 }, metadata: { labels: { mine: "yes" } } })
      yield* pass(1)
      const [deployment] = yield* servers.deployments("history")
      assert.strictEqual(deployment!.spec!.replicas, 1)
      assert.deepInclude(deployment!.metadata!.labels, { mine: "yes" })
      yield* servers.until("history", isUpdated)
    }),
  )

  it.effect("says that the log directory is missing, and answers when it exists", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const servers = histories(world)
      const message = "Exception in thread main: requirement failed: None of the specified log directories exist"
      const script = { "run-seconds": "1, 1, forever", "ready-seconds": "2", "exit-code": "1", message }
      yield* servers.apply(sparkHistory("history", {}, script))
      const status = yield* servers.until("history", is("Available", "False/LogDirectoryMissing"))
      assert.match(messageOf(status, "Available"), /^s3a:\/\/logs\/spark does not exist; create it/)
      assert.deepInclude(status, { readyReplicas: 0 })
      assert.include(yield* servers.eventsOf("history"), "SparkHistoryServerUnavailable")
      const recovered = yield* servers.until("history", isAvailable, 60)
      assert.deepInclude(recovered, { replicas: 1, readyReplicas: 1 })
      assert.strictEqual((yield* servers.pods("history"))[0]!.status!.containerStatuses![0]!.restartCount, 2)
    }),
  )

  it.effect("says why its pods do not start: image, node, claim", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const servers = histories(world)
      yield* servers.apply(sparkHistory("image", { image: "does-not-exist:1" }))
      yield* servers.apply(sparkHistory("node", {}, { unschedulable: "0/3 nodes are available: 3 Insufficient cpu." }))
      const logDirectories = [{ url: "file:/events", claim: { claimName: "events" } }]
      yield* servers.apply(sparkHistory("claim", { logDirectories }))
      yield* servers.apply(sparkHistory("volume", {}, { "start-fails": "FailedMount: no such share" }))
      assert.match(
        messageOf(yield* servers.until("image", is("Available", "False/ImagePullBackOff")), "Available"),
        /not found/,
      )
      assert.match(
        messageOf(yield* servers.until("node", is("Available", "False/Unschedulable")), "Available"),
        /Insufficient cpu/,
      )
      assert.match(
        messageOf(yield* servers.until("volume", is("Available", "False/FailedMount")), "Available"),
        /no such share/,
      )
      const waiting = yield* servers.until("claim", is("Available", "False/Unschedulable"))
      assert.match(messageOf(waiting, "Accepted"), /PersistentVolumeClaim events does not exist; create it/)
      yield* servers.createClaim("events")
      yield* servers.until("claim", isUpdated, 90)
      yield* servers.until("claim", is("Accepted", "True/Valid"), 90)
    }),
  )

  it.effect("with two replicas and a cleaner has one pod that deletes event logs", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const servers = histories(world)
      yield* servers.apply(sparkHistory("history", { cleaner: { enabled: true } }))
      yield* servers.until("history", isUpdated)
      const [cleaner] = yield* servers.pods("history")
      yield* servers.edit("history", { spec: { replicas: 2 } })
      yield* servers.until("history", ({ readyReplicas }) => readyReplicas === 2)
      yield* servers.until("history", isUpdated)
      const deploymentOf = ({ metadata }: KubeObject) => metadata!.labels!["firesteel.dev/history-deployment"]
      assert.sameMembers((yield* servers.pods("history")).map(deploymentOf), ["history", "history-replicas"])
      assert.include(
        (yield* servers.pods("history")).map(({ metadata }) => metadata!.uid),
        cleaner!.metadata!.uid,
        "the pod that cleans is not replaced",
      )
      yield* servers.edit("history", { spec: { replicas: 1 } })
      yield* servers.until("history", ({ replicas }) => replicas === 1)
      yield* pass(2)
      assert.deepStrictEqual(
        (yield* servers.deployments("history")).map(({ metadata }) => metadata!.name),
        ["history"],
      )
    }),
  )

  it.effect("whose spec has a mistake continues as it was, and two that select the same say so", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const servers = histories(world)
      yield* servers.apply(sparkHistory("a", { applications: {} }))
      yield* servers.until("a", isUpdated)
      yield* servers.edit("a", { spec: { logDirectories: [{ url: "logs" }] } })
      const invalid = yield* servers.until("a", is("Accepted", "False/InvalidSpec"))
      assert.match(
        messageOf(invalid, "Accepted"),
        /^spec\.logDirectories\[0\]\.url: "logs" is not the URL of a directory/,
      )
      assert.strictEqual(conditionOf(invalid, "Available"), "True/MinimumReplicasAvailable")
      assert.include(yield* servers.eventsOf("a"), "SparkHistoryServerInvalid")
      yield* servers.edit("a", { spec: { logDirectories: [{ url: "s3a://logs/a" }] } })
      yield* servers.until("a", is("ApplicationsSelected", "True/Selecting"))

      yield* servers.apply(sparkHistory("b", { applications: { selector: { matchLabels: { team: "b" } } } }))
      for (const name of ["a", "b"]) yield* servers.until(name, is("ApplicationsSelected", "False/SelectorConflict"))
      const exclusive = { matchExpressions: [{ key: "team", operator: "NotIn", values: ["b"] }] }
      yield* servers.edit("a", { spec: { applications: { selector: exclusive } } })
      for (const name of ["a", "b"]) yield* servers.until(name, is("ApplicationsSelected", "True/Selecting"))
    }),
  )

  it.effect("does not take over objects of others, and says which", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const servers = histories(world)
      yield* Effect.orDie(
        world.kube.create(services, "default", { metadata: { name: "history" }, spec: { ports: [{ port: 80 }] } }),
      )
      yield* servers.apply(
        sparkHistory("history", { httpRoute: { parentRefs: [{ name: "g" }], hostnames: ["a.example.com"] } }),
      )
      const status = yield* servers.until(
        "history",
        (status) => isAvailable(status) && is("Exposed", "False/NameConflict")(status),
      )
      assert.match(
        messageOf(status, "Exposed"),
        /Service history: exists already and does not belong to this SparkHistoryServer/,
      )
      assert.match(
        messageOf(status, "Exposed"),
        /the cluster does not serve HTTPRoute of gateway\.networking\.k8s\.io\/v1; install the CRDs of the Gateway API/,
      )
      yield* Effect.orDie(world.kube.delete(services, "default", "history"))
      yield* servers.edit("history", { spec: { httpRoute: null } })
      yield* servers.until("history", is("Exposed", "True/Applied"), 60)
    }),
  )

  it.effect("is left as it is by an operator that starts again, which finds what changed meanwhile", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const first = yield* world.startOperator()
      const servers = histories(world)
      yield* servers.apply(sparkHistory("history"))
      yield* servers.until("history", isUpdated)
      yield* first.kill
      const [pod] = yield* servers.pods("history")
      yield* servers.edit("history", { spec: { ingress: { host: "a.example.com" } } })
      yield* Effect.orDie(world.kube.delete(services, "default", "history"))
      yield* world.startOperator()
      yield* servers.until("history", ({ url }) => url === "http://a.example.com")
      assert.includeMembers([...(yield* servers.objectsOf("history"))], ["Service/history", "Ingress/history"])
      assert.strictEqual((yield* servers.pods("history"))[0]!.metadata!.uid, pod!.metadata!.uid)
      yield* Effect.orDie(world.kube.delete(pods, "default", pod!.metadata!.name!))
      yield* pass(3)
      yield* servers.until("history", isUpdated)
    }),
  )

  it.effect("survives the death of the operator at any of its requests", () =>
    Effect.gen(function* () {
      for (let fatal = 1; ; fatal++) {
        const world = yield* makeWorld
        const servers = histories(world)
        let died = false
        const death = () => {
          died = true
        }
        const { plan, arm } = dying(fatal, "DropAfter", death, ({ verb }) => verb === "create" || verb === "patch")
        const first = yield* world.startOperator(plan)
        arm()
        yield* servers.apply(sparkHistory("history", { replicas: 2, cleaner: { enabled: true } }))
        yield* pass(2)
        yield* first.kill
        yield* world.startOperator()
        const status = yield* servers.until("history", ({ readyReplicas }) => readyReplicas === 2)
        assert.strictEqual(status.observedGeneration, 1)
        assert.lengthOf(yield* servers.deployments("history"), 2)
        if (!died) break
      }
    }),
  )

  it.effect("has the event logs of the applications that it selects, whose status links to it from the start", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { kube } = world
      yield* world.startOperator()
      const servers = histories(world)
      yield* servers.createClaim("events")
      const logDirectories = [{ url: "file:/spark-events", claim: { claimName: "events", subPath: "logs" } }]
      const selector = { matchLabels: { history: "shared" } }
      yield* servers.apply(sparkHistory("history", { logDirectories, applications: { selector } }))
      yield* pass(1)
      const submit = (name: string, labels: Record<string, string>) => {
        const pi = sparkPi(name, { "run-seconds": "5" })
        return world.apply({ ...pi, metadata: { ...pi.metadata, labels } })
      }
      yield* submit("shared", { history: "shared" })
      yield* submit("other", {})
      yield* pass(3)
      const { status } = yield* world.reported("shared")
      assert.strictEqual(status.applicationState.state, "RUNNING")
      assert.strictEqual(
        status.historyURL,
        `http://history.default.svc:18080/history/${status.sparkApplicationId}/jobs/`,
      )
      assert.isUndefined((yield* world.reported("other")).status.historyURL)
      const driver = yield* Effect.orDie(kube.get(pods, "default", "shared-driver"))
      assert.includeDeepMembers(driver.spec!.volumes!, [
        { name: "spark-event-log", persistentVolumeClaim: { claimName: "events" } },
      ])
      assert.includeDeepMembers(driver.spec!.containers[0]!.volumeMounts!, [
        { name: "spark-event-log", mountPath: "/spark-events", subPath: "logs" },
      ])

      // Nothing of what runs changes; what is submitted next is selected by both.
      yield* servers.apply(sparkHistory("second", { applications: {} }))
      yield* pass(1)
      yield* submit("both", { history: "shared" })
      yield* pass(3)
      const both = yield* world.reported("both")
      assert.isUndefined(both.status.historyURL)
      const accepted = both.status.conditions!.find(({ type }) => type === "Accepted")
      assert.match(
        accepted!.message,
        /selected by SparkHistoryServer default\/history and by SparkHistoryServer default\/second/,
      )
    }),
  )

  it.effect("loses the HTTPRoute that its spec requested before the operator started", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { kube } = world
      yield* Effect.orDie(kube.create(definitions, "", httpRouteDefinition))
      const first = yield* world.startOperator()
      const servers = histories(world)
      const httpRoute = { parentRefs: [{ name: "edge", namespace: "infra" }], hostnames: ["a.example.com"] }
      yield* servers.apply(sparkHistory("history", { httpRoute }))
      const pending = yield* servers.until("history", is("Exposed", "False/GatewayNotFound"))
      assert.strictEqual(pending.url, "https://a.example.com")
      const parents = [
        {
          parentRef: httpRoute.parentRefs[0],
          conditions: [{ type: "Accepted", status: "True", reason: "Accepted", message: "" }],
        },
      ]
      yield* Effect.orDie(
        kube.patch(httpRoutes, "default", "history", { type: "merge", body: { status: { parents } } }),
      )
      yield* servers.until("history", is("Exposed", "True/Applied"))
      yield* first.stop
      yield* servers.edit("history", { spec: { httpRoute: null } })
      yield* world.startOperator()
      yield* servers.until("history", ({ url }) => url === "http://history.default.svc:18080")
      yield* pass(1)
      assert.deepStrictEqual((yield* Effect.orDie(kube.list(httpRoutes, {}))).items, [])
    }),
  )

  it.effect("is nothing that applications need: without its definition they run", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* Effect.orDie(world.kube.delete(definitions, "", "sparkhistoryservers.firesteel.dev"))
      yield* pass(1)
      yield* world.startOperator()
      yield* world.apply(sparkPi("pi", { "run-seconds": "1" }))
      yield* pass(10)
      assert.strictEqual(yield* world.stateOf("pi"), "COMPLETED")
    }),
  )

  it.effect("uses the template of the user", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      const servers = histories(world)
      const template = {
        ...scripted({ "ready-seconds": "3" }),
        spec: {
          priorityClassName: "high",
          containers: [{ name: "proxy", image: "envoy" }, { name: "spark-history-server" }],
        },
      }
      yield* servers.apply(sparkHistory("history", { template }))
      yield* servers.until("history", isUpdated)
      const [pod] = yield* servers.pods("history")
      assert.strictEqual(pod!.spec!.priorityClassName, "high")
      assert.deepStrictEqual(
        pod!.spec!.containers.map(({ name, image }) => `${name} ${image}`),
        ["proxy envoy", "spark-history-server spark:4.3.0"],
      )
    }),
  )
})
