/** The API server is killed and restarts while applications run. Runs alone on the cluster, which all tests share. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { python } from "../support/Applications.ts"
import { command, ofOperatorPods } from "../support/OperatorPods.ts"
import { executorsAgree, metricsEqualTruth } from "../support/Truth.ts"
import { attempt, ClusterLayer, eventually, makeWorld } from "../support/World.ts"

const restart = command(process.env["FIRESTEEL_RESTART_API_SERVER"] ?? "false")

const restarts = ofOperatorPods(".status.containerStatuses[*].restartCount")

layer(ClusterLayer, { excludeTestServices: true })("an API server that restarts", (it) => {
  it.effect("disturbs neither what runs nor what is submitted next, and the operator lives through it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld("api-restart")
      const before = yield* restarts
      yield* world.apply(python("across", ["work"]))
      yield* executorsAgree(world, "across", 1)
      yield* restart
      yield* eventually(
        Effect.as(world.apply(python("after", ["hold", "1", "1"])), true),
        30,
        Effect.succeed("the API server does not come back"),
      )
      yield* executorsAgree(world, "across", 1)
      yield* world.finish("across")
      for (const name of ["across", "after"]) {
        const done = yield* world.untilState(name, "COMPLETED", 180)
        assert.lengthOf(done.status?.attempts ?? [], 1)
        assert.strictEqual(attempt(done).result, "Succeeded")
      }
      assert.strictEqual(yield* restarts, before)
      yield* metricsEqualTruth(world)
      yield* world.remove("across")
      yield* world.remove("after")
    }),
  )
})
