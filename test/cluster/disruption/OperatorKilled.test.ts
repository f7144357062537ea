/**
 * The operator gets SIGKILL at twenty moments during the lifecycle of applications, and of a Connect server with a client. The moments come from a seed
 * (`FIRESTEEL_SEED`), which is printed, so that a run can be repeated.
 */

import { assert, layer } from "@effect/vitest"
import { Effect, Random, Stream } from "effect"
import { reflect } from "../../../src/kube/Reflector.ts"
import { pods } from "../../../src/kube/Resource.ts"
import { python, sparkPi } from "../support/Applications.ts"
import { forward, startNotebook } from "../support/ConnectClient.ts"
import { connectsOf } from "../support/Connects.ts"
import { connectMetricsEqualTruth } from "../support/ConnectTruth.ts"
import { operatorNamespace } from "../support/Environment.ts"
import { upgraded } from "../support/Helm.ts"
import { kubectl } from "../support/Kubectl.ts"
import { killOperator, ofOperatorPods } from "../support/OperatorPods.ts"
import { metricsEqualTruth } from "../support/Truth.ts"
import { attempt, ClusterLayer, makeWorld } from "../support/World.ts"

const kills = 20
const seed = process.env["FIRESTEEL_SEED"] ?? String(crypto.getRandomValues(new Uint32Array(1))[0])

/** The Deployment makes another pod at once; a container that restarts would have to wait longer each time. */
const kill = Effect.gen(function* () {
  for (const pod of (yield* ofOperatorPods(".metadata.name")).split(" ").filter((name) => name !== "")) {
    yield* killOperator(pod)
    yield* kubectl(["delete", "pod", pod, "-n", operatorNamespace, "--grace-period=0", "--force", "--ignore-not-found"])
  }
})

layer(ClusterLayer, { excludeTestServices: true })("an operator that is killed twenty times", (it) => {
  it.effect(
    `still runs each application once per attempt, and counts what there is (seed ${seed})`,
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("killed")
        const connects = connectsOf(world)
        yield* connects.apply("connect")
        // Without election: a pod that is killed keeps the Lease for 15 s, and none would work between two kills.
        yield* upgraded({ controller: { leaderElection: { enable: false } } })
        yield* connects.untilReady("connect", 1)
        const notebook = yield* startNotebook
        yield* notebook.open("session", `sc://localhost:${yield* forward(world, "connect-server")}`)
        assert.strictEqual(yield* notebook.count("session", 100), 100)
        const drivers = new Map<string, string>()
        yield* Effect.forkScoped(
          Stream.runForEach(
            reflect(world.kube, pods, { namespace: world.namespace, labelSelector: "spark-role=driver" }).events,
            (event) =>
              Effect.sync(() => {
                if (event._tag === "Applied")
                  drivers.set(event.object.metadata?.uid ?? "", event.object.metadata?.name ?? "")
              }),
          ),
        )
        const restartPolicy = { type: "OnFailure" as const, onFailureRetries: 1, onFailureRetryInterval: 2 }
        const lives = [
          python("long", ["hold", "2", "25"]),
          sparkPi("pi"),
          python("fails", ["raise"], { restartPolicy }),
          python("late", ["exit", "3"]),
        ]
        for (let killed = 0; killed < kills; killed++) {
          if (killed % 4 === 0 && lives.length > 0) yield* world.apply(lives.shift()!)
          yield* Effect.sleep(200 + (yield* Random.nextIntBetween(0, 2000)))
          yield* Effect.orDie(kill)
        }
        assert.strictEqual(yield* notebook.count("session", 100), 100)
        const ends = { long: "COMPLETED", pi: "COMPLETED", fails: "FAILED", late: "FAILED" }
        for (const [name, state] of Object.entries(ends)) {
          const { status } = yield* world.untilState(name, state, 180)
          const made = [...drivers.values()].filter((driver) => driver === `${name}-driver`)
          assert.lengthOf(made, status?.attempts?.length ?? 0, `one driver per attempt of ${name}`)
        }
        const failed = yield* world.untilState("fails", "FAILED")
        assert.deepStrictEqual([attempt(failed, 1).exitCode, attempt(failed, 2).exitCode], [1, 1])
        assert.strictEqual(yield* notebook.count("session", 100), 100)
        const server = yield* connects.until("connect", "in use", ({ sessions }) => sessions?.open === 1, 40)
        assert.lengthOf(server.attempts ?? [], 1)
        yield* connectMetricsEqualTruth(world, { sessions: 1 })
        yield* connects.remove("connect")
        yield* metricsEqualTruth(world, "gauges")
        yield* Effect.forEach(Object.keys(ends), world.remove, { concurrency: "unbounded" })
      }).pipe(Random.withSeed(seed)),
    300_000,
  )
})
