/** The questions about users: whose token it is, and what a user may do. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { makeNamespace, serverLayer } from "../support/Server.ts"

const tokenReviews = "/apis/authentication.k8s.io/v1/tokenreviews"
const accessReviews = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
const metrics = { nonResourceAttributes: { path: "/metrics", verb: "get" } }

layer(serverLayer(), { excludeTestServices: true })("reviews", (it) => {
  it.effect("a token of nobody is not authenticated", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { code, body } = yield* n.send("POST", tokenReviews, { spec: { token: "nobody's" } })
      assert.deepStrictEqual([code, body.kind, body.status.authenticated ?? false], [201, "TokenReview", false])
      assert.notStrictEqual(body.status.error ?? "", "")
      assert.strictEqual((yield* n.send("POST", tokenReviews, { spec: {} })).code, 400)
    }),
  )

  it.effect("masters may everything, strangers nothing", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const may = (spec: object) => Effect.map(n.ok("POST", accessReviews, { spec }), ({ status }) => status.allowed)
      assert.isTrue(yield* may({ ...metrics, user: "root", groups: ["system:masters"] }))
      assert.isFalse(yield* may({ ...metrics, user: "somebody" }))
      const pods = { resourceAttributes: { namespace: n.name, verb: "list", resource: "pods" } }
      assert.isTrue(yield* may({ ...pods, groups: ["system:masters"] }))
      assert.isFalse(yield* may({ ...pods, user: "somebody" }))
    }),
  )

  it.effect("a question must be whole, and can only be asked", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      for (const spec of [{ user: "somebody" }, metrics]) {
        assert.strictEqual((yield* n.send("POST", accessReviews, { spec })).code, 422)
      }
      assert.strictEqual((yield* n.send("GET", accessReviews)).code, 405)
    }),
  )
})
