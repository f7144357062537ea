/** The auth-provider `oidc` of a kubeconfig, with an issuer on loopback. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { connect } from "../../src/kube/Connection.ts"
import * as Certificates from "../support/Certificates.ts"
import { listening, trustedByDefault } from "../support/TlsServers.ts"

/** Seconds since the epoch: client-node compares expiry with the time of the machine, so these tests use it too. */
const now = Math.floor((performance.timeOrigin + performance.now()) / 1000)

const jwt = (claims: object) =>
  [{ alg: "RS256", typ: "JWT" }, claims, "signature"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".")

interface Grant {
  readonly status?: number
  readonly body: object
}

/** Answers the n-th refresh with the n-th grant, which gets the address of the issuer. */
const issuer = Effect.fnUntraced(function* (grants: ReadonlyArray<(url: string) => Grant>) {
  yield* trustedByDefault
  const refreshes: Array<string> = []
  const server = createServer(Certificates.first, (request, response) => {
    let sent = ""
    request.on("data", (chunk) => (sent += chunk))
    request.on("end", () => {
      response.setHeader("Content-Type", "application/json")
      if (request.url === "/.well-known/openid-configuration") {
        return response.end(JSON.stringify({ issuer: url(), token_endpoint: `${url()}/token` }))
      }
      refreshes.push(new URLSearchParams(sent).get("refresh_token") ?? "")
      const { status = 200, body } = grants[refreshes.length - 1]?.(url()) ?? { body: {} }
      return response.writeHead(status).end(JSON.stringify(body))
    })
  })
  const port = yield* listening(server)
  const url = () => `https://127.0.0.1:${port}`
  return { url: url(), refreshes }
})

const claims = (iss: string, exp: number) => ({ iss, aud: "firesteel", sub: "ann", iat: now - 60, exp })

const granted = (idToken: string, more: object = {}) => ({
  body: { access_token: "a", token_type: "Bearer", id_token: idToken, ...more },
})

const connected = Effect.fnUntraced(function* (config: object) {
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "firesteel-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true })),
  )
  const file = join(directory, "config")
  const content = {
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: "https://k8s.example" } }],
    users: [{ name: "u", user: { "auth-provider": { name: "oidc", config } } }],
  }
  writeFileSync(file, JSON.stringify(content))
  const { credentials } = yield* connect({ environment: {}, kubeconfig: file })
  return Effect.map(credentials.current, (it) => it.headers["Authorization"])
})

const problem = (config: object) => Effect.map(Effect.flip(connected(config)), (error) => error.message)

describe("OpenID Connect", () => {
  it.live("sends the id-token while it is valid, and does not ask the issuer", () =>
    Effect.gen(function* () {
      const { url, refreshes } = yield* issuer([])
      const token = jwt(claims(url, now + 3600))
      const header = yield* connected({ "id-token": token, "idp-issuer-url": url })
      assert.strictEqual(yield* header, `Bearer ${token}`)
      assert.deepStrictEqual(refreshes, [])
    }),
  )

  it.live("renews an id-token that has expired, once, and again when the new one expires", () =>
    Effect.gen(function* () {
      const { url, refreshes } = yield* issuer([
        // It expires in the past of this machine, so the next read renews it; openid-client tolerates some seconds.
        (it) => granted(jwt({ ...claims(it, now - 5), n: 1 }), { refresh_token: "second" }),
        (it) => granted(jwt({ ...claims(it, now + 3600), n: 2 })),
      ])
      const header = yield* connected({
        "id-token": jwt(claims(url, now - 60)),
        "refresh-token": "first",
        "client-id": "firesteel",
        "idp-issuer-url": url,
      })
      assert.deepStrictEqual(refreshes, ["first"])
      const many = yield* Effect.all([header, header, header], { concurrency: "unbounded" })
      assert.strictEqual(new Set(many).size, 1)
      assert.strictEqual(yield* header, many[0])
      assert.deepStrictEqual(refreshes, ["first", "second"])
    }),
  )

  it.live("keeps a refresh-token that the issuer does not rotate", () =>
    Effect.gen(function* () {
      const { url, refreshes } = yield* issuer([
        (it) => granted(jwt(claims(it, now - 5))),
        (it) => granted(jwt(claims(it, now + 3600))),
      ])
      const header = yield* connected({
        "id-token": jwt(claims(url, now - 60)),
        "refresh-token": "only",
        "client-id": "firesteel",
        "idp-issuer-url": url,
      })
      yield* header
      assert.deepStrictEqual(refreshes, ["only", "only"])
    }),
  )

  it.live("reports what is missing, and what the issuer answers", () =>
    Effect.gen(function* () {
      const { url } = yield* issuer([
        () => ({
          status: 400,
          body: { error: "invalid_grant", error_description: "the token was revoked" },
        }),
      ])
      assert.include(yield* problem({}), "auth-provider oidc has no id-token")
      const expired = { "id-token": jwt(claims(url, now - 60)) }
      assert.include(
        yield* problem(expired),
        "its id-token has expired and cannot be renewed without refresh-token, client-id, idp-issuer-url",
      )
      const complete = { ...expired, "refresh-token": "r", "client-id": "firesteel", "idp-issuer-url": url }
      const refused = yield* problem(complete)
      assert.include(refused, "auth-provider oidc for user u of kubeconfig")
      assert.include(refused, "invalid_grant")
      assert.include(refused, "the token was revoked")
      assert.include(
        yield* problem({ ...complete, "idp-issuer-url": "issuer" }),
        "idp-issuer-url issuer of auth-provider",
      )
      assert.include(yield* problem({ ...complete, "idp-certificate-authority": "ca.crt" }), "NODE_EXTRA_CA_CERTS")
    }),
  )
})
