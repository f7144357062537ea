/**
 * The definition of the kind is replaced by one that drops what the operator remembers, and the operator dies at any request after that;
 * another one starts without memory. No run is submitted twice, and when the definition is ours again, each comes to its end.
 */

import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { reflect } from "../../src/kube/Reflector.ts"
import { services } from "../../src/kube/Resource.ts"
import type { FaultPlan } from "../../src/local/apiserver/Faults.ts"
import { foreignDefinition, ourDefinition, redefine } from "../support/ForeignDefinition.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

/** Requests are counted when the application has been applied. At `foreign` the definition changes; `fatal` is the last one that is performed. */
const life = Effect.fnUntraced(function* (foreign: number, fatal: number) {
  const world = yield* makeWorld
  /** Names of the Services of drivers that ever existed. */
  const made = new Set<string>()
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(world.kube, services).events, (event) =>
      Effect.sync(() => {
        const name = event._tag === "Applied" ? event.object.metadata?.name : undefined
        if (name?.endsWith("-driver-svc")) made.add(name)
      }),
    ),
  )
  let count: number | undefined
  let died = false
  const plan: FaultPlan = () => {
    if (count === undefined) return undefined
    count++
    // The embedded API server answers at once.
    if (count === foreign) Effect.runSync(redefine(world.kube, foreignDefinition))
    if (count < fatal) return undefined
    died = true
    return { _tag: count === fatal ? "DropAfter" : "Hang" }
  }
  const first = yield* world.startOperator(plan)
  count = 0
  yield* world.apply(sparkPi("pi", { "run-seconds": "1" }))
  yield* pass(4)
  yield* first.kill
  yield* world.startOperator()
  yield* pass(3)
  yield* redefine(world.kube, ourDefinition)
  yield* pass(12)
  return { world, died, made, status: (yield* world.reported("pi")).status }
})

describe("an operator that is killed while the definition is not ours", () => {
  it.effect.each([0, 2])(
    "at any request, %d after the definition was replaced, is followed by one that submits nothing twice",
    (later) =>
      Effect.gen(function* () {
        for (let fatal = later + 1; ; fatal++) {
          const died = yield* Effect.scoped(
            Effect.gen(function* () {
              const where = `killed at request ${fatal}`
              const { world, died, made, status } = yield* life(fatal - later, fatal)
              assert.strictEqual(made.size, 1, where)
              assert.lengthOf(world.driversEver(), 1, where)
              assert.strictEqual(status.applicationState.state, "COMPLETED", where)
              assert.deepStrictEqual(
                status.attempts?.map(({ number, result }) => [number, result]),
                [[1, "Succeeded"]],
                where,
              )
              return died
            }),
          )
          if (!died) {
            assert.isAbove(fatal, 8, "a life has more requests than this")
            break
          }
        }
      }),
    60_000,
  )
})
