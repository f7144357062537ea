/** Exec plugins of a kubeconfig: real programs, written in shell. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { vi } from "vitest"
import { connect, type Environment } from "../../src/kube/Connection.ts"

const environment: Environment = { PATH: process.env["PATH"], GIVEN: "given" }

/** A kubeconfig next to the plugin `plugin`, which runs `script` in its own directory. */
const written = Effect.fnUntraced(function* (script: string, exec: object = {}, user: object = {}) {
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "firesteel-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true })),
  )
  writeFileSync(join(directory, "plugin"), `#!/bin/sh\ncd "$(dirname "$0")"\n${script}\n`, { mode: 0o755 })
  const content = {
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: "https://k8s.example", "certificate-authority-data": "Q0E=" } }],
    users: [{ name: "u", user: { exec: { command: "./plugin", ...exec }, ...user } }],
  }
  writeFileSync(join(directory, "config"), JSON.stringify(content))
  return directory
})

const connectIn = (directory: string) => connect({ environment, kubeconfig: join(directory, "config") })

const connected = (...given: Parameters<typeof written>) => Effect.flatMap(written(...given), connectIn)

const problem = (...given: Parameters<typeof written>) =>
  Effect.map(Effect.flip(connected(...given)), (error) => error.message)

const printing = (status: object) => `echo '${JSON.stringify({ kind: "ExecCredential", status })}'`

/** Tries, in real time, until it does not throw. */
const soon = <A>(look: () => A): Effect.Effect<A> => Effect.promise(() => vi.waitFor(look, { timeout: 10_000 }))

describe("Exec plugin", () => {
  it.effect("gets the environment, its variables and KUBERNETES_EXEC_INFO, and no standard input", () =>
    Effect.gen(function* () {
      const script = `cat; echo "$GIVEN $N" > seen; echo "$KUBERNETES_EXEC_INFO" > info; ${printing({ token: "t" })}`
      const exec = { env: [{ name: "N", value: "own" }], apiVersion: "client.authentication.k8s.io/v1beta1" }
      const directory = yield* written(script, { ...exec, provideClusterInfo: true })
      yield* connectIn(directory)
      assert.strictEqual(readFileSync(join(directory, "seen"), "utf8"), "given own\n")
      assert.deepStrictEqual(JSON.parse(readFileSync(join(directory, "info"), "utf8")), {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        kind: "ExecCredential",
        spec: {
          interactive: false,
          cluster: { server: "https://k8s.example", "certificate-authority-data": "Q0E=" },
        },
      })
    }),
  )

  it.effect("is preferred to a token in the file, and may give a client certificate instead of a token", () =>
    Effect.gen(function* () {
      const { credentials } = yield* connected(printing({ token: "new" }), {}, { token: "old" })
      assert.deepStrictEqual((yield* credentials.current).headers, { Authorization: "Bearer new" })
      const pair = { clientCertificateData: "CERT", clientKeyData: "KEY" }
      const certified = yield* connected(printing(pair), {}, { username: "ann", password: 1234 })
      assert.deepStrictEqual(yield* certified.credentials.current, {
        headers: { Authorization: "Basic YW5uOjEyMzQ=" },
        tls: { ca: "CA", cert: "CERT", key: "KEY" },
      })
    }),
  )

  it.effect("runs once while its credential is valid, and once more for all requests that were refused", () =>
    Effect.gen(function* () {
      const directory = yield* written(`echo run >> runs; ${printing({ token: "t" })}`)
      const runs = () => readFileSync(join(directory, "runs"), "utf8").length / "run\n".length
      const { credentials } = yield* connectIn(directory)
      const refused = yield* credentials.current
      yield* TestClock.adjust("1 day")
      yield* credentials.current
      assert.strictEqual(runs(), 1)
      const retry = Effect.andThen(credentials.refused(refused), credentials.current)
      yield* Effect.all([retry, retry, retry], { concurrency: "unbounded" })
      yield* retry
      assert.strictEqual(runs(), 2)
    }),
  )

  it.effect("is killed when it does not end within a minute", () =>
    Effect.gen(function* () {
      const directory = yield* written("echo $$ > new; mv new pid; exec sleep 600", { installHint: "brew install it" })
      const fiber = yield* Effect.forkChild(Effect.flip(connectIn(directory)))
      const pid = Number(yield* soon(() => readFileSync(join(directory, "pid"), "utf8")))
      yield* TestClock.adjust("61 seconds")
      const { message } = yield* Fiber.join(fiber)
      assert.include(message, `exec plugin ${directory}/plugin for user u of kubeconfig`)
      assert.include(message, "failed: not finished after 60 s\nbrew install it")
      yield* soon(() => assert.throws(() => process.kill(pid, 0)))
    }),
  )

  it.effect("is reported with what is wrong when it fails", () =>
    Effect.gen(function* () {
      assert.include(yield* problem("exit 3"), "failed: exit code 3")
      assert.include(yield* problem("echo log in >&2; kill -9 $$"), "failed: log in")
      assert.include(yield* problem("echo not JSON"), "its output is not an ExecCredential")
      assert.include(yield* problem(printing({})), "it printed neither a token nor a client certificate with its key")
      const never = printing({ token: "t", expirationTimestamp: "never" })
      assert.include(yield* problem(never), "expirationTimestamp never is not a time")
      const missing = yield* problem("", { command: "no-such-plugin", installHint: "brew install it" })
      assert.include(missing, "ENOENT")
      assert.include(missing, "brew install it")
      assert.include(yield* problem("", { command: null }), "command")
    }),
  )
})
