/**
 * Random histories of Connect servers: of every fate, edited, suspended, woken and deleted, their pods deleted at any moment, operators stopped,
 * killed and started, and an API server that answers late, wrongly or not at all. Afterwards every server is as its spec says, nothing is left of
 * earlier ones, and the gauges equal what the API has. The seed is in the title.
 */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { SparkConnect } from "../../src/api/connect/SparkConnect.ts"
import { sparkConnects } from "../../src/api/Kinds.ts"
import { pods, services } from "../../src/kube/Resource.ts"
import { conditionOf, connects, sparkConnect } from "../support/ConnectBench.ts"
import { samples } from "../support/MetricsText.ts"
import { makeWorld, pass, type World } from "../support/OperatorBench.ts"
import { randomNumbers } from "../support/RandomNumbers.ts"
import { makeFaults } from "../support/Trouble.ts"

const names = ["a", "b", "c"]
const fates: ReadonlyArray<Record<string, string>> = [
  {},
  { sessions: "1@0, 0@20, 2@40, 0@50" },
  { "run-seconds": "15,forever", reason: "OOMKilled" },
  { "run-seconds": "3,9,forever", "exit-codes": "3" },
  { "ready-seconds": "8", "executor-failures": "1:OOMKilled@2" },
]

const newConnect = (random: () => number, name: string): SparkConnect => {
  const one = <A>(of: ReadonlyArray<A>) => of[Math.floor(random() * of.length)]!
  return sparkConnect(name, one(fates), {
    updateStrategy: one(["Recreate", "WhenIdle", "OnDelete"]),
    restart: { backoffSeconds: 1, maxBackoffSeconds: 5 },
    ...(random() < 0.3 ? { auth: { mode: "Token" } } : {}),
    ...(random() < 0.2 ? { suspend: true } : {}),
    ...(random() < 0.1 ? { image: null } : {}),
  })
}

/** One thing that a user or a cluster does; what is not possible at the moment does nothing. */
const happen = Effect.fnUntraced(function* ({ kube }: World, random: () => number) {
  const name = names[Math.floor(random() * names.length)]!
  const edit = (body: object) => Effect.ignore(kube.patch(sparkConnects, "default", name, { type: "merge", body }))
  const kind = random()
  if (kind < 0.4) yield* Effect.ignore(kube.create(sparkConnects, "default", newConnect(random, name)))
  else if (kind < 0.5) yield* Effect.ignore(kube.delete(sparkConnects, "default", name))
  else if (kind < 0.65) yield* Effect.ignore(kube.delete(pods, "default", `${name}-server`))
  else if (kind < 0.8) yield* edit({ spec: { suspend: random() < 0.4 } })
  else if (kind < 0.9) yield* edit({ spec: { image: `spark:4.3.${Math.floor(random() * 3)}` } })
  else yield* edit({ spec: { server: { ingress: random() < 0.5 ? { host: "a.example.com" } : null } } })
})

const play = Effect.fnUntraced(function* (world: World, seed: number) {
  const random = randomNumbers(seed)
  let over = false
  const start = world.startOperator(makeFaults(random, () => over))
  let operator = yield* start
  for (let step = 0; step < 30; step++) {
    yield* happen(world, random)
    yield* pass(Math.floor(random() * 40) / 10)
    if (random() > 0.1) continue
    yield* random() < 0.5 ? operator.stop : operator.kill
    operator = yield* start
  }
  over = true
  yield* pass(120)
  return String((yield* operator.telemetry.collect()).body)
})

const assertServer = Effect.fnUntraced(function* (world: World, connect: SparkConnect) {
  const { name } = connect.metadata
  const { status = {}, spec } = connect
  const bench = connects(world)
  const where = `${name}: ${JSON.stringify(status)}`
  const isInvalid = conditionOf(status, "Accepted") === "False/InvalidSpec"
  const pod = yield* bench.server(name)
  const wanted = spec.suspend === true ? "Suspended" : pod === undefined && isInvalid ? "NotReady" : "Ready"
  assert.strictEqual(status.state, wanted, where)
  assert.strictEqual(pod !== undefined, wanted === "Ready", where)
  const numbers = (status.attempts ?? []).map(({ number }) => number)
  assert.deepStrictEqual(
    [...new Set(numbers)].sort((a, b) => a - b),
    numbers,
    where,
  )
  assert.strictEqual(new Set(status.attempts?.map(({ podUID }) => podUID)).size, numbers.length, where)
  const open = (status.attempts ?? []).filter(({ result }) => result === undefined)
  assert.deepStrictEqual(
    open.map(({ podUID }) => podUID),
    pod === undefined ? [] : [pod.metadata?.uid],
    where,
  )
  const { items } = yield* world.kube.list(services, { labelSelector: `sparkoperator.k8s.io/connect-name=${name}` })
  const headless = items.filter((service) => service.spec?.clusterIP === "None")
  assert.strictEqual(headless.length, open.length, `${where} ${headless.map(({ metadata }) => metadata?.name).join()}`)
})

const tally = (keys: ReadonlyArray<string>) => {
  const counts: Record<string, number> = {}
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1
  return counts
}

describe("after a random history of Connect servers", () => {
  for (let seed = 1; seed <= 8; seed++) {
    it.effect(
      `(seed ${seed}) each is as its spec says, and every gauge equals the API`,
      () =>
        Effect.gen(function* () {
          const world = yield* makeWorld
          const body = yield* play(world, seed)
          const { items } = yield* world.kube.list(sparkConnects, {})
          for (const connect of items) yield* assertServer(world, connect)
          const values = samples(body)
          const states = values.filter(({ name, value }) => name === "spark_connect_servers" && value !== 0)
          assert.deepStrictEqual(
            Object.fromEntries(states.map(({ labels, value }) => [labels["state"], value])),
            tally(items.map(({ status }) => status?.state || "New")),
          )
          const executors = values.find(
            ({ name, labels }) =>
              name === "spark_connect_executors" && labels["phase"] === "running" && labels["k8s_namespace_name"],
          )
          const running = items.reduce((sum, { status }) => sum + (status?.executors?.["running"] ?? 0), 0)
          assert.strictEqual(executors?.value ?? 0, running)
          for (const { name, labels, value } of values) {
            if (name === "spark_operator_telemetry_faults_total") assert.strictEqual(value, 0, JSON.stringify(labels))
          }
        }),
      60_000,
    )
  }
})
