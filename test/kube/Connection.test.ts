import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { connect, type ConnectionOptions } from "../../src/kube/Connection.ts"

/** A directory that is gone after the test. */
const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "firesteel-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true })),
)

type Options = Omit<ConnectionOptions, "environment">

const connectIn = (environment: Record<string, string>, options: Options = {}) => connect({ environment, ...options })

const config = (user: string, cluster = "server: https://k8s.example:6443/") => `
apiVersion: v1
kind: Config
current-context: dev
contexts:
  - { name: dev, context: { cluster: c, user: u, namespace: jobs } }
  - { name: other, context: { cluster: missing, user: u } }
clusters:
  - { name: c, cluster: { ${cluster} } }
users:
  - { name: u, user: ${user} }
`

const written = Effect.fnUntraced(function* (content: string) {
  const file = join(yield* directory, "config")
  writeFileSync(file, content)
  return file
})

describe("Connection", () => {
  it.effect("reads server, namespace and token of the current context", () =>
    Effect.gen(function* () {
      const file = yield* written(config("{ token: secret }"))
      const { server, namespace, credentials } = yield* connectIn({}, { kubeconfig: file })
      assert.strictEqual(server, "https://k8s.example:6443")
      assert.strictEqual(namespace, "jobs")
      assert.deepStrictEqual((yield* credentials.current).headers, { Authorization: "Bearer secret" })
    }),
  )

  it.effect("finds certificates next to the kubeconfig and inline", () =>
    Effect.gen(function* () {
      const inline = Buffer.from("PEM of the key").toString("base64")
      const file = yield* written(
        config(
          `{ client-certificate: client.crt, client-key-data: ${inline} }`,
          "server: https://k, certificate-authority: ca.crt, tls-server-name: api",
        ),
      )
      writeFileSync(join(file, "../client.crt"), "PEM of the client")
      writeFileSync(join(file, "../ca.crt"), "PEM of the authority")
      const { credentials } = yield* connectIn({ KUBECONFIG: file })
      assert.deepStrictEqual((yield* credentials.current).tls, {
        ca: "PEM of the authority",
        cert: "PEM of the client",
        key: "PEM of the key",
        servername: "api",
      })
    }),
  )

  it.effect("reads a token file again every minute, and at once after it was rejected", () =>
    Effect.gen(function* () {
      const file = yield* written(config("{ tokenFile: token }"))
      const token = (text: string) => writeFileSync(join(file, "../token"), `${text}\n`)
      token("one")
      const { credentials } = yield* connectIn({}, { kubeconfig: file })
      const header = Effect.map(credentials.current, (it) => it.headers.Authorization)
      token("two")
      assert.strictEqual(yield* header, "Bearer one")
      yield* TestClock.adjust("61 seconds")
      assert.strictEqual(yield* header, "Bearer two")
      token("three")
      yield* credentials.refused(yield* credentials.current)
      assert.strictEqual(yield* header, "Bearer three")
    }),
  )

  it.effect("asks an exec plugin, and asks it again when its token expires", () =>
    Effect.gen(function* () {
      const credential = (token: string) =>
        JSON.stringify({ status: { token, expirationTimestamp: "1970-01-01T00:10:00Z" } })
      const file = yield* written(
        config(
          "{ exec: { command: ./plugin, apiVersion: client.authentication.k8s.io/v1, env: [{ name: N, value: v }] } }",
        ),
      )
      const plugin = join(file, "../plugin")
      writeFileSync(plugin, `#!/bin/sh\necho run >> "$0.log"\ncat "$0.out"\n`, { mode: 0o755 })
      writeFileSync(`${plugin}.out`, credential("one"))
      const { credentials } = yield* connectIn({}, { kubeconfig: file })
      const header = Effect.map(credentials.current, (it) => it.headers.Authorization)
      writeFileSync(`${plugin}.out`, credential("two"))
      yield* TestClock.adjust("9 minutes")
      assert.strictEqual(yield* header, "Bearer one")
      yield* TestClock.adjust("2 minutes")
      const many = yield* Effect.all([header, header, header], { concurrency: "unbounded" })
      assert.deepStrictEqual(many, ["Bearer two", "Bearer two", "Bearer two"])
    }),
  )

  it.effect("merges the files of KUBECONFIG and skips missing ones", () =>
    Effect.gen(function* () {
      const first = yield* written("current-context: dev\n")
      const second = yield* written(config("{ username: ann, password: pw, as: bob, as-groups: [g] }"))
      const { server, credentials } = yield* connectIn({ KUBECONFIG: `${first}:/nowhere/config:${second}` })
      assert.strictEqual(server, "https://k8s.example:6443")
      assert.deepStrictEqual((yield* credentials.current).headers, {
        Authorization: "Basic YW5uOnB3",
        "Impersonate-User": "bob",
        "Impersonate-Group": ["g"],
      })
    }),
  )

  it.effect("uses the first file that defines a name, and ignores incomplete entries that are not selected", () =>
    Effect.gen(function* () {
      const first = yield* written(config("{ token: first }"))
      const second = yield* written(
        config("{ token: second }", "server: https://second").replace("current-context: dev", "current-context: other"),
      )
      const stale = yield* written("clusters: [{ name: stale, cluster: {} }]\nusers: [{ name: stale }]\n")
      const { server, credentials } = yield* connectIn({ KUBECONFIG: [stale, first, second].join(delimiter) })
      assert.strictEqual(server, "https://k8s.example:6443")
      assert.deepStrictEqual((yield* credentials.current).headers, { Authorization: "Bearer first" })
    }),
  )

  it.effect("prefers a token file to a token, a token to a password, and inline data to files", () =>
    Effect.gen(function* () {
      const data = (text: string) => Buffer.from(text).toString("base64")
      const file = yield* written(
        config(
          `{ token: old, tokenFile: token, username: ann, client-key: nowhere, client-key-data: ${data("KEY")} }`,
          `server: https://k, certificate-authority: nowhere, certificate-authority-data: ${data("CA")}`,
        ),
      )
      writeFileSync(join(file, "../token"), "new")
      const { credentials } = yield* connectIn({}, { kubeconfig: file })
      assert.deepStrictEqual(yield* credentials.current, {
        headers: { Authorization: "Bearer new" },
        tls: { ca: "CA", key: "KEY" },
      })
      const password = yield* written(config("{ username: ann }"))
      const other = yield* connectIn({}, { kubeconfig: password })
      assert.deepStrictEqual((yield* other.credentials.current).headers, { Authorization: `Basic ${data("ann:")}` })
    }),
  )

  it.effect("uses the service account in a pod, and reads its token again when it was rotated", () =>
    Effect.gen(function* () {
      const serviceAccount = yield* directory
      for (const name of ["token", "ca.crt", "namespace"]) writeFileSync(join(serviceAccount, name), `the ${name}\n`)
      const { server, namespace, credentials } = yield* connectIn(
        { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "6443" },
        { serviceAccount },
      )
      assert.strictEqual(server, "https://[fd00::1]:6443")
      assert.strictEqual(namespace, "the namespace")
      assert.deepStrictEqual(yield* credentials.current, {
        headers: { Authorization: "Bearer the token" },
        tls: { ca: "the ca.crt\n" },
      })
      writeFileSync(join(serviceAccount, "token"), "the next token")
      yield* TestClock.adjust("61 seconds")
      assert.strictEqual((yield* credentials.current).headers.Authorization, "Bearer the next token")
    }),
  )

  const problem = (options: Options, environment: Record<string, string> = {}) =>
    Effect.map(Effect.flip(connectIn(environment, options)), (error) => error.message)

  it.effect("reports what is wrong with a kubeconfig, and where", () =>
    Effect.gen(function* () {
      const file = yield* written(config("{ token: secret }"))
      assert.strictEqual(yield* problem({ kubeconfig: "/x/y" }), "kubeconfig /x/y does not exist")
      assert.strictEqual(
        yield* problem({ kubeconfig: file, context: "foo" }),
        `context foo not found in kubeconfig ${file}; contexts are dev, other`,
      )
      assert.strictEqual(
        yield* problem({ kubeconfig: file, context: "other" }),
        `kubeconfig ${file} has no server for cluster missing of context other`,
      )
      assert.include(yield* problem({ kubeconfig: yield* written("a: [") }), "is not valid YAML")
      assert.include(yield* problem({ kubeconfig: yield* written("clusters: 7") }), "clusters")
      assert.include(
        yield* problem({ kubeconfig: yield* written("contexts: []") }),
        "has no current-context; there are none",
      )
      assert.include(
        yield* problem({ kubeconfig: yield* written(config("{ auth-provider: { name: gcp } }")) }),
        "auth-provider gcp is not supported",
      )
      assert.include(
        yield* problem({ kubeconfig: yield* written(config("{ client-key: nowhere.key }")) }),
        "nowhere.key",
      )
    }),
  )

  it.effect("reports the message of an exec plugin that fails, and how to install it", () =>
    Effect.gen(function* () {
      const exec = `{ exec: { command: sh, args: [-c, "echo please log in >&2; exit 1"], installHint: brew install it } }`
      const message = yield* problem({ kubeconfig: yield* written(config(exec)) })
      assert.include(message, "please log in")
      assert.include(message, "brew install it")
    }),
  )

  it.effect("reports where it looked when there is no cluster to connect to", () =>
    Effect.gen(function* () {
      const home = yield* directory
      const message = yield* problem({}, { HOME: home })
      assert.include(message, `${home}/.kube/config does not exist`)
      assert.include(message, "--kubeconfig")
    }),
  )
})
