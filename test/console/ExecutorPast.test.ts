import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { Pod } from "kubernetes-types/core/v1"
import * as ExecutorPast from "../../src/console/ExecutorPast.ts"
import * as Store from "../../src/runtime/Store.ts"

let version = 0

const executor = (application: string, id: number, state: object): Pod => ({
  metadata: {
    name: `${application}-exec-${id}`,
    namespace: "default",
    uid: `${application}-${id}`,
    resourceVersion: `${++version}`,
    labels: { "sparkoperator.k8s.io/app-name": application, "spark-role": "executor", "spark-exec-id": `${id}` },
  },
  status: { containerStatuses: [{ name: "spark-kubernetes-executor", state }] } as NonNullable<Pod["status"]>,
})

const running = (application: string, id = 1) =>
  executor(application, id, { running: { startedAt: "1970-01-01T00:00:10Z" } })

describe("what the console remembers of executors", () => {
  it.effect("is when each ran, also after its pod is gone", () =>
    Effect.gen(function* () {
      const pods = Store.make<Pod>()
      pods.apply({ _tag: "Listed", objects: [running("pi")], resourceVersion: "1" })
      const past = yield* ExecutorPast.make(pods)
      assert.deepStrictEqual(past.of("default/pi"), [{ from: 10_000 }])
      const terminated = { exitCode: 0, startedAt: "1970-01-01T00:00:10Z", finishedAt: "1970-01-01T00:00:30Z" }
      pods.put(executor("pi", 2, { waiting: {} }))
      pods.put(running("pi", 2))
      pods.put(executor("pi", 2, { terminated }))
      yield* TestClock.adjust("40 seconds")
      for (const object of pods.values()) {
        pods.apply({ _tag: "Deleted", object: { ...object, metadata: { ...object.metadata, resourceVersion: "99" } } })
      }
      assert.deepStrictEqual(past.of("default/pi"), [
        { from: 10_000, to: 40_000 },
        { from: 10_000, to: 30_000 },
      ])
      assert.deepStrictEqual(past.of("default/other"), [])
    }),
  )

  it.effect("is limited: the applications that changed last are remembered", () =>
    Effect.gen(function* () {
      const pods = Store.make<Pod>()
      const past = yield* ExecutorPast.make(pods)
      pods.put(running("first"))
      for (let index = 0; index < 2000; index++) pods.put(running(`app-${index}`))
      assert.deepStrictEqual(past.of("default/first"), [])
      assert.lengthOf(past.of("default/app-1999"), 1)
      for (let id = 0; id < 1500; id++) pods.put(running("large", id))
      assert.lengthOf(past.of("default/large"), 1000)
    }),
  )
})
