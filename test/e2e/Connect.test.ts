/** A Connect server over its life, in virtual time: started, used, replaced, stopped, woken, and what becomes of it when things go wrong. */

import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import { parse } from "yaml"
import { sparkConnectCrd } from "../../src/api/connect/CustomResource.ts"
import { secrets } from "../../src/connect/reconcile/EnsureAccess.ts"
import { configMaps, pods, resource, services } from "../../src/kube/Resource.ts"
import { conditionOf, connects, sparkConnect } from "../support/ConnectBench.ts"
import { redefine } from "../support/ForeignDefinition.ts"
import { makeWorld, pass } from "../support/OperatorBench.ts"

const isReady = ({ state }: { readonly state?: string }) => state === "Ready"

const ingresses = resource("networking.k8s.io", "v1", "ingresses", "Ingress")

const world = Effect.gen(function* () {
  const made = yield* makeWorld
  const operator = yield* made.startOperator()
  return { ...made, operator, connect: connects(made) }
})

describe("a Connect server", { timeout: 60_000 }, () => {
  it.effect("becomes ready, with its endpoint, executors and every fact in the status", () =>
    Effect.gen(function* () {
      const { connect, kube } = yield* world
      yield* connect.apply(sparkConnect("a", { "ready-seconds": "3" }))
      yield* pass(2)
      assert.strictEqual((yield* connect.statusOf("a")).state, "Provisioning")
      const status = yield* connect.until("a", isReady)
      yield* pass(20)
      const later = yield* connect.statusOf("a")
      assert.strictEqual(status.endpoint, "sc://a-server.default.svc:15002")
      assert.deepInclude(later.server, { podName: "a-server", serviceName: "a-server" })
      assert.isString(later.server?.podIp)
      assert.deepStrictEqual(later.executors, { running: 1 })
      assert.deepStrictEqual(later.sessions, { open: 0, total: 0 })
      assert.strictEqual(later.activitySignal, "Sessions")
      assert.deepStrictEqual(
        ["Accepted", "ServerPodReady", "Ready", "UpToDate", "Exposed"].map((type) => conditionOf(later, type)),
        ["True/Valid", "True/ServerPodReady", "True/EndpointAnswers", "True/UpToDate", "True/Applied"],
      )
      const service = yield* kube.get(services, "default", "a-server")
      const pod = yield* kube.get(pods, "default", "a-server")
      assert.deepInclude(pod.metadata?.labels, service.spec?.selector)
      assert.strictEqual(later.sparkApplicationId, pod.metadata?.labels?.["spark-app-selector"])
      assert.deepStrictEqual(
        (yield* connect.executors("a")).map(({ metadata }) => metadata?.name),
        ["a-exec-1"],
      )
    }),
  )

  it.effect("that runs quietly causes no writes", () =>
    Effect.gen(function* () {
      const { connect } = yield* world
      yield* connect.apply(sparkConnect("a"))
      yield* connect.until("a", isReady)
      yield* pass(25)
      const before = yield* connect.get("a")
      yield* pass(60)
      assert.strictEqual((yield* connect.get("a")).metadata.resourceVersion, before.metadata.resourceVersion)
    }),
  )

  it.effect("of the example becomes ready, and its scripted sessions come and go", () =>
    Effect.gen(function* () {
      const { connect } = yield* world
      yield* connect.apply(parse(readFileSync(resolve(import.meta.dirname, "../../examples/connect.yaml"), "utf8")))
      yield* connect.until("connect", isReady)
      yield* connect.until("connect", ({ sessions }) => sessions?.open === 2, 40)
      const status = yield* connect.until("connect", ({ sessions }) => sessions?.open === 0, 60)
      assert.deepStrictEqual([status.sessions, status.operations], [{ open: 0, total: 2 }, { running: 0 }])
    }),
  )

  it.effect("that was killed is started again after a pause that grows, and its executors have other names", () =>
    Effect.gen(function* () {
      const { connect } = yield* world
      yield* connect.apply(sparkConnect("a", { "run-seconds": "2,2,forever", reason: "OOMKilled" }))
      const status = yield* connect.until("a", ({ attempts }) => attempts?.length === 3)
      yield* connect.until("a", isReady)
      const [first, second, third] = status.attempts!
      assert.deepInclude(first, {
        number: 1,
        result: "Failed",
        reason: "OOMKilled",
        failure: "OOMKilled",
        exitCode: 137,
      })
      const pause = (one: typeof first, next: typeof first) =>
        (Date.parse(next!.startTime) - Date.parse(one!.finishTime!)) / 1000
      assert.isAtLeast(pause(first, second), 5)
      assert.isAtLeast(pause(second, third), 10)
      yield* pass(3)
      assert.deepStrictEqual(
        (yield* connect.executors("a")).map(({ metadata }) => metadata?.name),
        ["a-3-exec-1"],
      )
      // The Service for clients, and what the current attempt has: nothing of the earlier ones.
      assert.strictEqual((yield* connect.objectsOf("a")).filter((name) => name.startsWith("Service/")).length, 2)
    }),
  )

  it.effect("whose pod is deleted by hand is replaced at once", () =>
    Effect.gen(function* () {
      const { connect, kube } = yield* world
      yield* connect.apply(sparkConnect("a"))
      yield* connect.until("a", isReady)
      yield* kube.delete(pods, "default", "a-server")
      const status = yield* connect.until("a", ({ attempts, state }) => attempts?.length === 2 && state === "Ready", 20)
      assert.deepInclude(status.attempts![0], { result: "Stopped", reason: "Deleted" })
      assert.strictEqual(status.failures, 0)
    }),
  )

  it.effect("on a node that is lost, or that is evicted, is started again elsewhere", () =>
    Effect.gen(function* () {
      const { connect } = yield* world
      yield* connect.apply(sparkConnect("a", { evicted: "3" }))
      const status = yield* connect.until("a", ({ attempts }) => (attempts?.length ?? 0) > 1)
      assert.deepInclude(status.attempts![0], { result: "Failed", reason: "Evicted", failure: "Evicted" })
    }),
  )

  it.effect("that fails too often is not started again before its spec changes", () =>
    Effect.gen(function* () {
      const { connect } = yield* world
      const restart = { maxFailures: 1, backoffSeconds: 1 }
      yield* connect.apply(sparkConnect("a", { "run-seconds": "1", "exit-code": "3" }, { restart }))
      const status = yield* connect.until("a", ({ state }) => state === "Failed")
      assert.strictEqual(status.attempts?.length, 2)
      assert.strictEqual(conditionOf(status, "Ready"), "False/Error")
      yield* pass(60)
      assert.strictEqual((yield* connect.statusOf("a")).attempts?.length, 2)
      yield* connect.edit("a", { spec: { server: { template: null } } })
      yield* connect.until("a", isReady)
    }),
  )

  it.effect("is replaced at once after a change of the spec, or only when it is idle, or when its pod is deleted", () =>
    Effect.gen(function* () {
      const { connect, kube } = yield* world
      const change = (name: string) => connect.edit(name, { spec: { image: "spark:4.3.1" } })
      const numbers = (name: string) => Effect.map(connect.statusOf(name), ({ attempts }) => attempts?.length)
      yield* connect.apply(sparkConnect("now", { sessions: "1@0" }))
      yield* connect.apply(sparkConnect("idle", { sessions: "1@0, 0@60" }, { updateStrategy: "WhenIdle" }))
      yield* connect.apply(sparkConnect("later", {}, { updateStrategy: "OnDelete" }))
      for (const name of ["now", "idle", "later"]) yield* connect.until(name, isReady)
      yield* pass(16)
      for (const name of ["now", "idle", "later"]) yield* change(name)
      yield* connect.until("now", ({ attempts, state }) => attempts?.length === 2 && state === "Ready", 20)
      assert.deepStrictEqual([yield* numbers("idle"), yield* numbers("later")], [1, 1])
      assert.strictEqual(conditionOf(yield* connect.statusOf("idle"), "UpToDate"), "False/WaitingForIdle")
      assert.strictEqual(conditionOf(yield* connect.statusOf("later"), "UpToDate"), "False/OnDelete")
      const idle = yield* connect.until(
        "idle",
        ({ attempts, state }) => attempts?.length === 2 && state === "Ready",
        90,
      )
      assert.deepInclude(idle.attempts![0], { result: "Stopped", reason: "SpecChanged" })
      assert.strictEqual(conditionOf(idle, "UpToDate"), "True/UpToDate")
      assert.strictEqual(yield* numbers("later"), 1)
      yield* kube.delete(pods, "default", "later-server")
      yield* connect.until("later", ({ attempts, state }) => attempts?.length === 2 && state === "Ready", 20)
    }),
  )

  it.effect("is stopped by suspend with all that it had but its Service, and started by resume", () =>
    Effect.gen(function* () {
      const { connect } = yield* world
      yield* connect.apply(sparkConnect("a"))
      yield* connect.until("a", isReady)
      yield* connect.edit("a", { spec: { suspend: true } })
      const status = yield* connect.until("a", ({ state }) => state === "Suspended")
      assert.deepInclude(status.attempts![0], { result: "Stopped", reason: "Suspended" })
      assert.strictEqual(conditionOf(status, "Ready"), "False/Suspended")
      yield* pass(5)
      assert.deepStrictEqual(yield* connect.objectsOf("a"), ["Service/a-server"])
      yield* connect.edit("a", { spec: { suspend: false } })
      yield* connect.until("a", isReady)
    }),
  )

  it.effect("is stopped when it has been unused for a while, and started again by an annotation", () =>
    Effect.gen(function* () {
      const { connect } = yield* world
      const idle = { timeoutSeconds: 60, action: "Stop" }
      yield* connect.apply(sparkConnect("a", { sessions: "2@10, 0@90" }, { idle }))
      yield* connect.until("a", isReady)
      yield* connect.until("a", ({ sessions }) => sessions?.open === 2, 40)
      yield* pass(60)
      assert.strictEqual((yield* connect.statusOf("a")).state, "Ready")
      const status = yield* connect.until("a", ({ state }) => state === "Idle", 120)
      const [attempt] = status.attempts!
      assert.deepInclude(attempt, { result: "Stopped", reason: "Idle" })
      const used = (Date.parse(attempt!.finishTime!) - Date.parse(attempt!.runningTime!)) / 1000
      assert.isAtLeast(used, 150)
      yield* pass(30)
      assert.strictEqual((yield* connect.statusOf("a")).state, "Idle")
      yield* connect.edit("a", { metadata: { annotations: { "sparkoperator.k8s.io/wake": "1" } } })
      yield* connect.until("a", isReady)
    }),
  )

  it.effect("before Spark 4.3 counts as idle without jobs, and says that this is what it goes by", () =>
    Effect.gen(function* () {
      const { connect } = yield* world
      const spec = { sparkVersion: "4.1.1", image: "spark:4.1.1", idle: { timeoutSeconds: 60 } }
      yield* connect.apply(sparkConnect("a", { sessions: "1@0, 0@30" }, spec))
      const ready = yield* connect.until("a", ({ activitySignal }) => activitySignal !== undefined)
      assert.strictEqual(ready.activitySignal, "Jobs")
      assert.strictEqual(conditionOf(ready, "Accepted"), "True/ValidWithWarnings")
      yield* connect.until("a", ({ state }) => state === "Idle", 150)
    }),
  )

  it.effect("deletes its resource when that is what idleness shall do", () =>
    Effect.gen(function* () {
      const { connect, kube } = yield* world
      yield* connect.apply(sparkConnect("a", {}, { idle: { timeoutSeconds: 30, action: "Delete" } }))
      yield* connect.until("a", isReady)
      yield* pass(60)
      const { items } = yield* kube.list(
        resource("sparkoperator.k8s.io", "v1alpha1", "sparkconnects", "SparkConnect"),
        {},
      )
      assert.deepStrictEqual(items, [])
    }),
  )

  it.effect("with a mistake is refused in words, and started once it is corrected", () =>
    Effect.gen(function* () {
      const { connect } = yield* world
      yield* connect.apply(sparkConnect("a", {}, { image: null }))
      const status = yield* connect.until("a", ({ conditions }) => conditions !== undefined)
      assert.strictEqual(conditionOf(status, "Accepted"), "False/InvalidSpec")
      assert.match(
        status.conditions!.find(({ type }) => type === "Accepted")!.message,
        /^spec\.image: there is no image/,
      )
      assert.strictEqual(status.state, "NotReady")
      yield* connect.edit("a", { spec: { image: "spark:4.3.0" } })
      yield* connect.until("a", isReady)
    }),
  )

  it.effect("that runs is left alone by a mistake in its spec", () =>
    Effect.gen(function* () {
      const { connect } = yield* world
      yield* connect.apply(sparkConnect("a"))
      yield* connect.until("a", isReady)
      yield* connect.edit("a", { spec: { sparkVersion: "1.6" } })
      const status = yield* connect.until("a", (one) => conditionOf(one, "Accepted") === "False/InvalidSpec")
      yield* pass(10)
      assert.strictEqual(status.state, "Ready")
      assert.strictEqual((yield* connect.statusOf("a")).attempts?.length, 1)
      assert.strictEqual(conditionOf(status, "UpToDate"), "False/InvalidSpec")
    }),
  )

  it.effect("says why it waits, and that another pod has its name", () =>
    Effect.gen(function* () {
      const { connect, kube } = yield* world
      yield* connect.apply(sparkConnect("a", { waiting: "ImagePullBackOff" }))
      const waiting = yield* connect.until("a", (one) => one.waiting?.reason === "ImagePullBackOff")
      assert.strictEqual(conditionOf(waiting, "Ready"), "False/ImagePullBackOff")
      yield* kube.create(pods, "default", {
        metadata: { name: "b-server" },
        spec: { containers: [{ name: "x", image: "y" }] },
      })
      yield* connect.apply(sparkConnect("b"))
      const taken = yield* connect.until("b", (one) => one.waiting !== undefined)
      assert.strictEqual(taken.waiting?.reason, "NameConflict")
      yield* kube.delete(pods, "default", "b-server")
      yield* connect.until("b", isReady)
    }),
  )

  it.effect("whose pod has ended under another operator is started under its name", () =>
    Effect.gen(function* () {
      const made = yield* makeWorld
      const connect = connects(made)
      const { kind, apiVersion } = sparkConnect("a")
      yield* connect.apply(sparkConnect("a"))
      const { metadata } = yield* connect.get("a")
      const ownerReferences = [
        { apiVersion: apiVersion!, kind: kind!, name: "a", uid: metadata.uid!, controller: true },
      ]
      const labels = {
        "sparkoperator.k8s.io/connect-name": "a",
        "sparkoperator.k8s.io/launched-by-spark-operator": "true",
        "spark-role": "connect-server",
      }
      const theirs = yield* made.kube.create(pods, "default", {
        metadata: {
          name: "a-server",
          labels,
          ownerReferences,
          annotations: { "local.firesteel.dev/run-seconds": "1", "local.firesteel.dev/exit-code": "1" },
        },
        spec: { restartPolicy: "Never", containers: [{ name: "spark-kubernetes-driver", image: "spark:4.3.0" }] },
      })
      yield* pass(10)
      assert.strictEqual((yield* made.kube.get(pods, "default", "a-server")).status?.phase, "Failed")
      yield* made.startOperator()
      const status = yield* connect.until("a", isReady)
      assert.lengthOf(status.attempts!, 1)
      assert.notStrictEqual(status.attempts![0]!.podUID, theirs.metadata?.uid)
    }),
  )

  it.effect("gets a random token in a Secret of its own, once", () =>
    Effect.gen(function* () {
      const { connect, kube } = yield* world
      const token = Effect.map(kube.get(secrets, "default", "a-token"), ({ data, stringData }) => ({
        ...data,
        ...stringData,
      }))
      yield* connect.apply(sparkConnect("a", {}, { auth: { mode: "Token" } }))
      const status = yield* connect.until("a", isReady)
      assert.strictEqual(status.tokenSecretName, "a-token")
      assert.include(
        status.connections!.map(({ url }) => url),
        "sc://localhost:15002/;token=<token>",
      )
      const before = yield* token
      yield* kube.delete(pods, "default", "a-server")
      yield* connect.until("a", ({ attempts, state }) => attempts?.length === 2 && state === "Ready")
      assert.deepStrictEqual(yield* token, before)
      for (const { data } of (yield* kube.list(configMaps, {})).items) {
        assert.notInclude(JSON.stringify(data), before["token"]!)
      }
    }),
  )

  it.effect("is reached by what its spec asks for now", () =>
    Effect.gen(function* () {
      const { connect, kube } = yield* world
      yield* connect.apply(
        sparkConnect("a", {}, { server: { ingress: { host: "a.example.com", tlsSecretName: "cert" } } }),
      )
      yield* connect.until("a", isReady)
      assert.strictEqual((yield* kube.list(ingresses, {})).items.length, 1)
      yield* connect.edit("a", {
        spec: { server: { ingress: null, service: { metadata: { name: "a-server" }, spec: { type: "NodePort" } } } },
      })
      yield* pass(5)
      assert.deepStrictEqual((yield* kube.list(ingresses, {})).items, [])
      assert.strictEqual((yield* kube.get(services, "default", "a-server")).spec?.type, "NodePort")
      const status = yield* connect.statusOf("a")
      assert.strictEqual(status.attempts?.length, 1)
      assert.notInclude(
        status.connections!.map(({ from }) => from),
        "Ingress",
      )
    }),
  )

  it.effect("is not started under a definition that drops what is written, until the definition is right", () =>
    Effect.gen(function* () {
      const made = yield* makeWorld
      const connect = connects(made)
      const ours = sparkConnectCrd as unknown as CustomResourceDefinition
      const older = structuredClone(ours)
      delete older.spec.versions[0]!.schema!.openAPIV3Schema!.properties!["status"]!.properties!["attempts"]
      yield* redefine(made.kube, older)
      let writes = 0
      yield* made.startOperator(({ verb, resource }) => {
        if (verb === "patch" && resource === "sparkconnects") writes++
        return undefined
      })
      yield* connect.apply(sparkConnect("a"))
      yield* pass(60)
      assert.isBelow(writes, 20)
      assert.isUndefined(yield* connect.server("a"))
      yield* redefine(made.kube, ours)
      yield* connect.until("a", isReady)
    }),
  )

  it.effect("goes with all that it had when its resource is deleted", () =>
    Effect.gen(function* () {
      const { connect } = yield* world
      yield* connect.apply(sparkConnect("a"))
      yield* connect.until("a", isReady)
      yield* connect.delete("a")
      yield* pass(10)
      assert.deepStrictEqual(yield* connect.objectsOf("a"), [])
    }),
  )
})
