/** Kubeconfigs that lead to real servers on loopback: TLS, client certificates, impersonation, proxies, plain HTTP. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { connect } from "../../src/kube/Connection.ts"
import * as Exchange from "../../src/kube/Exchange.ts"
import * as KubeHttp from "../../src/kube/KubeHttp.ts"
import { pods } from "../../src/kube/Resource.ts"
import { first, type Pair, second } from "../support/Certificates.ts"
import { apiServer, httpProxy, socksProxy, trustedByDefault } from "../support/TlsServers.ts"

const base64 = (text: string) => Buffer.from(text).toString("base64")

const trusting = ({ cert }: Pair) => ({ "certificate-authority-data": base64(cert) })

/** A kubeconfig with this cluster and user, in a directory that is removed after the test. */
const written = (cluster: object, user: object) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const directory = mkdtempSync(join(tmpdir(), "firesteel-"))
      const content = {
        "current-context": "c",
        contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
        clusters: [{ name: "c", cluster }],
        users: [{ name: "u", user }],
      }
      writeFileSync(join(directory, "config"), JSON.stringify(content))
      return directory
    }),
    (directory) => Effect.sync(() => rmSync(directory, { recursive: true })),
  )

/** A request to that cluster as that user, which is not repeated when it fails. */
const requests = Effect.fnUntraced(function* (cluster: object, user: object = { token: "secret" }) {
  const directory = yield* written(cluster, user)
  const connection = yield* connect({ environment: {}, kubeconfig: join(directory, "config") })
  const kube = yield* KubeHttp.make(connection, Exchange.silentRequestMetrics)
  return kube.create(pods, "default", { metadata: { name: "x" } })
})

const once = (cluster: object, user?: object) =>
  Effect.flatMap(Effect.orDie(requests(cluster, user)), (request) => request)

/** Two requests with the first certificate and then with the second, which is written into the same files. */
const rotation = Effect.fnUntraced(function* (cluster: object) {
  const files = mkdtempSync(join(tmpdir(), "firesteel-"))
  yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(files, { recursive: true })))
  const issue = ({ cert, key }: Pair) => {
    writeFileSync(join(files, "tls.crt"), cert)
    writeFileSync(join(files, "tls.key"), key)
  }
  issue(first)
  const user = { "client-certificate": join(files, "tls.crt"), "client-key": join(files, "tls.key") }
  const request = yield* requests(cluster, user)
  yield* request
  issue(second)
  yield* TestClock.adjust("61 seconds")
  yield* request
})

const problem = (cluster: object, user: object = {}) =>
  Effect.gen(function* () {
    const directory = yield* written(cluster, user)
    return (yield* Effect.flip(connect({ environment: {}, kubeconfig: join(directory, "config") }))).message
  })

describe("Kubeconfig and real servers", () => {
  it.effect("trusts the authority of the cluster and no other, unless verification is switched off", () =>
    Effect.gen(function* () {
      const { port, received } = yield* apiServer
      const server = `https://127.0.0.1:${port}`
      yield* once({ server, ...trusting(first) })
      assert.strictEqual(received[0]?.authorization, "Bearer secret")
      assert.include((yield* Effect.flip(once({ server, ...trusting(second) }))).message, "self-signed certificate")
      yield* once({ server, ...trusting(first), "tls-server-name": "localhost" })
      assert.strictEqual(received[1]?.serverName, "localhost")
      const wrong = once({ server, ...trusting(first), "tls-server-name": "elsewhere" })
      assert.include((yield* Effect.flip(wrong)).message, "elsewhere")
      yield* once({ server, "insecure-skip-tls-verify": true })
      assert.strictEqual(received.length, 3)
    }),
  )

  it.effect("verifies the server also for a context without a user", () =>
    Effect.gen(function* () {
      const { port, received } = yield* apiServer
      const file = join(yield* written({ server: `https://127.0.0.1:${port}`, ...trusting(first) }, {}), "config")
      writeFileSync(
        file,
        JSON.stringify({
          "current-context": "c",
          contexts: [{ name: "c", context: { cluster: "c" } }],
          clusters: [{ name: "c", cluster: { server: `https://127.0.0.1:${port}`, ...trusting(first) } }],
        }),
      )
      const connection = yield* connect({ environment: {}, kubeconfig: file })
      const kube = yield* KubeHttp.make(connection, Exchange.silentRequestMetrics)
      yield* kube.create(pods, "default", {})
      assert.strictEqual(received.length, 1)
    }),
  )

  it.effect("presents a client certificate, and the next one after it was rotated", () =>
    Effect.gen(function* () {
      const { port, received } = yield* apiServer
      yield* rotation({ server: `https://127.0.0.1:${port}`, ...trusting(first) })
      assert.deepStrictEqual(
        received.map((it) => it.client),
        ["first", "second"],
      )
    }),
  )

  it.effect("impersonates a user with uid, groups and extra fields", () =>
    Effect.gen(function* () {
      const { port, received } = yield* apiServer
      yield* once(
        { server: `https://127.0.0.1:${port}`, ...trusting(first) },
        {
          as: "ann",
          "as-uid": "7",
          "as-groups": ["g", "h"],
          "as-user-extra": { "example.com/team": ["a", "b"] },
        },
      )
      const sent = received[0]?.headers ?? []
      const pairs = sent.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${sent[index + 1]}`] : []))
      assert.deepStrictEqual(
        pairs.filter((it) => it.startsWith("Impersonate-")),
        [
          "Impersonate-User: ann",
          "Impersonate-Uid: 7",
          "Impersonate-Group: g",
          "Impersonate-Group: h",
          "Impersonate-Extra-example.com%2Fteam: a",
          "Impersonate-Extra-example.com%2Fteam: b",
        ],
      )
      const server = "https://k8s.example"
      assert.include(yield* problem({ server }, { "as-groups": ["g"] }), "need as, the user that is impersonated")
    }),
  )

  it.effect("goes through an HTTP proxy, with TLS to the API server inside of tunnels that are kept", () =>
    Effect.gen(function* () {
      const { port, received } = yield* apiServer
      const proxy = yield* httpProxy()
      const request = yield* requests(
        {
          server: `https://k8s.internal:${port}`,
          "tls-server-name": "localhost",
          "proxy-url": `http://ann:p%40ss@127.0.0.1:${proxy.port}`,
          ...trusting(first),
        },
        { "client-certificate-data": base64(second.cert), "client-key-data": base64(second.key) },
      )
      yield* Effect.repeat(request, { times: 5 })
      assert.deepStrictEqual([...new Set(proxy.tunnels)], [`k8s.internal:${port}`])
      assert.deepStrictEqual([...new Set(proxy.authorizations)], [`Basic ${base64("ann:p@ss")}`])
      assert.strictEqual(received.length, 6)
      assert.deepStrictEqual([...new Set(received.map((it) => `${it.client} ${it.serverName}`))], ["second localhost"])
      assert.isAtMost(proxy.tunnels.length, 2, "a request may start just before the last one has returned its socket")
    }),
  )

  it.effect("verifies the API server through a proxy, and presents a rotated certificate there", () =>
    Effect.gen(function* () {
      const { port, received } = yield* apiServer
      const proxy = yield* httpProxy()
      const cluster = { server: `https://127.0.0.1:${port}`, "proxy-url": `http://127.0.0.1:${proxy.port}` }
      const error = yield* Effect.flip(once({ ...cluster, ...trusting(second) }))
      assert.include(error.message, "self-signed certificate")
      assert.include(error.message, "(through the proxy-url of the kubeconfig)")
      yield* rotation({ ...cluster, ...trusting(first) })
      assert.deepStrictEqual(
        received.map((it) => it.client),
        ["first", "second"],
      )
    }),
  )

  it.effect("goes through a proxy that is reached over TLS", () =>
    Effect.gen(function* () {
      yield* trustedByDefault
      const { port, received } = yield* apiServer
      const proxy = yield* httpProxy({ secure: true })
      const server = `https://127.0.0.1:${port}`
      yield* once({ server, "proxy-url": `https://localhost:${proxy.port}`, ...trusting(first) })
      assert.deepStrictEqual([proxy.tunnels.length, received.length], [1, 1])
    }),
  )

  it.effect("reports a proxy that refuses", () =>
    Effect.gen(function* () {
      const { port } = yield* httpProxy({ status: 407 })
      const cluster = { server: "https://k8s.internal", "proxy-url": `http://127.0.0.1:${port}` }
      const { reason, message } = yield* Effect.flip(once(cluster))
      assert.strictEqual(reason, "Transport")
      assert.include(message, "Bad response: 407 (through the proxy-url of the kubeconfig)")
    }),
  )

  it.effect("goes through a SOCKS5 proxy, which resolves the name of the server", () =>
    Effect.gen(function* () {
      const { port, received } = yield* apiServer
      const proxy = yield* socksProxy
      const request = yield* requests({
        server: `https://k8s.internal:${port}`,
        "tls-server-name": "localhost",
        "proxy-url": `socks5://127.0.0.1:${proxy.port}`,
        ...trusting(first),
      })
      yield* Effect.repeat(request, { times: 5 })
      assert.deepStrictEqual([...new Set(proxy.tunnels)], [`k8s.internal:${port}`])
      assert.isAtMost(proxy.tunnels.length, 2)
      assert.strictEqual(received.length, 6)
    }),
  )

  it.effect("refuses addresses that cannot work or would send tokens unencrypted", () =>
    Effect.gen(function* () {
      const server = "https://k8s.example"
      assert.include(yield* problem({ server: "k8s.example" }), "server k8s.example of cluster c is not an http://")
      assert.include(
        yield* problem({ server: "http://k8s.example" }),
        "is not encrypted, which is allowed only on loopback",
      )
      const secret = yield* problem({ server, "proxy-url": "ftp://ann:secret@proxy" })
      assert.include(secret, "proxy-url of cluster c is not an http://, https:// or socks5:// URL")
      assert.notInclude(secret, "ann")
      for (const host of ["127.0.0.1", "localhost", "[::1]"]) {
        const directory = yield* written({ server: `http://${host}:8001` }, {})
        assert.strictEqual(
          (yield* connect({ environment: { KUBECONFIG: join(directory, "config") } })).server,
          `http://${host}:8001`,
        )
      }
      const directory = yield* written({ server: "http://k8s.example", "insecure-skip-tls-verify": true }, {})
      yield* connect({ environment: { KUBECONFIG: join(directory, "config") } })
    }),
  )
})
