/** The API server is killed and comes back while applications run. Alone on the cluster: it is everybody's API server. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { command, ofOperatorPods } from "../support/OperatorPods.ts"
import { executorsAgree, metricsEqualTruth } from "../support/Truth.ts"
import { attempt, ClusterLayer, makeWorld, python } from "../support/World.ts"

const restart = command(process.env["FIRESTEEL_RESTART_API_SERVER"] ?? "false")

const restarts = ofOperatorPods(".status.containerStatuses[*].restartCount")

layer(ClusterLayer, { excludeTestServices: true })("an API server that restarts", (it) => {
  it.effect("disturbs neither what runs nor what is submitted next, and the operator lives through it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld("api-restart")
      const before = yield* restarts
      yield* world.apply(python("across", ["hold", "1", "20"]))
      yield* executorsAgree(world, "across", 1)
      yield* restart
      yield* Effect.retry(world.apply(python("after", ["hold", "1", "1"])), { times: 20 })
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
