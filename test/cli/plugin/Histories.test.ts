/** History servers in `list`, `status` and `explain`. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { explain } from "../../../src/cli/plugin/inspect/Explain.ts"
import { status } from "../../../src/cli/plugin/inspect/Status.ts"
import { list } from "../../../src/cli/plugin/list/List.ts"
import { suspend } from "../../../src/cli/plugin/run/Suspend.ts"
import { histories, sparkHistory } from "../../support/HistoryBench.ts"
import { makeWorld, pass } from "../../support/OperatorBench.ts"
import { run } from "../../support/PluginBench.ts"

describe("a history server", () => {
  it.effect("is listed, has a status and an explanation, and cannot be suspended", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.startOperator()
      yield* histories(world).apply(sparkHistory("logs"))
      yield* pass(30)
      assert.match((yield* run(world, list, "histories")).out, /\nlogs +Available +1\/1 +http:/)
      assert.match((yield* run(world, status, "history/logs")).out, /\nState: +Available\n/)
      assert.include((yield* run(world, explain, "history/logs")).out, "All conditions are as they should be.")
      assert.include(
        (yield* run(world, suspend, "history/logs")).err,
        "history/logs: is of a type that this command does not take; use application/NAME or",
      )
    }),
  )
})
