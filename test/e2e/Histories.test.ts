/**
 * Random histories: applications of every fate, labels and specs edited, objects deleted at any moment, operators stopped, killed and
 * started, and an API server that answers late, wrongly or not at all. Afterwards every gauge equals what the API has, every counter what
 * was really written (but for the last write to an application that was deleted before its lost answer could be made good), nothing is negative,
 * and no label has an unexpected value. The seed is in the title.
 */

import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { familyOfSeries } from "../../otel/SeriesNames.ts"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { passingStates, stateValue } from "../../src/application/telemetry/KnownValues.ts"
import { instrument } from "../../src/Instruments.ts"
import { pods } from "../../src/kube/Resource.ts"
import { sample, samples } from "../support/MetricsText.ts"
import { makeWorld, pass, type RunningOperator, sparkPi, type World } from "../support/OperatorBench.ts"
import { randomNumbers } from "../support/RandomNumbers.ts"
import { makeFaults } from "../support/Trouble.ts"
import { type Counts, countsOf, sumOf, witness } from "../support/Witness.ts"

const names = ["a", "b", "c", "d", "e", "f"]
const teams = ["red", "blue", "green"]
const fates: ReadonlyArray<Record<string, string>> = [
  { "run-seconds": "2" },
  { "run-seconds": "forever" },
  { "run-seconds": "40", "executor-failures": "1:OOMKilled@2, 2:3@3" },
  { "run-seconds": "1", "exit-codes": "1,0" },
  { "run-seconds": "1", "exit-code": "52" },
  { "run-seconds": "3", reason: "OOMKilled" },
  { "run-seconds": "20", evicted: "4" },
  { "run-seconds": "20", dynamic: "1@0, 4@2, 2@6, 3@9" },
  { waiting: "ImagePullBackOff" },
  { unschedulable: "0/1 nodes are available", "unschedulable-seconds": "5" },
]

const newApplication = (random: () => number, name: string): SparkApplication => {
  const one = <A>(of: ReadonlyArray<A>) => of[Math.floor(random() * of.length)]!
  const application = sparkPi(name, one(fates), {
    restartPolicy: random() < 0.5 ? { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 2 } : {},
    deadlines: { startedSeconds: 10 },
    ...(random() < 0.1 ? { suspend: true } : {}),
    ...(random() < 0.1 ? { sparkVersion: "1.6" } : {}),
    ...(random() < 0.2 ? { submission: { submitter: "job" } } : {}),
  })
  return {
    ...application,
    metadata: { ...application.metadata, ...(random() < 0.8 ? { labels: { team: one(teams) } } : {}) },
  }
}

/** One thing that a user or a cluster does; what is not possible at the moment does nothing. */
const happen = Effect.fnUntraced(function* (world: World, random: () => number) {
  const { kube } = world
  const name = names[Math.floor(random() * names.length)]!
  const edit = (body: object) => kube.patch(sparkApplications, "default", name, { type: "merge", body })
  const deletePod = Effect.gen(function* () {
    const { items } = yield* kube.list(pods, { labelSelector: "spark-role" })
    const pod = items[Math.floor(random() * items.length)]
    if (pod) yield* kube.delete(pods, "default", pod.metadata?.name ?? "")
  })
  const kind = random()
  if (kind < 0.4) yield* Effect.ignore(kube.create(sparkApplications, "default", newApplication(random, name)))
  else if (kind < 0.6) {
    const team = random() < 0.2 ? null : teams[Math.floor(random() * teams.length)]
    yield* Effect.ignore(edit({ metadata: { labels: { team } } }))
  } else if (kind < 0.7) yield* Effect.ignore(kube.delete(sparkApplications, "default", name))
  else if (kind < 0.85) yield* Effect.ignore(deletePod)
  else if (kind < 0.95) yield* Effect.ignore(edit({ spec: { suspend: random() < 0.5 } }))
  else if (kind < 0.98) yield* Effect.ignore(edit({ spec: { arguments: [String(Math.floor(random() * 100))] } }))
  else yield* Effect.ignore(edit({ spec: { driver: { podName: random() < 0.5 ? null : `${name}-other` } } }))
})

interface Outcome {
  readonly body: string
  /** Of operators that are gone. */
  readonly earlier: ReadonlyArray<Counts>
  readonly expected: Counts
  /** What may be missing of it. */
  readonly lost: Counts
}

/** Plays a history, then lets the last operator come to rest. */
const play = Effect.fnUntraced(function* (world: World, seed: number, restarts: boolean) {
  const random = randomNumbers(seed)
  let over = false
  const faults = makeFaults(random, () => over)
  const start = world.startOperator(faults, ["--metrics-labels=team"])
  const witnessed = yield* witness(world)
  const collected = (operator: RunningOperator) => Effect.map(operator.telemetry.collect(), ({ body }) => String(body))
  const earlier: Array<Counts> = []
  let operator = yield* start
  for (let step = 0; step < 40; step++) {
    yield* happen(world, random)
    yield* pass(Math.floor(random() * 30) / 10)
    if (!restarts || random() > 0.1) continue
    earlier.push(countsOf(yield* collected(operator)))
    yield* random() < 0.5 ? operator.stop : operator.kill
    operator = yield* start
  }
  over = true
  yield* pass(90)
  for (const { ever, ended } of witnessed.executors()) assert.isAtMost(ended, ever, "an executor ends once")
  const outcome: Outcome = {
    body: yield* collected(operator),
    earlier,
    expected: witnessed.counts(),
    lost: witnessed.lost(),
  }
  return outcome
})

const teamOf = ({ metadata }: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } }) =>
  metadata?.labels?.["team"] ?? "Unknown"

/** Numbers of things by team and, where it is given, state. */
const tally = <A>(items: ReadonlyArray<A>, of: (item: A) => string | undefined) => {
  const counts: Record<string, number> = {}
  for (const key of items.map(of)) if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1
  return counts
}

const series = (body: string, name: string) =>
  Object.fromEntries(
    samples(body)
      .filter((it) => it.name === name && it.value !== 0)
      .map(({ labels: { team = "", state = "" }, value }) => [`${team} ${state}`.trim(), value]),
  )

const assertGauges = Effect.fnUntraced(function* (world: World, body: string) {
  const applications = yield* world.applications
  const { items } = yield* Effect.orDie(world.kube.list(pods, { labelSelector: "spark-role=executor" }))
  const state = ({ status }: SparkApplication) => stateValue(status?.applicationState.state ?? "")
  assert.deepStrictEqual(
    series(body, "spark_application_state"),
    tally(applications, (it) => `${teamOf(it)} ${state(it)}`),
  )
  const running = tally(applications, (it) => (state(it) === "RUNNING" ? teamOf(it) : undefined))
  assert.deepStrictEqual(series(body, "spark_application_running"), running)
  assert.deepStrictEqual(series(body, "spark_app_running_count"), running)
  /** Pods have the labels that their application had when it was submitted; without one, the application's counts. */
  const labelled = (pod: (typeof items)[number]) =>
    pod.metadata?.labels?.["team"] === undefined
      ? applications.find(({ metadata }) => metadata.name === pod.metadata?.labels?.["sparkoperator.k8s.io/app-name"])
      : pod
  assert.deepStrictEqual(
    series(body, "spark_executor_running"),
    tally(items, (pod) => (pod.status?.phase === "Running" ? teamOf(labelled(pod) ?? {}) : undefined)),
  )
  const now = yield* Clock.currentTimeMillis
  for (const passing of passingStates) {
    const entered = applications
      .filter((it) => state(it) === passing)
      .map(({ metadata, status }) => Date.parse(status?.applicationState.since ?? metadata.creationTimestamp ?? ""))
    assert.strictEqual(
      sample(body, "spark_application_state_age_max_seconds", { state: passing, k8s_namespace_name: "default" }) ?? 0,
      entered.length === 0 ? 0 : (now - Math.min(...entered)) / 1000,
      `age of ${passing}`,
    )
  }
})

/** Reasons of pods are the cluster's words, and of reconciles those of errors; both are limited. */
const unforeseen = new Set(["spark.operator.pod.final_state reason", "spark.operator.reconciles reason"])

const assertSound = (body: string) => {
  for (const { labels, value } of samples(body).filter(
    ({ name }) => name === "spark_operator_telemetry_faults_total",
  )) {
    assert.strictEqual(value, 0, JSON.stringify(labels))
  }
  for (const { name, labels, value } of samples(body)) {
    assert.isTrue(value >= 0 && Number.isFinite(value), `${name} ${JSON.stringify(labels)} is ${value}`)
    const family = familyOfSeries(name)
    if (family?.instrument === undefined) continue
    for (const [key, values] of Object.entries(instrument(family.instrument).attributes ?? {})) {
      const label = labels[key.replaceAll(".", "_")]
      if (label === undefined || values.length === 0 || unforeseen.has(`${family.instrument} ${key}`)) continue
      assert.include(values, label, `${name} ${key}`)
    }
    if (labels["team"] !== undefined) assert.include([...teams, "Unknown"], labels["team"])
  }
}

describe("after a random history", () => {
  for (let seed = 1; seed <= 8; seed++) {
    it.effect(
      `(seed ${seed}) every gauge equals the API and every counter what was written`,
      () =>
        Effect.gen(function* () {
          const world = yield* makeWorld
          const { body, expected, lost } = yield* play(world, seed, false)
          assertSound(body)
          yield* assertGauges(world, body)
          const counted = countsOf(body)
          for (const [name, value] of expected) {
            assert.isAtLeast(counted.get(name) ?? 0, value - (lost.get(name) ?? 0), name)
          }
          for (const [name, value] of counted) assert.isAtMost(value, expected.get(name) ?? 0, name)
        }),
      60_000,
    )
  }

  for (let seed = 101; seed <= 106; seed++) {
    it.effect(
      `(seed ${seed}) with restarts, every gauge equals the API and no counter counts twice`,
      () =>
        Effect.gen(function* () {
          const world = yield* makeWorld
          const { body, earlier, expected } = yield* play(world, seed, true)
          assertSound(body)
          yield* assertGauges(world, body)
          const counted = sumOf([...earlier, countsOf(body)])
          for (const [name, value] of counted) assert.isAtMost(value, expected.get(name) ?? 0, name)
        }),
      60_000,
    )
  }
})
