import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import type { ApplicationStateType } from "../../../src/api/application/SparkApplicationStatus.ts"
import type { Expectation } from "../../../src/cli/local/Examples.ts"
import type { LocalPicture } from "../../../src/cli/local/Picture.ts"
import { playUser } from "../../../src/cli/local/User.ts"
import { Kube } from "../../../src/kube/Kube.ts"

const picture = (state: ApplicationStateType): LocalPicture => {
  const application: SparkApplication = {
    metadata: { name: "pi", namespace: "default", uid: "u" },
    spec: { type: "Scala", sparkVersion: "4.0.1", mainApplicationFile: "local:///pi.jar", driver: {}, executor: {} },
    status: { applicationState: { state }, driverInfo: {} },
  }
  return {
    applications: new Map([["default/pi", application]]),
    drivers: new Map(),
    schedules: new Map(),
    servers: new Map(),
    histories: new Map(),
  }
}

/** What the played user sends to the API when the applications look like `shown`. */
const patchesFor = Effect.fnUntraced(function* (
  shown: SubscriptionRef.SubscriptionRef<LocalPicture>,
  expectation: Expectation,
) {
  const patches: Array<unknown> = []
  const kube = Layer.mock(Kube, {
    patch: (_resource, namespace, name, patch) =>
      Effect.sync(() => void patches.push([`${namespace}/${name}`, patch.body])).pipe(Effect.andThen(Effect.never)),
  })
  yield* playUser(shown, new Map([["default/pi", expectation]])).pipe(Effect.provide(kube))
  return patches
})

describe("LocalUser", () => {
  it.effect("resumes a suspended application once, after the time that its annotation asks for", () =>
    Effect.gen(function* () {
      const shown = yield* SubscriptionRef.make(picture(""))
      const patches = yield* patchesFor(shown, { resumeAfterSeconds: 3 })
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(patches, [], "not before the operator suspended it")
      yield* SubscriptionRef.set(shown, picture("SUSPENDED"))
      yield* TestClock.adjust("2900 millis")
      assert.deepStrictEqual(patches, [])
      yield* SubscriptionRef.set(shown, picture("SUSPENDED"))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(patches, [["default/pi", { spec: { suspend: false } }]])
    }),
  )

  it.effect("leaves an application suspended that does not ask to be resumed", () =>
    Effect.gen(function* () {
      const shown = yield* SubscriptionRef.make(picture("SUSPENDED"))
      const patches = yield* patchesFor(shown, { state: "SUSPENDED" })
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(patches, [])
    }),
  )
})
