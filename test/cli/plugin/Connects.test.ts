/** `ui` and `connect`: what they forward to, and what they print, on the embedded cluster and a server that forwards. */

import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { connect } from "../../../src/cli/plugin/connect/Connect.ts"
import { ui } from "../../../src/cli/plugin/connect/Ui.ts"
import { explain } from "../../../src/cli/plugin/inspect/Explain.ts"
import { logs } from "../../../src/cli/plugin/inspect/Logs.ts"
import { status } from "../../../src/cli/plugin/inspect/Status.ts"
import { suspend } from "../../../src/cli/plugin/run/Suspend.ts"
import { connects, sparkConnect } from "../../support/ConnectBench.ts"
import { makeWorld, pass, sparkPi } from "../../support/OperatorBench.ts"
import { run, start } from "../../support/PluginBench.ts"
import { serveForwards } from "../../support/PortForwardServer.ts"

const started = Effect.gen(function* () {
  const world = yield* makeWorld
  yield* world.startOperator()
  const { connection, asked } = yield* serveForwards()
  return { world, servers: connects(world), place: { kube: world.kube, connection }, asked }
})

/** What a command that runs until Ctrl-C prints first. */
const firstLine = Effect.fnUntraced(function* (started: Effect.Success<ReturnType<typeof start>>) {
  const { printed, fiber } = started
  for (let step = 0; step < 3000 && !printed.out.includes("\n"); step++) {
    yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 1)))
    yield* TestClock.adjust(100)
    assert.isUndefined(fiber.pollUnsafe(), printed.err)
  }
  yield* Fiber.interrupt(fiber)
  return printed.out
})

describe("ui", () => {
  it.effect("forwards a port of this machine to the UI of a running driver", () =>
    Effect.gen(function* () {
      const { world, place, asked } = yield* started
      yield* world.apply(sparkPi("pi", { "run-seconds": "1000" }, { sparkConf: { "spark.ui.port": "4050" } }))
      yield* pass(10)
      assert.match(yield* firstLine(yield* start(place, ui, "pi", "--port=0")), /^http:\/\/localhost:\d+\n$/)
      assert.strictEqual(asked[0]?.url, "/api/v1/namespaces/default/pods/pi-driver/portforward?ports=4050")
    }),
  )

  it.effect("says where else to look when nothing runs", () =>
    Effect.gen(function* () {
      const { world, place } = yield* started
      yield* world.apply(sparkPi("pi", { "run-seconds": "1" }))
      yield* pass(12)
      const ended = yield* run(place, ui, "pi")
      assert.strictEqual(ended.code, 1)
      assert.match(ended.err, /^pi does not run \(COMPLETED\), and has no event log in a history server/)
    }),
  )
})

describe("connect", () => {
  it.effect("prints the connection string of a server, with its token", () =>
    Effect.gen(function* () {
      const { servers, place, asked } = yield* started
      yield* servers.apply(sparkConnect("notebooks", {}, { auth: { mode: "Token" } }))
      const line = yield* firstLine(yield* start(place, connect, "notebooks", "--port=0"))
      assert.match(line, /^sc:\/\/localhost:\d+\/;token=[\w-]{20,}\n$/)
      assert.strictEqual(asked[0]?.url, "/api/v1/namespaces/default/pods/notebooks-server/portforward?ports=15002")
      const ways = yield* run(place, connect, "notebooks", "--print")
      assert.match(ways.out, /^Cluster: sc:\/\/notebooks-server\.default\.svc:15002\/;authorization=Bearer%20<token>\n/)
    }),
  )

  it.effect("wakes a server that is idle, and leaves a suspended one alone", () =>
    Effect.gen(function* () {
      const { servers, place } = yield* started
      yield* servers.apply(sparkConnect("notebooks", {}, { idle: { timeoutSeconds: 60, action: "Stop" } }))
      yield* servers.until("notebooks", ({ state }) => state === "Idle", 300)
      const waking = yield* start(place, connect, "connect/notebooks", "--port=0")
      assert.match(yield* firstLine(waking), /^sc:\/\/localhost:\d+\n$/)
      assert.match(waking.printed.err, /^notebooks was idle and is started\.\n/)
      yield* run(place, suspend, "connect/notebooks")
      assert.include(
        (yield* run(place, connect, "notebooks")).err,
        '"kubectl firesteel resume connect/notebooks" starts it',
      )
    }),
  )
})

describe("a Connect server", () => {
  it.effect("has a status, an explanation and a log", () =>
    Effect.gen(function* () {
      const { servers, place } = yield* started
      yield* servers.apply(sparkConnect("notebooks"))
      yield* servers.until("notebooks", ({ state }) => state === "Ready")
      const { out } = yield* run(place, status, "connect/notebooks")
      assert.match(out, /\nState: +Ready\n/)
      assert.match(out, /\nFrom Cluster: +sc:\/\/notebooks-server\.default\.svc:15002\n/)
      assert.include((yield* run(place, explain, "connect/notebooks")).out, "All conditions are as they should be.")
      assert.match((yield* run(place, logs, "connect/notebooks")).out, /INFO/)
      yield* servers.apply(sparkConnect("stuck", { waiting: "ImagePullBackOff" }))
      yield* pass(20)
      const stuck = (yield* run(place, explain, "connect/stuck")).out
      assert.match(
        stuck,
        /^It is not ready, since \d+s: ImagePullBackOff.*\n {2}→ Check the name and the tag of spec\.image/,
      )
      yield* servers.apply(sparkConnect("small", { reason: "OOMKilled", "run-seconds": "3" }))
      yield* pass(20)
      const small = (yield* run(place, explain, "connect/small")).out
      assert.match(small, /^It is not ready, since \d+s: .*\n {2}→ .*Raise memoryOverhead .* of spec\.server: /)
    }),
  )
})
