/**
 * The operator gets SIGKILL around the times at which runs are due: each time of a schedule starts at most one run, under the name of that
 * time, and every time is accounted for. The moments come from a seed (`FIRESTEEL_SEED`), which is printed, so that a run can be repeated.
 */

import { assert, layer } from "@effect/vitest"
import { Clock, Effect, Random } from "effect"
import { python } from "../support/Applications.ts"
import { operatorNamespace } from "../support/Environment.ts"
import { upgraded } from "../support/Helm.ts"
import { kubectl } from "../support/Kubectl.ts"
import { killOperator, ofOperatorPods } from "../support/OperatorPods.ts"
import { schedulesOf, timeOf } from "../support/Schedules.ts"
import { ClusterLayer, makeWorld } from "../support/World.ts"

const kills = 6
const seed = process.env["FIRESTEEL_SEED"] ?? String(crypto.getRandomValues(new Uint32Array(1))[0])

/** The Deployment makes another pod at once; a container that restarts would have to wait longer each time. */
const kill = Effect.gen(function* () {
  for (const pod of (yield* ofOperatorPods(".metadata.name")).split(" ").filter((name) => name !== "")) {
    yield* killOperator(pod)
    yield* kubectl(["delete", "pod", pod, "-n", operatorNamespace, "--grace-period=0", "--force", "--ignore-not-found"])
  }
})

layer(ClusterLayer, { excludeTestServices: true })("an operator that is killed when runs are due", (it) => {
  it.effect(
    `starts each of them once, and accounts for every time (seed ${seed})`,
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("due")
        // Without election: a pod that is killed keeps the Lease for 15 s, and none would work between two kills.
        yield* upgraded({ controller: { leaderElection: { enable: false } } })
        const schedules = yield* schedulesOf(world)
        const every = 15
        // Runs of real Spark, and runs that stay suspended, so that there are many.
        yield* schedules.apply("spark", python("run", ["exit", "0"]), {
          schedule: `@every ${2 * every}s`,
          concurrencyPolicy: "Forbid",
          successfulRunHistoryLimit: 10,
        })
        const { metadata } = yield* schedules.apply("often", python("run", ["exit", "0"], { suspend: true }), {
          schedule: `@every ${every}s`,
        })
        const created = Date.parse(String(metadata.creationTimestamp))
        for (let killed = 0; killed < kills; killed++) {
          const due = created + (killed + 1) * every * 1000
          const moment = due + (yield* Random.nextIntBetween(-1500, 1500))
          yield* Effect.sleep(Math.max(0, moment - (yield* Clock.currentTimeMillis)))
          yield* Effect.orDie(kill)
        }
        const last = created + (kills + 1) * every * 1000
        yield* schedules.until("often", "past all kills", ({ handledUntil = "" }) => Date.parse(handledUntil) >= last)

        for (const [name, step] of [
          ["often", every],
          ["spark", 2 * every],
        ] as const) {
          const { metadata: own, status } = yield* schedules.read(name)
          yield* schedules.suspend(name)
          yield* schedules.until(name, "suspended", ({ nextRun }) => nextRun === undefined)
          const first = Date.parse(String(own.creationTimestamp)) / 1000
          const handled = Date.parse(status!.handledUntil!) / 1000
          const mine = [...schedules.seen].filter(([run]) => run.startsWith(`${name}-`))
          for (const [run, objects] of mine) assert.lengthOf(objects, 1, run)
          const times = mine.map(([run]) => timeOf(run))
          for (const time of times) assert.strictEqual((time - first) % step, 0, `${time} is a time of ${name}`)
          const started = times.filter((time) => time <= handled).length
          assert.strictEqual(
            started + (status?.missedRuns ?? 0) + (status?.skippedRuns ?? 0),
            Math.floor((handled - first) / step),
            `every time of ${name}: ${times.join(" ")} ${JSON.stringify(status)}`,
          )
        }
        const spark = [...schedules.seen.keys()].filter((run) => run.startsWith("spark-"))
        assert.isAtLeast(spark.length, 1)
        for (const run of spark) {
          const { status } = yield* world.untilState(run, "COMPLETED", 120)
          assert.lengthOf(status?.attempts ?? [], 1)
        }
        yield* schedules.remove("often")
        yield* schedules.remove("spark")
      }).pipe(Random.withSeed(seed)),
    400_000,
  )
})
