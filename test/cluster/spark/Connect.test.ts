/** Connect servers that are real Spark, with real clients: over their life, and with a token. */

import { assert, describe, layer } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { secrets } from "../../../src/connect/reconcile/EnsureAccess.ts"
import { pods } from "../../../src/kube/Resource.ts"
import { forward, startNotebook } from "../support/ConnectClient.ts"
import { connectsOf, server, startEventLogs } from "../support/Connects.ts"
import { connectMetricsEqualTruth } from "../support/ConnectTruth.ts"
import { ClusterLayer, makeWorld } from "../support/World.ts"

/** Spark renames the status file of an event log when it closes it: a JVM that is killed leaves it as it is. */
const isStatus = (file: string) => file.startsWith("appstatus_")
const isOpen = (file: string) => file.endsWith(".inprogress")

layer(ClusterLayer, { excludeTestServices: true })("a real Connect server", (it) => {
  describe.concurrent("", () => {
    it.effect(
      "answers, is replaced when its pod is deleted, its spec changes or it is woken, and closes its event log every time",
      () =>
        Effect.gen(function* () {
          const world = yield* makeWorld("connect")
          const connects = connectsOf(world, { eventLogs: true })
          const [eventLogs, notebook] = yield* Effect.all([startEventLogs(world), startNotebook], { concurrency: 2 })

          const applied = yield* Clock.currentTimeMillis
          const since = Effect.map(Clock.currentTimeMillis, (now) => ((now - applied) / 1000).toFixed(1))
          yield* connects.apply("notebooks", { updateStrategy: "WhenIdle" })
          yield* connects.untilReady("notebooks", 1)
          const ready = yield* since
          const port = yield* forward(world, "notebooks-server")
          yield* notebook.open("first", `sc://localhost:${port}`)
          assert.strictEqual(yield* notebook.count("first", 100), 100)
          console.log(`Connect server: ready after ${ready} s, first query answered after ${yield* since} s`)
          const executors = yield* connects.executors("notebooks")
          assert.deepStrictEqual(
            executors.map(({ metadata, status }) => [metadata?.name, status?.phase]),
            [["notebooks-exec-1", "Running"]],
          )
          const used = yield* connects.until("notebooks", "in use", ({ sessions }) => sessions?.open === 1, 40)
          assert.deepStrictEqual(used.executors, { running: 1 })
          yield* connectMetricsEqualTruth(world, { sessions: 1 })
          assert.lengthOf((yield* eventLogs).filter(isOpen), 1)

          // A change waits for the open session.
          yield* connects.patch("notebooks", { spec: { sparkConf: { "spark.sql.shuffle.partitions": "7" } } })
          const waiting = yield* connects.until("notebooks", "waiting for its session", ({ conditions }) =>
            conditions!.some(({ type, reason }) => type === "UpToDate" && reason === "WaitingForIdle"),
          )
          assert.lengthOf(waiting.attempts!, 1)
          yield* notebook.open("second", `sc://localhost:${port}`)
          const again = yield* connects.until("notebooks", "read again", ({ sessions }) => sessions?.open === 2, 40)
          assert.lengthOf(again.attempts!, 1)
          assert.strictEqual(yield* notebook.count("first", 100), 100)
          yield* notebook.close("first")
          yield* notebook.close("second")
          const changed = yield* connects.untilReady("notebooks", 2)
          assert.deepInclude(server(changed, 1), { result: "Stopped", reason: "SpecChanged" })
          assert.isTrue(changed.conditions!.some(({ type, status }) => type === "UpToDate" && status === "True"))

          yield* Effect.orDie(world.kube.delete(pods, world.namespace, "notebooks-server"))
          const replaced = yield* connects.untilReady("notebooks", 3)
          assert.deepInclude(server(replaced, 2), { result: "Stopped", reason: "Deleted" })
          yield* notebook.open("third", `sc://localhost:${yield* forward(world, "notebooks-server")}`)
          assert.strictEqual(yield* notebook.count("third", 100), 100)
          yield* notebook.close("third")

          yield* connects.patch("notebooks", { spec: { idle: { timeoutSeconds: 1 } } })
          yield* connects.until("notebooks", "idle", ({ state }) => state === "Idle", 60)
          yield* connects.untilNoPods("notebooks")
          yield* connectMetricsEqualTruth(world, { sessions: 0 })
          yield* connects.patch("notebooks", {
            metadata: { annotations: { "sparkoperator.k8s.io/wake": "1" } },
            spec: { idle: { timeoutSeconds: 3600 } },
          })
          const woken = yield* connects.untilReady("notebooks", 4)
          assert.deepInclude(server(woken, 3), { result: "Stopped", reason: "Idle" })
          yield* connects.remove("notebooks")
          const logs = (yield* eventLogs).filter(isStatus)
          assert.lengthOf(logs, woken.attempts!.length)
          assert.deepStrictEqual(logs.filter(isOpen), [])
        }),
      400_000,
    )

    it.effect("admits only clients with the token, also after it was suspended and resumed", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("token")
        const connects = connectsOf(world, { eventLogs: true })
        const [eventLogs, notebook] = yield* Effect.all([startEventLogs(world), startNotebook], { concurrency: 2 })
        yield* connects.apply("closed", { auth: { mode: "Token" } })
        yield* connects.untilReady("closed", 1)
        const { data } = yield* Effect.orDie(world.kube.get(secrets, world.namespace, "closed-token"))
        const token = Buffer.from(data!["token"]!, "base64").toString()
        const port = yield* forward(world, "closed-server")
        for (const [how, url] of [
          ["none", `sc://localhost:${port}`],
          ["wrong", `sc://localhost:${port}/;token=wrong`],
          ["wrong header", `sc://127.0.0.1:${port}/;authorization=Bearer%20wrong`],
        ] as const) {
          const refused = yield* Effect.flip(notebook.open(how, url))
          assert.include(refused.message, "UNAUTHENTICATED", how)
        }
        yield* notebook.open("right", `sc://localhost:${port}/;token=${token}`)
        yield* notebook.open("header", `sc://127.0.0.1:${port}/;authorization=Bearer%20${token}`)
        for (const session of ["right", "header"]) assert.strictEqual(yield* notebook.count(session, 100), 100)
        yield* connects.patch("closed", { spec: { suspend: true } })
        yield* connects.until("closed", "suspended", ({ state }) => state === "Suspended")
        yield* connects.untilNoPods("closed")
        assert.deepStrictEqual((yield* eventLogs).filter(isStatus).filter(isOpen), [])
        yield* connects.patch("closed", { spec: { suspend: false } })
        yield* connects.untilReady("closed", 2)
        yield* notebook.open("again", `sc://localhost:${yield* forward(world, "closed-server")}/;token=${token}`)
        yield* connects.remove("closed")
      }),
    )
  })
})
