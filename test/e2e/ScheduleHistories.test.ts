/**
 * Random histories of schedules: clocks that are set forwards and back, operators that are down over several scheduled times, stopped and
 * killed, an API server that answers late, wrongly or not at all, edits of every kind, and runs that are deleted. Afterwards no scheduled
 * time has two runs, every one that was handled was started, skipped or missed, and the metrics say the same. The seed is in the title.
 */

import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { scheduledSparkApplications, sparkApplications } from "../../src/api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../src/api/schedule/ScheduledSparkApplication.ts"
import { samples } from "../support/MetricsText.ts"
import { makeWorld, pass, type RunningOperator, type World } from "../support/OperatorBench.ts"
import { randomNumbers } from "../support/RandomNumbers.ts"
import { scheduled, schedulesOf } from "../support/Schedules.ts"
import {
  noneCounted,
  plus,
  type ScheduleCounts,
  type ScheduleWitness,
  witnessSchedules,
} from "../support/ScheduleWitness.ts"
import { withSkew } from "../support/SkewedClock.ts"
import { makeFaults } from "../support/Trouble.ts"

const names = ["a", "b", "c"]
const schedules = ["@every 3s", "@every 7s", "@every 11s", "* * * * *", "0 0 * * *", "five fields it has not"]
const scripts: ReadonlyArray<Record<string, string>> = [
  { "run-seconds": "1" },
  { "run-seconds": "9" },
  { "run-seconds": "1", "exit-code": "1" },
  { "run-seconds": "forever" },
]

const makeHappenings = (world: World, random: () => number) => {
  const { kube } = world
  const one = <A>(of: ReadonlyArray<A>): A => of[Math.floor(random() * of.length)]!
  const newSchedule = (name: string): ScheduledSparkApplication =>
    scheduled(name, one(scripts), {
      schedule: one(schedules.slice(0, 3)),
      concurrencyPolicy: one(["Allow", "Forbid", "Replace"] as const),
      ...(random() < 0.3 ? { startingDeadlineSeconds: 10 } : {}),
      ...(random() < 0.3 ? { startJitterSeconds: 2 } : {}),
      ...(random() < 0.3 ? { successfulRunHistoryLimit: 0 } : {}),
    })

  /** Only what the status knows to have been started: that a run was deleted before, nobody can know. */
  const deleteRun = Effect.fnUntraced(function* (name: string) {
    const { handledUntil = "" } = yield* schedulesOf(world).statusOf(name)
    const runs = yield* schedulesOf(world).runsOf(name)
    const known = runs.filter(({ metadata }) => {
      const time = metadata.annotations?.["sparkoperator.k8s.io/scheduled-time"]
      return time !== undefined && time <= handledUntil
    })
    if (known.length > 0) yield* Effect.ignore(kube.delete(sparkApplications, "default", one(known).metadata.name))
  })

  /** One thing that a user does; what is not possible at the moment does nothing. */
  return Effect.fnUntraced(function* () {
    const name = one(names)
    const edit = (body: object) =>
      Effect.ignore(kube.patch(scheduledSparkApplications, "default", name, { type: "merge", body }))
    const kind = random()
    if (kind < 0.35) yield* Effect.ignore(kube.create(scheduledSparkApplications, "default", newSchedule(name)))
    else if (kind < 0.5) yield* edit({ spec: { schedule: one(schedules) } })
    else if (kind < 0.65) yield* edit({ spec: { suspend: random() < 0.4 } })
    else if (kind < 0.75) yield* edit({ spec: { concurrencyPolicy: one(["Allow", "Forbid", "Replace"]) } })
    else if (kind < 0.95) yield* Effect.ignoreCause(deleteRun(name))
    else yield* Effect.ignore(kube.delete(scheduledSparkApplications, "default", name))
  })
}

const countedBy = Effect.fnUntraced(function* ({ telemetry }: RunningOperator) {
  const { body } = yield* telemetry.collect()
  const all = samples(body)
  const sum = (name: string) => all.reduce((total, it) => total + (it.name === name ? it.value : 0), 0)
  for (const { name, value } of all.filter(({ name }) => name.startsWith("spark_schedule_"))) {
    assert.isTrue(value >= 0 && Number.isFinite(value), `${name} is ${value}`)
  }
  const counted: ScheduleCounts = {
    started: sum("spark_schedule_started_total"),
    missed: sum("spark_schedule_missed_total"),
    skipped: sum("spark_schedule_skipped_total"),
  }
  return { counted, schedules: sum("spark_schedule_state") }
})

/** Plays a history, then lets the last operator come to rest with a right clock. */
const play = Effect.fnUntraced(function* (world: World, seed: number, restarts: boolean) {
  const random = randomNumbers(seed)
  const happen = makeHappenings(world, random)
  const witness: ScheduleWitness = yield* witnessSchedules(world)
  let over = false
  let skew = 0
  const start = withSkew(world.startOperator(makeFaults(random, () => over)), () => skew)
  let operator = yield* start
  let earlier = noneCounted
  for (let step = 0; step < 40; step++) {
    yield* happen()
    yield* pass(Math.floor(random() * 30) / 10)
    if (random() < 0.1) skew += Math.floor((random() - 0.4) * 60_000)
    if (!restarts || random() > 0.15) continue
    earlier = plus(earlier, (yield* countedBy(operator)).counted)
    yield* random() < 0.5 ? operator.stop : operator.kill
    yield* pass(random() < 0.5 ? 0 : Math.floor(random() * 20))
    operator = yield* start
  }
  over = true
  skew = 0
  yield* pass(45)
  // Jitter and the way to the operator take a moment.
  assert.deepStrictEqual(witness.forgotten((yield* Clock.currentTimeMillis) - 4_000), [])
  for (const name of names)
    yield* Effect.ignore(
      world.kube.patch(scheduledSparkApplications, "default", name, {
        type: "merge",
        body: { spec: { suspend: true } },
      }),
    )
  yield* pass(5)
  const { items } = yield* Effect.orDie(world.kube.list(scheduledSparkApplications, {}))
  const { counted, schedules: present } = yield* countedBy(operator)
  assert.strictEqual(present, items.length, "the gauge is the number of schedules")
  return { witness, counted: plus(earlier, counted) }
})

const assertBetween = (counted: ScheduleCounts, { least, most }: ReturnType<ScheduleWitness["counts"]>) => {
  for (const key of ["started", "missed", "skipped"] as const) {
    assert.isAtLeast(counted[key], least[key], key)
    assert.isAtMost(counted[key], most[key], key)
  }
}

describe("after a random history of schedules", { timeout: 120_000 }, () => {
  for (let seed = 1; seed <= 6; seed++) {
    it.effect(`(seed ${seed}) no time was started twice or lost, and the counters are exact`, () =>
      Effect.gen(function* () {
        const { witness, counted } = yield* play(yield* makeWorld, seed, false)
        assert.deepStrictEqual(witness.contradictions(), [])
        assertBetween(counted, witness.counts())
      }),
    )
  }

  for (let seed = 101; seed <= 106; seed++) {
    it.effect(`(seed ${seed}) with restarts and downtime no time was started twice or lost`, () =>
      Effect.gen(function* () {
        const { witness, counted } = yield* play(yield* makeWorld, seed, true)
        assert.deepStrictEqual(witness.contradictions(), [])
        assertBetween(counted, { least: noneCounted, most: witness.counts().most })
      }),
    )
  }
})
