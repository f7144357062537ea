import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { find } from "../../src/kube/Kube.ts"
import {
  changedNothing,
  isPermanent,
  isStale,
  isTransient,
  KubeError,
  type KubeErrorReason,
} from "../../src/kube/KubeError.ts"
import { pods } from "../../src/kube/Resource.ts"

const failure = (reason: KubeErrorReason) => new KubeError({ reason, request: "get pods default/a", message: "" })

/** For every reason, which of the questions are answered with yes. */
const answers: Readonly<Record<KubeErrorReason, ReadonlyArray<string>>> = {
  NotFound: ["changedNothing", "isPermanent", "isStale"],
  AlreadyExists: ["changedNothing"],
  Conflict: ["changedNothing", "isStale"],
  Gone: ["changedNothing"],
  Invalid: ["changedNothing", "isPermanent"],
  Forbidden: ["changedNothing", "isPermanent"],
  Throttled: ["changedNothing", "isTransient"],
  Unavailable: ["isTransient"],
  Timeout: ["isTransient"],
  Transport: ["isTransient"],
  Decode: [],
}

describe("KubeError", () => {
  for (const [reason, expected] of Object.entries(answers)) {
    it(`${reason}: ${expected.join(", ") || "proves nothing"}`, () => {
      const error = failure(reason as KubeErrorReason)
      const questions = Object.entries({ changedNothing, isPermanent, isStale, isTransient })
      assert.deepStrictEqual(
        questions.filter(([, asks]) => asks(error)).map(([name]) => name),
        expected,
      )
    })
  }
})

describe("find", () => {
  const answering = (reason: KubeErrorReason) => find({ get: () => Effect.fail(failure(reason)) }, pods, "default", "a")

  it.effect("has nothing where there is no such object, and fails with every other error", () =>
    Effect.gen(function* () {
      assert.isUndefined(yield* answering("NotFound"))
      assert.strictEqual((yield* Effect.flip(answering("Forbidden"))).reason, "Forbidden")
    }),
  )
})
