/** The operator dies at every single write while a namespace is no longer selected, and selected again; another one takes over. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { FaultRequest } from "../../src/local/apiserver/Faults.ts"
import { type Death, dying } from "../support/Dying.ts"
import { candidacy } from "../support/ElectionBench.ts"
import { byTeam, namespacesOf, teamA } from "../support/NamespaceBench.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

/** One application ends while its namespace is not selected, one later. Whether the fatal request was reached. */
const leavesAndReturns = Effect.fnUntraced(function* (fatal: number, how: Death) {
  const world = yield* makeWorld
  const { create, label, apply, stateOf, noticeOf } = namespacesOf(world)
  let died = false
  const onDeath = () => void (died = true)
  const isWrite = ({ verb, resource }: FaultRequest) => ["create", "patch"].includes(verb) && resource !== "leases"
  const death = dying(fatal, how, onDeath, isWrite)
  yield* create("team", teamA)
  const first = yield* world.startOperator(death.plan, byTeam, undefined, candidacy("first"))
  for (const seconds of ["12", "25"]) yield* apply("team", sparkPi(`pi-${seconds}`, { "run-seconds": seconds }))
  yield* pass(6)
  death.arm()
  yield* label("team", { team: null })
  yield* pass(3)
  const before = died
  if (before) yield* first.kill
  if (before) yield* world.startOperator(undefined, byTeam, undefined, candidacy("second"))
  yield* pass(15)
  yield* label("team", teamA)
  yield* pass(10)
  if (!before) yield* first.kill
  if (!before) yield* world.startOperator(undefined, byTeam, undefined, candidacy("second"))
  yield* pass(30)
  for (const name of ["pi-12", "pi-25"]) {
    assert.strictEqual(yield* stateOf("team", name), "COMPLETED", `${name}, write ${fatal}`)
    assert.strictEqual(yield* noticeOf("team", name), "none", `${name}, write ${fatal}`)
  }
  assert.strictEqual(world.driversEver().length, 2, `write ${fatal}`)
  return died
})

describe("namespaces by label", { timeout: 60_000 }, () => {
  for (const how of ["DropBefore", "DropAfter"] as const) {
    it.effect(`an operator that dies at any write while a namespace leaves and comes back loses nothing (${how})`, () =>
      Effect.gen(function* () {
        for (let fatal = 1, died = true; died; fatal++) {
          died = yield* Effect.scoped(leavesAndReturns(fatal, how))
          if (!died) assert.isAbove(fatal, 5)
        }
      }),
    )
  }
})
