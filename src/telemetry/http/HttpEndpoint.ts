/** A small HTTP server for the endpoints of the operator: `/metrics` for Prometheus, `/healthz` and `/readyz` for the kubelet. */

import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Context, Effect, identity, Schema, type Scope } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { defaultLimits, type HttpLimits, limited } from "./HttpLimits.ts"
import { type CertificateFiles, tlsServer } from "./HttpTls.ts"

/** The address cannot be listened on. */
export class BindError extends Schema.TaggedError<BindError>()("BindError", {
  address: Schema.String,
  message: Schema.String,
}) {}

/** Whether an endpoint takes a free port when its own is in use; otherwise that is an error. */
export const AnyPort = Context.Reference<boolean>("firesteel/telemetry/HttpEndpoint/AnyPort", {
  defaultValue: () => false,
})

/** Answers a request. */
export type App = Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  never,
  HttpServerRequest.HttpServerRequest | Scope.Scope
>

/** Answers `GET` on a path; it may read the headers of the request. */
export type Route = Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest.HttpServerRequest>

export interface ListenOptions {
  /** Absent: plain HTTP. */
  readonly tls?: CertificateFiles | undefined
  readonly limits?: Partial<HttpLimits> | undefined
}

/**
 * Serves the routes, by exact path, until the scope closes: `GET` and `HEAD` only, 404 and 405 for the rest. The address is
 * `:8080`, `127.0.0.1:8080` or `[::1]:8080`; port 0 takes a free one, and the bare `0` listens nowhere.
 */
export const listen = (bindAddress: string, routes: Readonly<Record<string, Route>>, options: ListenOptions = {}) =>
  serve(bindAddress, answer(routes), options)

/** Serves every request until the scope closes; the address is that of `listen`. */
export const serve = Effect.fnUntraced(function* (
  bindAddress: string,
  answers: App,
  options: ListenOptions = {},
): Effect.fn.Return<{ readonly url: string } | undefined, BindError, Scope.Scope> {
  if (bindAddress === "0" || bindAddress === "") return undefined
  const failed = (message: string) => new BindError({ address: bindAddress, message })
  const address = parseAddress(bindAddress)
  if (address === undefined) {
    return yield* failed(
      `"${bindAddress}" is not an address to listen on: write ":8080", "127.0.0.1:8080" or "0" for none`,
    )
  }
  const limits = { ...defaultLimits, ...options.limits }
  const create = yield* tlsServer(options.tls).pipe(
    Effect.mapError(({ message }) => failed(`cannot serve TLS on ${bindAddress}: ${message}`)),
  )
  const server = yield* limited(create, limits)
  // Interruptible, which handlers are not by themselves: work for a client that has disconnected is given up. Work for
  // clients belongs to no trace, whatever trace the server was started in.
  const app = answers.pipe(Effect.interruptible, Effect.withTracerEnabled(false))
  const handle = yield* NodeHttpServer.makeHandler(app, { scope: yield* Effect.scope })
  // Only "request" is handled: a client that asks for an upgrade gets an ordinary answer.
  server.on("request", handle)
  const {
    family,
    address: host,
    port,
  } = yield* bind(server, address).pipe(
    (yield* AnyPort) ? Effect.catchIf(isTaken, () => bind(server, { ...address, port: 0 })) : identity,
    Effect.mapError((cause) => failed(bindMessage(bindAddress, cause))),
  )
  yield* Effect.addFinalizer(() => close(server))
  return { url: `${options.tls ? "https" : "http"}://${family === "IPv6" ? `[${host}]` : host}:${port}` }
})

const answer = (routes: Readonly<Record<string, Route>>): Route =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const path = request.url.split("?")[0] ?? ""
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined
    if (route === undefined) return HttpServerResponse.text("Not Found\n", { status: 404 })
    if (request.method !== "GET" && request.method !== "HEAD") {
      return HttpServerResponse.text("Method Not Allowed\n", { status: 405, headers: { allow: "GET, HEAD" } })
    }
    return yield* route
  })

const bind = (server: Server, address: { readonly port: number; readonly host?: string }) =>
  Effect.callback<AddressInfo, unknown>((resume) => {
    // Stays registered: a later error, of a connection that could not be accepted, must not end the process.
    server.on("error", (cause) => resume(Effect.fail(cause)))
    server.listen(address, () => resume(Effect.succeed(server.address() as AddressInfo)))
  })

/** Answers in flight have a second to finish. */
const close = (server: Server): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
  }).pipe(Effect.timeoutOrElse({ duration: "1 second", orElse: () => Effect.sync(() => server.closeAllConnections()) }))

const parseAddress = (text: string): { readonly port: number; readonly host?: string } | undefined => {
  const [, host = "", port] = /^(.*):(\d{1,5})$/.exec(text) ?? []
  if (port === undefined || Number(port) > 65535) return undefined
  return host === "" ? { port: Number(port) } : { port: Number(port), host: host.replace(/^\[(.*)\]$/, "$1") }
}

const codeOf = (cause: unknown) => (cause instanceof Error && "code" in cause ? cause.code : undefined)
const isTaken = (cause: unknown): boolean => codeOf(cause) === "EADDRINUSE"

const bindMessage = (address: string, cause: unknown): string => {
  if (isTaken(cause)) return `cannot listen on ${address}: the port is taken by another process`
  if (codeOf(cause) === "EACCES") return `cannot listen on ${address}: not allowed to use this port`
  return `cannot listen on ${address}: ${cause instanceof Error ? cause.message : String(cause)}`
}
