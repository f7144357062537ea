import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { sparkApplications } from "../../../src/api/Kinds.ts"
import * as Rights from "../../../src/console/access/Rights.ts"
import type { Viewer } from "../../../src/console/access/Viewer.ts"
import type { KubeApi } from "../../../src/kube/Kube.ts"
import { pods } from "../../../src/kube/Resource.ts"

interface Asked {
  readonly user?: string
  readonly groups?: ReadonlyArray<string>
  readonly resourceAttributes: Readonly<Record<string, string | undefined>>
}

/** An API server that allows what `allows` says, and everything that it was asked. */
const world = (allows: (asked: Asked) => boolean) => {
  const asked: Array<Asked> = []
  const create = ((_resource, _namespace, object) =>
    Effect.sync(() => {
      const { spec } = object as unknown as { spec: Asked }
      asked.push(spec)
      return { status: { allowed: allows(spec) } } as never
    })) as KubeApi["create"]
  const viewer: Viewer = {
    _tag: "Token",
    user: { username: "ann", groups: ["data"] },
    kube: {} as KubeApi,
    decisions: new Map(),
  }
  return { asked, viewer, rights: Rights.make({ create }) }
}

const list = { verb: "list", resource: sparkApplications }

describe("what a viewer may do", () => {
  it.effect("is asked with user, groups, verb, resource and namespace, and remembered for half a minute", () =>
    Effect.gen(function* () {
      const { asked, viewer, rights } = world(() => true)
      const log = { verb: "get", resource: pods, subresource: "log", namespace: "team-a" }
      for (let again = 0; again < 3; again++) assert.isTrue(yield* rights.may(viewer, log))
      assert.deepStrictEqual(asked, [
        {
          groups: ["data"],
          user: "ann",
          resourceAttributes: { verb: "get", group: "", resource: "pods", subresource: "log", namespace: "team-a" },
        },
      ])
      yield* TestClock.adjust("31 seconds")
      yield* rights.may(viewer, log)
      assert.lengthOf(asked, 2)
    }),
  )

  it.effect("in all namespaces takes one question; else one for each", () =>
    Effect.gen(function* () {
      const namespaces = ["a", "b", "c"]
      const everywhere = world(() => true)
      const all = yield* everywhere.rights.namespaces(everywhere.viewer, list, namespaces)
      assert.deepStrictEqual(all, { namespaces: "all", unchecked: 0 })
      assert.lengthOf(everywhere.asked, 1)
      const some = world(({ resourceAttributes: { namespace } }) => namespace === "b")
      for (let again = 0; again < 3; again++) {
        const allowed = yield* some.rights.namespaces(some.viewer, list, namespaces)
        assert.deepStrictEqual(allowed, { namespaces: new Set(["b"]), unchecked: 0 })
      }
      assert.lengthOf(some.asked, 4)
    }),
  )

  it.effect("in a thousand namespaces is asked little by little, and stays complete from then on", () =>
    Effect.gen(function* () {
      const namespaces = Array.from({ length: 1000 }, (_, index) => `ns-${index}`)
      const own = new Set(["ns-3", "ns-990"])
      const { asked, viewer, rights } = world(({ resourceAttributes: { namespace = "" } }) => own.has(namespace))
      const first = yield* rights.namespaces(viewer, list, namespaces)
      assert.deepStrictEqual(first, { namespaces: new Set(["ns-3"]), unchecked: 500 })
      assert.lengthOf(asked, 501)
      // The one that the viewer chooses is known at once.
      assert.isTrue(yield* rights.may(viewer, { ...list, namespace: "ns-990" }))
      yield* TestClock.adjust("25 seconds")
      const complete = yield* rights.namespaces(viewer, list, namespaces)
      assert.deepStrictEqual(complete, { namespaces: own, unchecked: 0 })
      const before = asked.length
      for (let second = 0; second < 300; second++) {
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(yield* rights.namespaces(viewer, list, namespaces), complete, `after ${second} s`)
      }
      // Ten of them ask about all namespaces.
      assert.isBelow((asked.length - before - 10) / 300, 5.1, "reviews a second")
    }),
  )

  it.effect("in more namespaces than are asked about is said to be incomplete", () =>
    Effect.gen(function* () {
      const namespaces = Array.from({ length: 2500 }, (_, index) => `ns-${index}`)
      const { viewer, rights } = world(() => false)
      for (let minute = 0; minute < 3; minute++) {
        yield* rights.namespaces(viewer, list, namespaces)
        yield* TestClock.adjust("1 minute")
      }
      assert.deepStrictEqual(yield* rights.namespaces(viewer, list, namespaces), {
        namespaces: new Set<string>(),
        unchecked: 500,
      })
    }),
  )

  it.effect("ends in a namespace where it was revoked", () =>
    Effect.gen(function* () {
      let allowed = "a"
      const { viewer, rights } = world(({ resourceAttributes: { namespace } }) => namespace === allowed)
      const namespaces = Effect.map(rights.namespaces(viewer, list, ["a", "b"]), (found) => found.namespaces)
      assert.deepStrictEqual(yield* namespaces, new Set(["a"]))
      allowed = "b"
      yield* TestClock.adjust("31 seconds")
      assert.deepStrictEqual(yield* namespaces, new Set(["b"]))
    }),
  )

  it.effect("is named when it is missing", () =>
    Effect.gen(function* () {
      const { viewer, rights } = world(() => false)
      const error = yield* Effect.flip(rights.require(viewer, { ...list, namespace: "team-a" }))
      assert.deepStrictEqual(
        [error.status, error.message],
        [403, "ann may not list sparkapplications.sparkoperator.k8s.io in namespace team-a"],
      )
    }),
  )

  it.effect("is everything for the operator itself, without a question", () =>
    Effect.gen(function* () {
      const { asked, rights } = world(() => false)
      const viewer: Viewer = { _tag: "Operator", kube: {} as KubeApi }
      assert.isTrue(yield* rights.may(viewer, list))
      assert.deepStrictEqual(yield* rights.namespaces(viewer, list, ["a"]), { namespaces: "all", unchecked: 0 })
      assert.lengthOf(asked, 0)
    }),
  )
})
