import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { json, serve } from "../../support/ApiServerStub.ts"

const pod = { namespace: "default", name: "driver", port: 4040, secure: false }

const text = <E>(body: Stream.Stream<Uint8Array, E>) => Stream.mkString(Stream.decodeText(body))

describe("a GET that is passed on to a pod", () => {
  it.live("has the status, headers and body of the pod, also where that is an error or a redirect", () =>
    Effect.gen(function* () {
      const { kube, asked } = yield* serve([
        json(200, "<p>jobs</p>", { "Content-Type": "text/html" }),
        json(302, "", { Location: "/jobs/" }),
        json(404, "none"),
      ])
      const request = { path: "/jobs/?id=1", headers: { "X-Forwarded-Context": "/ui" } }
      const page = yield* kube.podRequest(pod, request)
      assert.deepStrictEqual([page.status, page.headers["content-type"]], [200, "text/html"])
      assert.strictEqual(yield* text(page.body), "<p>jobs</p>")
      assert.strictEqual(asked[0]?.url, "/api/v1/namespaces/default/pods/driver%3A4040/proxy/jobs/?id=1")
      assert.strictEqual(asked[0]?.headers["x-forwarded-context"], "/ui")
      const redirect = yield* kube.podRequest(pod, request)
      assert.deepStrictEqual([redirect.status, redirect.headers["location"]], [302, "/jobs/"])
      const missing = yield* kube.podRequest(pod, request)
      assert.deepStrictEqual([missing.status, yield* text(missing.body)], [404, "none"])
      assert.strictEqual(asked.length, 3, "each was tried once")
    }).pipe(Effect.scoped),
  )

  it.live("fails without an answer", () =>
    Effect.gen(function* () {
      const { kube } = yield* serve([(response) => response.destroy()])
      const error = yield* Effect.flip(kube.podRequest(pod, { path: "/", headers: {} }))
      assert.deepStrictEqual([error.reason, error.request], ["Transport", "proxy pods default/driver"])
    }).pipe(Effect.scoped),
  )
})
