/**
 * The operator dies, without a word, after every single request of a Connect server's life; another one takes over. No server is lost, doubled
 * or left behind, and the gauges tell the truth.
 */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { SparkConnect } from "../../src/api/connect/SparkConnect.ts"
import { resource } from "../../src/kube/Resource.ts"
import { conditionOf, connects, serversEver, sparkConnect } from "../support/ConnectBench.ts"
import { dying } from "../support/Dying.ts"
import { sample } from "../support/MetricsText.ts"
import { makeWorld, pass } from "../support/OperatorBench.ts"

interface Life {
  readonly connect: SparkConnect
  /** What the user does to a server that is ready; absent: nothing, and the operator may die while it starts it. */
  readonly edit?: object
  /** Seconds until the end, if nobody dies. */
  readonly seconds: number
  readonly state: string
  readonly attempts: number
  readonly objects: ReadonlyArray<RegExp>
  /** The annotations of the Ingress at the end, besides the operator's own. */
  readonly ingress?: Readonly<Record<string, string>>
}

const ingresses = resource("networking.k8s.io", "v1", "ingresses", "Ingress")

const service = /^Service\/a-server$/
/** Of the current attempt. */
const server = [/^Pod\/a-server$/, /^Pod\/a(-\d+)?-exec-1$/, /^Service\/a-[0-9a-f]+-driver-svc$/]
const configuration = [/^ConfigMap\/spark-drv-/]
const running = [service, ...server, ...configuration]

const rich = {
  auth: { mode: "Token" },
  server: { ingress: { host: "a.example.com" } },
}

const lives: Readonly<Record<string, Life>> = {
  "that starts": { connect: sparkConnect("a", {}, rich), seconds: 5, state: "Ready", attempts: 1, objects: running },
  "that fails once": {
    connect: sparkConnect("a", { "run-seconds": "2,forever", reason: "OOMKilled" }),
    seconds: 9,
    state: "Ready",
    attempts: 2,
    objects: running,
  },
  "whose spec changes": {
    connect: sparkConnect("a"),
    edit: { spec: { image: "spark:4.3.1" } },
    seconds: 5,
    state: "Ready",
    attempts: 2,
    objects: running,
  },
  "whose Ingress changes": {
    connect: sparkConnect("a", {}, { server: { ingress: { host: "a.example.com", annotations: { old: "1" } } } }),
    edit: { spec: { server: { ingress: { annotations: { old: null, new: "1" } } } } },
    seconds: 3,
    state: "Ready",
    attempts: 1,
    objects: running,
    ingress: { new: "1" },
  },
  "that is suspended": {
    connect: sparkConnect("a"),
    edit: { spec: { suspend: true } },
    seconds: 3,
    state: "Suspended",
    attempts: 1,
    objects: [service],
  },
}

const lifeWithDeath = Effect.fnUntraced(function* (life: Life, fatal: number) {
  const world = yield* makeWorld
  const bench = connects(world)
  const ever = yield* serversEver(world)
  let died = false
  const death = dying(fatal, "DropAfter", () => {
    died = true
  })
  const first = yield* world.startOperator(death.plan)
  if (life.edit === undefined) death.arm()
  yield* bench.apply(life.connect)
  if (life.edit !== undefined) {
    yield* bench.until("a", ({ state }) => state === "Ready")
    yield* pass(1)
    death.arm()
    yield* bench.edit("a", life.edit)
  }
  yield* pass(life.seconds)
  yield* first.kill
  const second = yield* world.startOperator()
  yield* pass(9)
  const where = `killed at request ${fatal}`
  const status = yield* bench.statusOf("a")
  assert.strictEqual(status.state, life.state, where)
  assert.strictEqual(status.attempts?.length, life.attempts, where)
  assert.deepStrictEqual(new Set(status.attempts?.map(({ podUID }) => podUID)), ever, where)
  if (life.state === "Ready") assert.strictEqual(conditionOf(status, "UpToDate"), "True/UpToDate", where)
  const objects = yield* bench.objectsOf("a")
  const surplus = objects.filter((name) => life.objects.every((pattern) => !pattern.test(name)))
  assert.deepStrictEqual(surplus, [], where)
  assert.strictEqual(objects.length, life.objects.length, `${where}: ${objects.join(", ")}`)
  if (life.ingress !== undefined) {
    const { metadata } = yield* world.kube.get(ingresses, "default", "a-server")
    const { old, new: added } = metadata?.annotations ?? {}
    assert.deepStrictEqual({ ...(old && { old }), ...(added && { new: added }) }, life.ingress, where)
  }
  const { body } = yield* second.telemetry.collect()
  const inState = (state: string) => sample(body, "spark_connect_servers", { k8s_namespace_name: "default", state })
  assert.strictEqual(inState(life.state), 1, where)
  return died
}, Effect.scoped)

describe("an operator that is killed after any request of a Connect server", () => {
  it.effect.each(Object.entries(lives))(
    "%s is replaced without loss or doubling",
    ([, life]) =>
      Effect.gen(function* () {
        let fatal = 1
        while (yield* lifeWithDeath(life, fatal)) fatal++
        assert.isAbove(fatal, 4, "a life has more requests than this")
      }),
    120_000,
  )
})
