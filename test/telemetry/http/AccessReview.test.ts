import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { TestClock } from "effect/testing"
import type { KubeApi } from "../../../src/kube/Kube.ts"
import { KubeError } from "../../../src/kube/KubeError.ts"
import type { KubeObject, Resource } from "../../../src/kube/Resource.ts"
import * as Cluster from "../../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../../src/local/apiserver/EmbeddedKube.ts"
import { make } from "../../../src/telemetry/http/AccessReview.ts"
import { json, serve } from "../../support/ApiServerStub.ts"

const rbac = (plural: string, kind: string): Resource => ({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  plural,
  kind,
})
const secrets: Resource = { group: "", version: "v1", plural: "secrets", kind: "Secret" }

/** A cluster where tokens are `prometheus` and `somebody`, and the first may read `/metrics`; and what is asked of it. */
const world = Effect.gen(function* () {
  const kube = EmbeddedKube.make(yield* Cluster.make({ seed: 1 }))
  const objects: ReadonlyArray<readonly [Resource, object]> = [
    ...["prometheus", "somebody"].map(
      (name) =>
        [
          secrets,
          {
            metadata: { name, annotations: { "kubernetes.io/service-account.name": name } },
            type: "kubernetes.io/service-account-token",
            data: { token: Buffer.from(name).toString("base64") },
          },
        ] as const,
    ),
    [
      rbac("clusterroles", "ClusterRole"),
      { metadata: { name: "scraper" }, rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }] },
    ],
    [
      rbac("clusterrolebindings", "ClusterRoleBinding"),
      {
        metadata: { name: "scrapers" },
        roleRef: { kind: "ClusterRole", name: "scraper" },
        subjects: [{ kind: "ServiceAccount", namespace: "default", name: "prometheus" }],
      },
    ],
  ]
  for (const [resource, object] of objects) yield* kube.create(resource, "default", object as KubeObject)
  const asked: Array<string> = []
  let down = false
  const create: KubeApi["create"] = (resource, namespace, object) => {
    asked.push(resource.plural)
    const error = new KubeError({ reason: "Unavailable", request: "create", message: "down" })
    return down ? Effect.fail(error) : kube.create(resource, namespace, object)
  }
  return {
    kube,
    asked,
    access: make({ create }, "/metrics"),
    setDown: (now: boolean) => {
      down = now
    },
  }
})

describe("the review of a scraper's token", () => {
  it.effect("admits users who may get the path, and distinguishes unknown tokens from users without the right", () =>
    Effect.gen(function* () {
      const { access } = yield* world
      assert.strictEqual(yield* access("Bearer prometheus"), "allowed")
      assert.strictEqual(yield* access("bearer  prometheus "), "allowed")
      assert.strictEqual(yield* access("Bearer somebody"), "forbidden")
      assert.strictEqual(yield* access("Bearer nobody"), "unauthenticated")
    }),
  )

  it.effect("sends no review for a request without a bearer token", () =>
    Effect.gen(function* () {
      const { access, asked } = yield* world
      for (const header of [undefined, "", "Bearer", "Bearer  ", "Basic cHJvbWV0aGV1cw==", "Bearer a b"]) {
        assert.strictEqual(yield* access(header), "unauthenticated")
      }
      assert.deepStrictEqual(asked, [])
    }),
  )

  it.effect("sends one review per minute, however often a scraper asks, and then notices a revoked right", () =>
    Effect.gen(function* () {
      const { access, asked, kube } = yield* world
      yield* Effect.forEach(Array.from({ length: 20 }), () => access("Bearer prometheus"), { concurrency: "unbounded" })
      assert.deepStrictEqual(asked, ["tokenreviews", "subjectaccessreviews"])
      yield* kube.delete(rbac("clusterrolebindings", "ClusterRoleBinding"), "", "scrapers")
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(yield* access("Bearer prometheus"), "allowed")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* access("Bearer prometheus"), "forbidden")
      assert.strictEqual(asked.length, 4)
    }),
  )

  it.effect("remembers admitted tokens, however many wrong ones are sent", () =>
    Effect.gen(function* () {
      const { access, asked } = yield* world
      yield* access("Bearer prometheus")
      for (let i = 0; i < 300; i++) yield* access(`Bearer wrong-${i}`)
      asked.length = 0
      assert.strictEqual(yield* access("Bearer prometheus"), "allowed")
      yield* access("Bearer wrong-299")
      assert.deepStrictEqual(asked, [])
    }),
  )

  it.effect("is unknown while the API server does not answer: logged once, not cached, and over when it answers", () =>
    Effect.gen(function* () {
      const { access, setDown } = yield* world
      const said: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => said.push(`${logLevel} ${String(message)}`))
      yield* Effect.gen(function* () {
        setDown(true)
        assert.strictEqual(yield* access("Bearer prometheus"), "unknown")
        assert.strictEqual(yield* access("Bearer prometheus"), "unknown")
        setDown(false)
        assert.strictEqual(yield* access("Bearer prometheus"), "allowed")
      }).pipe(Effect.provide(Logger.layer([logger])))
      assert.strictEqual(said.length, 1)
      assert.match(said[0] ?? "", /^Warn .*may the operator create tokenreviews and subjectaccessreviews\?/)
    }),
  )

  it.live("sends reviews as Kubernetes expects them", () =>
    Effect.gen(function* () {
      const user = { username: "me", uid: "1", groups: ["g"], extra: { scopes: ["a"] } }
      const { kube, asked } = yield* serve([
        json(201, { metadata: {}, spec: {}, status: { authenticated: true, user } }),
        json(201, { metadata: {}, spec: {}, status: { allowed: true } }),
      ])
      assert.strictEqual(yield* make(kube, "/metrics")("Bearer t"), "allowed")
      assert.deepStrictEqual(
        asked.map(({ method, url, body }) => [method, url, JSON.parse(body).spec]),
        [
          ["POST", "/apis/authentication.k8s.io/v1/tokenreviews", { token: "t" }],
          [
            "POST",
            "/apis/authorization.k8s.io/v1/subjectaccessreviews",
            {
              user: "me",
              uid: "1",
              groups: ["g"],
              extra: { scopes: ["a"] },
              nonResourceAttributes: { path: "/metrics", verb: "get" },
            },
          ],
        ],
      )
    }),
  )
})
