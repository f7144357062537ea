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
      assert.strictEqual(yield* everywhere.rights.namespaces(everywhere.viewer, list, namespaces), "all")
      assert.lengthOf(everywhere.asked, 1)
      const some = world(({ resourceAttributes: { namespace } }) => namespace === "b")
      assert.deepStrictEqual(yield* some.rights.namespaces(some.viewer, list, namespaces), new Set(["b"]))
      assert.lengthOf(some.asked, 4)
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
      assert.strictEqual(yield* rights.namespaces(viewer, list, ["a"]), "all")
      assert.lengthOf(asked, 0)
    }),
  )
})
