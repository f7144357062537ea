import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { silentRequestMetrics } from "../../../src/kube/Exchange.ts"
import { pods } from "../../../src/kube/Resource.ts"
import * as UserKube from "../../../src/kube/user/UserKube.ts"
import { json, serve } from "../../support/ApiServerStub.ts"

describe("the API in the name of a user", () => {
  it.live("is asked with the user's token and nothing of the operator's credentials", () =>
    Effect.gen(function* () {
      const { connection, asked, kube } = yield* serve([json(200, { metadata: {} })])
      const own = {
        headers: { Authorization: "Bearer operator", "Impersonate-User": "somebody" },
        tls: { ca: "CA", cert: "CERT", key: "KEY" },
      }
      const credentials = { ...connection.credentials, current: Effect.succeed(own) }
      const user = yield* UserKube.make({ ...connection, credentials }, silentRequestMetrics, "1")("user-token")
      yield* user.get(pods, "default", "one")
      assert.strictEqual(asked[0]?.headers.authorization, "Bearer user-token")
      assert.isUndefined(asked[0]?.headers["impersonate-user"])
      yield* kube.get(pods, "default", "two")
      assert.strictEqual(asked[1]?.headers.authorization, "Bearer token-0", "the operator's client is as it was")
    }),
  )

  it.live("fails when the token is refused, and does not make the operator read its own again", () =>
    Effect.gen(function* () {
      const { connection, asked, kube } = yield* serve([
        json(401, { reason: "Unauthorized" }),
        json(401, { reason: "Unauthorized" }),
        json(200, { metadata: {} }),
      ])
      const user = yield* UserKube.make(connection, silentRequestMetrics, "1")("expired")
      const error = yield* Effect.flip(user.get(pods, "default", "one"))
      assert.deepStrictEqual([error.reason, error.status], ["Forbidden", 401])
      yield* kube.get(pods, "default", "two")
      assert.strictEqual(asked.at(-1)?.headers.authorization, "Bearer token-0")
    }),
  )
})
