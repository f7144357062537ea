import { createServer, type RequestListener } from "node:http"
import { createServer as createSecureServer } from "node:https"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { Kube } from "../../src/kube/Kube.ts"
import { type PodAccess, podGet, type PodHttpFailure } from "../../src/kube/PodHttp.ts"
import { pods } from "../../src/kube/Resource.ts"
import { type Answer, json, serve } from "../support/ApiServerStub.ts"

/** Of a driver with a self-signed certificate, which is used only here. */
const pem = (what: string, base64: string) => `-----BEGIN ${what}-----\n${base64}\n-----END ${what}-----\n`
const tls = {
  key: pem(
    "PRIVATE KEY",
    `MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgs8ZVpiUrgByktB4P
XMyCrmdCPkRpzIDrabvULihkCkmhRANCAASIk6GC3suO6J1G8ZGSSwOiKrS9CFFm
LIT00e2lL1JKHddO0GvmTYHXdutch06xhPiy3IdLQGisrDEb9Li/15T2`,
  ),
  cert: pem(
    "CERTIFICATE",
    `MIIBeDCCAR+gAwIBAgIUTjqBw81F06GiLQ9uhXbFVPZcS+cwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGZHJpdmVyMCAXDTI2MTEyMTA3Mzk0OVoYDzIxMjYxMDI4MDcz
OTQ5WjARMQ8wDQYDVQQDDAZkcml2ZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AASIk6GC3suO6J1G8ZGSSwOiKrS9CFFmLIT00e2lL1JKHddO0GvmTYHXdutch06x
hPiy3IdLQGisrDEb9Li/15T2o1MwUTAdBgNVHQ4EFgQUloxUeM3nY0ZaHPEIr4f3
e3njzqswHwYDVR0jBBgwFoAUloxUeM3nY0ZaHPEIr4f3e3njzqswDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAi1rGYY6wM4Q98PCoMApk1TPexAjyk
WTl7Y7BAKr+UWQIgHvJifD23Z0fhECuU3FGvr32FEe9HCrzwqvBwx61HBiw=`,
  ),
}

/** A pod on loopback; the answer is its port. */
const pod = (listener: RequestListener, secure = false): Effect.Effect<number, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = secure ? createSecureServer(tls, listener) : createServer(listener)
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => (server.closeAllConnections(), server.close())),
  ).pipe(Effect.map((server) => (server.address() as AddressInfo).port))

const answering =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end(body)

const noKube = Layer.succeed(Kube, {} as typeof Kube.Service)

const get = (port: number, more: { secure?: boolean; ip?: string | undefined; path?: string } = {}) =>
  Effect.scoped(
    Effect.flatMap(
      podGet("direct", {
        namespace: "default",
        name: "driver",
        ip: "ip" in more ? more.ip : "127.0.0.1",
        port,
        secure: more.secure ?? false,
      }),
      (get) => get(more.path ?? "/api/v1/version"),
    ),
  ).pipe(Effect.provide(noKube))

const reasonOf = (port: number, more: Parameters<typeof get>[1] = {}) =>
  Effect.map(Effect.flip(get(port, more)), ({ reason }) => reason)

describe("a request to a pod at its address", () => {
  it.live("returns JSON and its length", () =>
    Effect.gen(function* () {
      const asked: Array<string | undefined> = []
      const port = yield* pod((request, response) => {
        asked.push(request.url, request.headers.accept, request.headers.authorization)
        response.end('[{"id":"a"}]')
      })
      assert.deepStrictEqual(yield* get(port, { path: "/api/v1/x" }), { body: [{ id: "a" }], length: 12 })
      assert.deepStrictEqual(asked, ["/api/v1/x", "application/json", undefined], "nothing secret is sent")
    }),
  )

  it.live("accepts a self-signed certificate over HTTPS", () =>
    Effect.gen(function* () {
      const port = yield* pod(answering(200, "[]"), true)
      assert.deepStrictEqual((yield* get(port, { secure: true })).body, [])
      assert.strictEqual(yield* reasonOf(port), "unreachable", "without HTTPS there is no answer")
    }),
  )

  const answers: ReadonlyArray<readonly [string, RequestListener, string]> = [
    ["that answers 503, as a sidecar proxy does", answering(503, "upstream connect error"), "status"],
    ["that leads elsewhere", answering(302, "", { Location: "https://driver:4440/" }), "status"],
    ["that wants a password", answering(401, ""), "forbidden"],
    ["that lets only some in", answering(403, "<html>HTTP ERROR 403</html>"), "forbidden"],
    ["that answers a page", answering(200, "<html>Spark</html>"), "invalid"],
    ["that answers half a list", answering(200, '[{"jobId": 1'), "invalid"],
    ["that answers without end", (_, response) => void response.end("9".repeat(9 * 1024 * 1024)), "invalid"],
    ["that hangs up", (request) => void request.socket.destroy(), "unreachable"],
    [
      "that hangs up half way",
      (request, response) => {
        response.writeHead(200, { "Content-Length": "100" }).write("[", () => request.socket.destroy())
      },
      "unreachable",
    ],
  ]
  for (const [which, listener, reason] of answers) {
    it.live(`${which} is ${reason}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* reasonOf(yield* pod(listener)), reason)
      }),
    )
  }

  it.live("is refused if the port does not listen", () =>
    Effect.gen(function* () {
      const port = yield* Effect.scoped(pod(answering(200, "[]")))
      assert.strictEqual(yield* reasonOf(port), "refused")
    }),
  )

  it.live("is unreachable without an address", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* reasonOf(4040, { ip: undefined }), "unreachable")
    }),
  )

  for (const [when, begin] of [
    ["before it answers", () => {}],
    ["in the middle of its answer", (response: Parameters<RequestListener>[1]) => void response.write("[")],
  ] as const) {
    it.effect(`that hangs ${when} is given up after 5 seconds, and the connection is closed`, () =>
      Effect.gen(function* () {
        let arrived = () => {}
        let left = () => {}
        const arrival = new Promise<void>((resolve) => (arrived = resolve))
        const leaving = new Promise<void>((resolve) => (left = resolve))
        const port = yield* pod((request, response) => {
          request.socket.on("close", () => left())
          begin(response)
          arrived()
        })
        const reason = yield* Effect.forkChild(reasonOf(port))
        yield* Effect.promise(() => arrival)
        yield* TestClock.adjust("4900 millis")
        assert.isUndefined(reason.pollUnsafe())
        yield* TestClock.adjust("200 millis")
        assert.strictEqual(yield* Fiber.join(reason), "timeout")
        yield* Effect.promise(() => leaving)
      }),
    )
  }
})

describe("a request to a pod through the API server", () => {
  const proxied = Effect.fnUntraced(function* (answer: Answer, secure = false) {
    const { kube, asked } = yield* serve([answer])
    const address = { namespace: "default", name: "driver", ip: "10.0.0.1", port: 4040, secure }
    const access: PodAccess = "proxy"
    const result = yield* Effect.result(Effect.flatMap(podGet(access, address), (get) => get("/api/v1/x"))).pipe(
      Effect.provideService(Kube, kube),
    )
    return { url: asked[0]?.url, tries: asked.length, result }
  })

  it.live("is sent to its port, over HTTPS if the UI uses TLS", () =>
    Effect.gen(function* () {
      const plain = yield* proxied(json(200, [1]))
      assert.strictEqual(plain.url, "/api/v1/namespaces/default/pods/driver%3A4040/proxy/api/v1/x")
      assert.deepStrictEqual(plain.result._tag === "Success" && plain.result.success, { body: [1], length: 3 })
      const secure = yield* proxied(json(200, []), true)
      assert.strictEqual(secure.url, "/api/v1/namespaces/default/pods/https%3Adriver%3A4040/proxy/api/v1/x")
    }),
  )

  const status = (code: number, reason: string, message: string) =>
    json(code, { kind: "Status", code, reason, message })
  const failures: ReadonlyArray<readonly [string, Answer, PodHttpFailure]> = [
    [
      "that it cannot reach is unreachable",
      status(503, "ServiceUnavailable", "error trying to reach service"),
      "unreachable",
    ],
    ["without the right to it is forbidden", status(403, "Forbidden", 'cannot get resource "pods/proxy"'), "forbidden"],
    ["that is gone has a status", status(404, "NotFound", 'pods "driver" not found'), "status"],
    ["whose UI knows no such application has a status", json(404, "no such app"), "status"],
    ["that answers a page is invalid", json(200, "<html>"), "invalid"],
    ["that answers without end is invalid", json(200, "9".repeat(9 * 1024 * 1024)), "invalid"],
  ]
  for (const [which, answer, reason] of failures) {
    it.live(`${which}, after one try`, () =>
      Effect.gen(function* () {
        const { result, tries } = yield* proxied(answer)
        assert.strictEqual(result._tag === "Failure" && result.failure.reason, reason)
        assert.strictEqual(tries, 1)
      }),
    )
  }

  it.live("that requires a password does not make the operator read its own credentials again", () =>
    Effect.gen(function* () {
      const { kube, asked } = yield* serve([json(401, "who are you?"), json(200, { metadata: {} })])
      const address = { namespace: "default", name: "driver", port: 4040, secure: false }
      const error = yield* Effect.flip(kube.podProxy(address, "/", 1000))
      assert.strictEqual(error.reason, "Forbidden")
      yield* kube.get(pods, "default", "other")
      assert.deepStrictEqual(
        asked.map(({ headers }) => headers.authorization),
        ["Bearer token-0", "Bearer token-0"],
      )
    }),
  )

  it.live("does not delay other requests, however slow it is", () =>
    Effect.gen(function* () {
      let arrived = () => {}
      const arrival = new Promise<void>((resolve) => (arrived = resolve))
      const { kube, asked } = yield* serve([() => arrived(), json(200, { metadata: {} })], { concurrency: 1 })
      const address = { namespace: "default", name: "driver", port: 4040, secure: false }
      yield* Effect.forkChild(kube.podProxy(address, "/", 1000), { startImmediately: true })
      yield* Effect.promise(() => arrival)
      yield* kube.get(pods, "default", "other")
      assert.strictEqual(asked.length, 2)
    }),
  )
})
