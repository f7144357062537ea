/**
 * TLS for the endpoints of the operator: certificate and key from files, read again while the server runs, because tools such as
 * cert-manager replace them. New connections get the new certificate; while a pair does not match (during a replacement, for example)
 * the old one stays in use.
 */

import { readFile } from "node:fs/promises"
import { createServer, type Server, type ServerOptions } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { createSecureContext, type SecureContextOptions } from "node:tls"
import { Effect, Schema, type Scope } from "effect"

export interface CertificateFiles {
  /** PEM: the certificate, then its intermediate certificates. */
  readonly certFile: string
  /** PEM, without a passphrase. */
  readonly keyFile: string
}

/** The certificate cannot be used; the message names the file. */
export class CertificateError extends Schema.TaggedError<CertificateError>()("CertificateError", {
  message: Schema.String,
}) {}

/** A changed file is in use after this time at the latest. */
const rereadSeconds = 10

/** Makes servers: of `node:http` without files, else of `node:https` with the certificate of the files, kept up to date in the scope. */
export const tlsServer = Effect.fnUntraced(function* (
  files: CertificateFiles | undefined,
): Effect.fn.Return<(options: ServerOptions) => Server, CertificateError, Scope.Scope> {
  if (files === undefined) return (options) => createServer(options)
  let pair = yield* read(files)
  const served = new Set<ReturnType<typeof createTlsServer>>()
  let failing = false
  const reread = Effect.gen(function* () {
    const next = yield* read(files)
    if (failing) yield* Effect.logInfo("the certificate can be read again", files)
    failing = false
    if (next.cert === pair.cert && next.key === pair.key) return
    pair = next
    for (const server of served) server.setSecureContext(pair)
    yield* Effect.logInfo("a new certificate is in use", files)
  }).pipe(
    Effect.catch(({ message }) => {
      const warn = failing ? Effect.void : Effect.logWarning(`the last certificate stays in use: ${message}`)
      failing = true
      return warn
    }),
  )
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(rereadSeconds * 1000), reread)))
  return (options) => {
    const server = createTlsServer({ ...options, ...pair })
    served.add(server)
    return server
  }
})

const read = Effect.fnUntraced(function* ({ certFile, keyFile }: CertificateFiles) {
  const cert = yield* contentOf(certFile)
  const key = yield* contentOf(keyFile)
  const pair: SecureContextOptions = { cert, key, minVersion: "TLSv1.2" }
  yield* Effect.try({
    try: () => createSecureContext(pair),
    catch: (cause) =>
      new CertificateError({
        message: `${certFile} and ${keyFile} are not a certificate with its key: ${reason(cause)}`,
      }),
  })
  return pair
})

const contentOf = (file: string): Effect.Effect<string, CertificateError> =>
  Effect.tryPromise({
    try: () => readFile(file, "utf8"),
    catch: (cause) => new CertificateError({ message: `cannot read ${file}: ${reason(cause)}` }),
  })

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
