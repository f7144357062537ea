/**
 * The operator dies at every single request that it makes for a schedule, before the request arrives or after it was carried out; another
 * one takes over. No run is started twice, and every scheduled time is started, skipped or missed.
 */

import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import type { ScheduledSparkApplication } from "../../src/api/schedule/ScheduledSparkApplication.ts"
import type { ScheduledSparkApplicationSpec } from "../../src/api/schedule/ScheduledSparkApplicationSpec.ts"
import type { FaultRequest } from "../../src/local/apiserver/Faults.ts"
import { type Death, dying } from "../support/Dying.ts"
import { makeWorld, pass } from "../support/OperatorBench.ts"
import { applicationsEver, scheduled, schedulesOf } from "../support/Schedules.ts"

/** Requests of the kind ScheduledSparkApplication; those of its runs are the subject of `Crash.test.ts`. */
const ofSchedules = ({ verb, resource, subresource, name = "" }: FaultRequest): boolean =>
  verb !== "watch" &&
  verb !== "list" &&
  ((resource === "scheduledsparkapplications" && subresource === "status") ||
    (resource === "sparkapplications" && subresource === undefined) ||
    (resource === "events" && name.startsWith("pi.")))

interface Life {
  readonly spec: Partial<ScheduledSparkApplicationSpec>
  readonly script: Record<string, string>
  readonly annotations?: Record<string, string>
  /** Seconds that are watched. */
  readonly seconds: number
  /** The runs that are started, by their scheduled times in seconds after the creation of the schedule. */
  readonly runs: ReadonlyArray<number | "by hand">
  readonly skipped?: number
  readonly active: number
}

const lives: Readonly<Record<string, Life>> = {
  "that starts two runs and keeps one": {
    spec: {},
    script: { "run-seconds": "1" },
    seconds: 21,
    runs: [8, 16],
    active: 0,
  },
  "that forbids runs next to each other": {
    spec: { concurrencyPolicy: "Forbid" },
    script: { "run-seconds": "10" },
    seconds: 26,
    runs: [8, 24],
    skipped: 1,
    active: 1,
  },
  "that replaces its runs": {
    spec: { concurrencyPolicy: "Replace" },
    script: { "run-seconds": "forever" },
    seconds: 19,
    runs: [8, 16],
    active: 1,
  },
  "of which a run is started by hand": {
    spec: { schedule: "0 3 * * *" },
    script: { "run-seconds": "forever" },
    annotations: { "sparkoperator.k8s.io/trigger": "now" },
    seconds: 5,
    runs: ["by hand"],
    active: 1,
  },
}

const scheduleOf = ({ spec, script, annotations }: Life): ScheduledSparkApplication => {
  const { metadata, ...rest } = scheduled("pi", script, { schedule: "@every 8s", ...spec })
  return { ...rest, metadata: { ...metadata, ...(annotations && { annotations }) } }
}

/** One life with one death; answers whether the fatal request was ever reached. */
const lifeWithDeath = Effect.fnUntraced(function* (life: Life, fatal: number, how: Death) {
  const world = yield* makeWorld
  const ever = yield* applicationsEver(world)
  const { apply, statusOf, runsOf } = schedulesOf(world)
  let died = false
  const death = dying(
    fatal,
    how,
    () => {
      died = true
    },
    ofSchedules,
  )
  const first = yield* world.startOperator(death.plan)
  death.arm()
  const { metadata } = yield* apply(scheduleOf(life))
  const created = Date.parse(metadata.creationTimestamp!) / 1000
  const end = created + life.seconds
  for (let look = 0; look < 2 * life.seconds; look++) {
    yield* pass(0.5)
    if (died) break
  }
  yield* first.kill
  yield* world.startOperator()
  yield* pass(Math.max(1, end - (yield* Clock.currentTimeMillis) / 1000))

  const where = `killed at request ${fatal}`
  const started = Array.from(ever.keys(), (name) =>
    /^pi-manual-[0-9a-f]{8}$/.test(name) ? "by hand" : Number(name.slice(3)) - created,
  )
  assert.sameMembers(started, [...life.runs], where)
  for (const [name, uids] of ever) assert.strictEqual(uids.size, 1, `${where}: ${name} was started again`)
  const status = yield* statusOf("pi")
  assert.deepStrictEqual([status.missedRuns, status.skippedRuns], [undefined, life.skipped], where)
  assert.strictEqual(status.active?.length ?? 0, life.active, where)
  const unfinished = (yield* runsOf("pi")).filter(({ status: of }) => of?.applicationState.state !== "COMPLETED")
  assert.lengthOf(unfinished, life.active, where)
  return died
})

describe("an operator that is killed at any request of a schedule", { timeout: 120_000 }, () => {
  for (const [title, life] of Object.entries(lives)) {
    for (const how of ["DropBefore", "DropAfter"] as const) {
      const moment = how === "DropBefore" ? "before it arrives" : "after it was carried out"
      it.effect(`${title}, ${moment}, is replaced without a run too many or too few`, () =>
        Effect.gen(function* () {
          let fatal = 1
          while (yield* Effect.scoped(lifeWithDeath(life, fatal, how))) fatal++
          assert.isAbove(fatal, 4, "a life has more requests than this")
        }),
      )
    }
  }
})
