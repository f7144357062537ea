import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect } from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { listen } from "../../../src/telemetry/http/HttpEndpoint.ts"
import * as Certificates from "../../support/Certificates.ts"

const write = (file: string, text: string) => Effect.promise(() => writeFile(file, text))

/** A directory with a certificate and its key. */
const files = Effect.gen(function* () {
  const directory = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "firesteel-tls-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true })),
  )
  const paths = { certFile: join(directory, "tls.crt"), keyFile: join(directory, "tls.key") }
  yield* write(paths.certFile, Certificates.first.cert)
  yield* write(paths.keyFile, Certificates.first.key)
  return paths
})

/** The first line of an answer and the name in the certificate that came with it, if the client trusts it. */
const ask = (url: string | undefined, maxVersion: "TLSv1.3" | "TLSv1.1" = "TLSv1.3") =>
  Effect.callback<string>((resume) => {
    const { port, hostname: host } = new URL(url ?? "")
    const ca = [Certificates.first.cert, Certificates.second.cert]
    const socket = connect({ port: Number(port), host, ca, minVersion: "TLSv1", maxVersion }, () => {
      const { CN } = socket.getPeerCertificate().subject
      socket.write("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      socket.once("data", (chunk: Buffer) =>
        resume(Effect.succeed(`${chunk.toString().split("\r\n")[0]} ${String(CN)}`)),
      )
    })
    socket.once("error", (error) => resume(Effect.succeed("code" in error ? String(error.code) : error.message)))
  })

const routes = { "/healthz": Effect.succeed(HttpServerResponse.text("ok\n")) }

/** Lets the next reading of the files come, and go as far as a file system needs. */
const reread = Effect.andThen(TestClock.adjust("10 seconds"), TestClock.withLive(Effect.sleep("50 millis")))

describe("TLS", () => {
  it.effect("is served with the certificate of the files, and with a new one when they change", () =>
    Effect.gen(function* () {
      const tls = yield* files
      const server = yield* listen("127.0.0.1:0", routes, { tls })
      assert.match(server?.url ?? "", /^https:\/\/127.0.0.1:\d+$/)
      assert.strictEqual(yield* ask(server?.url), "HTTP/1.1 200 OK first")

      // Half way through the replacement the two do not fit together: the old pair stays.
      yield* write(tls.certFile, Certificates.second.cert)
      yield* reread
      assert.strictEqual(yield* ask(server?.url), "HTTP/1.1 200 OK first")
      yield* write(tls.keyFile, Certificates.second.key)
      yield* reread
      assert.strictEqual(yield* ask(server?.url), "HTTP/1.1 200 OK second")

      yield* Effect.promise(() => rm(tls.certFile))
      yield* reread
      assert.strictEqual(yield* ask(server?.url), "HTTP/1.1 200 OK second")
    }),
  )

  it.live("is not offered in versions before 1.2", () =>
    Effect.gen(function* () {
      const server = yield* listen("127.0.0.1:0", routes, { tls: yield* files })
      assert.notInclude(yield* ask(server?.url, "TLSv1.1"), "HTTP/1.1")
    }),
  )

  it.live("with files that cannot be used fails at the start, naming the file", () =>
    Effect.gen(function* () {
      const tls = yield* files
      const absent = yield* Effect.flip(
        listen("127.0.0.1:0", routes, { tls: { ...tls, keyFile: `${tls.keyFile}.no` } }),
      )
      assert.include(absent.message, `cannot serve TLS on 127.0.0.1:0: cannot read ${tls.keyFile}.no`)
      yield* write(tls.keyFile, Certificates.second.key)
      const wrong = yield* Effect.flip(listen("127.0.0.1:0", routes, { tls }))
      assert.include(wrong.message, `${tls.certFile} and ${tls.keyFile} are not a certificate with its key`)
    }),
  )
})
