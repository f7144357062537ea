import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Fields } from "../../../src/local/apiserver/ApiObject.ts"
import * as ApiServer from "../../../src/local/apiserver/http/ApiServer.ts"

const rbac = "/apis/rbac.authorization.k8s.io/v1"
const tokenReviews = "/apis/authentication.k8s.io/v1/tokenreviews"
const accessReviews = "/apis/authorization.k8s.io/v1/subjectaccessreviews"

/** A server with a token of `default/prometheus`, which may read metrics, and pods and one secret of the namespace `default`. */
const server = Effect.gen(function* () {
  const { url } = yield* ApiServer.start({ seed: 7 })
  const request = (method: string, path: string, body?: Fields) =>
    Effect.promise(async () => {
      const response = await fetch(url + path, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { code: response.status, body: (await response.json()) as any }
    })
  const subjects = [{ kind: "ServiceAccount", name: "prometheus", namespace: "default" }]
  const all: ReadonlyArray<readonly [string, Fields]> = [
    [
      "/api/v1/namespaces/default/secrets",
      {
        metadata: { name: "prometheus", annotations: { "kubernetes.io/service-account.name": "prometheus" } },
        type: "kubernetes.io/service-account-token",
        data: { token: Buffer.from("s3cret").toString("base64") },
      },
    ],
    [
      `${rbac}/clusterroles`,
      { metadata: { name: "scraper" }, rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }] },
    ],
    [
      `${rbac}/clusterrolebindings`,
      { metadata: { name: "scrapers" }, roleRef: { kind: "ClusterRole", name: "scraper" }, subjects },
    ],
    [
      `${rbac}/namespaces/default/roles`,
      {
        metadata: { name: "reader" },
        rules: [
          { apiGroups: [""], resources: ["pods", "*/log"], verbs: ["get", "list"] },
          { apiGroups: [""], resources: ["secrets"], resourceNames: ["one"], verbs: ["*"] },
        ],
      },
    ],
    [
      `${rbac}/namespaces/default/rolebindings`,
      { metadata: { name: "readers" }, roleRef: { kind: "Role", name: "reader" }, subjects },
    ],
  ]
  for (const [path, object] of all) assert.strictEqual((yield* request("POST", path, object)).code, 201)
  return request
})

const account = "system:serviceaccount:default:prometheus"

describe("reviews", () => {
  it.live("return the user of a token", () =>
    Effect.gen(function* () {
      const request = yield* server
      const known = yield* request("POST", tokenReviews, { spec: { token: "s3cret" } })
      assert.strictEqual(known.code, 201)
      assert.deepInclude(known.body, { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview" })
      assert.deepStrictEqual(known.body.status.user, {
        username: account,
        groups: ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
      })
      assert.isTrue(known.body.status.authenticated)
      const unknown = yield* request("POST", tokenReviews, { spec: { token: "other" } })
      assert.deepStrictEqual(unknown.body.status, { user: {}, error: "invalid bearer token" })
      assert.strictEqual((yield* request("POST", tokenReviews, { spec: {} })).code, 400)
    }),
  )

  it.live("return what a user may do, by roles and bindings", () =>
    Effect.gen(function* () {
      const request = yield* server
      const may = (spec: Fields) =>
        Effect.map(request("POST", accessReviews, { spec }), ({ body }) => body.status.allowed as boolean)
      const path = (path: string, verb = "get") => ({ user: account, nonResourceAttributes: { path, verb } })
      const resource = (resource: string, verb: string, more: Fields = {}) => ({
        user: account,
        resourceAttributes: { namespace: "default", resource, verb, ...more },
      })
      const cases: ReadonlyArray<readonly [Fields, boolean]> = [
        [path("/metrics"), true],
        [path("/metrics", "post"), false],
        [path("/metrics/cadvisor"), false],
        [{ ...path("/metrics"), user: "somebody" }, false],
        [{ ...path("/anything"), groups: ["system:masters"] }, true],
        [resource("pods", "list"), true],
        [resource("pods", "delete"), false],
        [resource("pods", "get", { subresource: "log" }), true],
        [resource("pods", "get", { subresource: "exec" }), false],
        [resource("pods", "get", { namespace: "kube-system" }), false],
        [resource("pods", "get", { group: "metrics.k8s.io" }), false],
        [resource("secrets", "delete", { name: "one" }), true],
        [resource("secrets", "delete", { name: "two" }), false],
      ]
      for (const [spec, expected] of cases) assert.strictEqual(yield* may(spec), expected, JSON.stringify(spec))
      const { body } = yield* request("POST", accessReviews, { spec: path("/metrics") })
      assert.strictEqual(
        body.status.reason,
        'RBAC: allowed by ClusterRoleBinding "scrapers" of ClusterRole "scraper" to ServiceAccount "prometheus"',
      )
      assert.strictEqual((yield* request("POST", accessReviews, { spec: { user: account } })).code, 422)
      assert.strictEqual((yield* request("POST", accessReviews, { spec: { ...path("/"), user: "" } })).code, 422)
    }),
  )

  it.live("can only be created, and are not stored", () =>
    Effect.gen(function* () {
      const request = yield* server
      assert.strictEqual((yield* request("GET", tokenReviews)).code, 405)
      const { body } = yield* request("GET", "/apis/authentication.k8s.io/v1")
      assert.deepStrictEqual(
        body.resources.map(({ name, verbs }: any) => [name, verbs]),
        [["tokenreviews", ["create"]]],
      )
    }),
  )
})
