/** A small HTTP server for what others read from the operator: `/metrics` for Prometheus, `/healthz` and `/readyz` for the kubelet. */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Schema, type Scope } from "effect"
import { HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import type { TelemetryApi } from "./Telemetry.ts"

/** The address cannot be listened on. */
export class BindError extends Schema.TaggedError<BindError>()("BindError", {
  address: Schema.String,
  message: Schema.String,
}) {}

/** What answers `GET` on a path; it may read the headers of the request. */
export type Route = Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest.HttpServerRequest>

/**
 * Serves the routes, by exact path, until the scope closes: `GET` and `HEAD` only, 404 and 405 for the rest. The address is
 * `:8080`, `127.0.0.1:8080` or `[::1]:8080`; port 0 takes a free one, and the bare `0` listens nowhere.
 */
export const listen = Effect.fn("HttpEndpoint.listen")(function* (
  bindAddress: string,
  routes: Readonly<Record<string, Route>>,
): Effect.fn.Return<{ readonly url: string } | undefined, BindError, Scope.Scope> {
  if (bindAddress === "0" || bindAddress === "") return undefined
  const address = parseAddress(bindAddress)
  if (address === undefined) {
    const message = `"${bindAddress}" is no address to listen on: write ":8080", "127.0.0.1:8080" or "0" for none`
    return yield* new BindError({ address: bindAddress, message })
  }
  const server = yield* NodeHttpServer.make(() => createServer(), {
    ...address,
    gracefulShutdownTimeout: "1 second",
  }).pipe(
    Effect.mapError(({ cause }) => new BindError({ address: bindAddress, message: bindMessage(bindAddress, cause) })),
  )
  yield* server.serve(answer(routes))
  return { url: HttpServer.formatAddress(server.address) }
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

/** The route of `/metrics`: format and compression as the client asks for. */
export const metricsRoute = (telemetry: Pick<TelemetryApi, "collect">): Route =>
  Effect.gen(function* () {
    const { headers } = yield* HttpServerRequest.HttpServerRequest
    const { contentType, contentEncoding, body } = yield* telemetry.collect({
      accept: headers["accept"],
      acceptEncoding: headers["accept-encoding"],
    })
    const options = {
      contentType,
      headers: { vary: "accept, accept-encoding", ...(contentEncoding && { "content-encoding": contentEncoding }) },
    }
    return typeof body === "string"
      ? HttpServerResponse.text(body, options)
      : HttpServerResponse.uint8Array(body, options)
  })

const parseAddress = (text: string): { readonly port: number; readonly host?: string } | undefined => {
  const [, host = "", port] = /^(.*):(\d{1,5})$/.exec(text) ?? []
  if (port === undefined || Number(port) > 65535) return undefined
  return host === "" ? { port: Number(port) } : { port: Number(port), host: host.replace(/^\[(.*)\]$/, "$1") }
}

const bindMessage = (address: string, cause: unknown): string => {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined
  if (code === "EADDRINUSE") return `cannot listen on ${address}: the port is taken by another process`
  if (code === "EACCES") return `cannot listen on ${address}: not allowed to use this port`
  return `cannot listen on ${address}: ${cause instanceof Error ? cause.message : String(cause)}`
}
