/**
 * Limits for clients: a bounded number of connections, time to send a request, and time to read the answer. A slower client,
 * by accident or on purpose, loses its connection, so that the server stays available to the next scrape and the kubelet's probes.
 */

import type { RequestListener, Server, ServerOptions } from "node:http"
import { Effect, Fiber, type Scope } from "effect"

export interface HttpLimits {
  /** Open at the same time; further ones are closed at once. */
  readonly connections: number
  /** For the TLS handshake, for a whole request, and for the pause before the next one on the same connection. */
  readonly requestSeconds: number
  /** From the end of the request until the client has read the last byte of the answer. */
  readonly answerSeconds: number
}

export const defaultLimits: HttpLimits = { connections: 100, requestSeconds: 10, answerSeconds: 60 }

/** The largest request line and headers in bytes; Node answers 431 to more. */
const headerBytes = 16 * 1024

/** Makes a server of these limits; `create` is `createServer` of `node:http` or `node:https`. */
export const limited = Effect.fnUntraced(function* (
  create: (options: ServerOptions & { readonly handshakeTimeout: number }) => Server,
  { connections, requestSeconds, answerSeconds }: HttpLimits,
): Effect.fn.Return<Server, never, Scope.Scope> {
  const millis = requestSeconds * 1000
  const server = create({
    requestTimeout: millis,
    headersTimeout: millis,
    keepAliveTimeout: millis,
    handshakeTimeout: millis,
    connectionsCheckingInterval: Math.min(1000, millis),
    maxHeaderSize: headerBytes,
  })
  server.maxConnections = connections
  const scope = yield* Effect.scope
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const watch: RequestListener = (request, response) => {
    const cut = Effect.sync(() => request.socket.destroy())
    const deadline = Fiber.runIn(fork(Effect.andThen(Effect.sleep(answerSeconds * 1000), cut)), scope)
    response.once("close", () => deadline.interruptUnsafe())
  }
  server.on("request", watch)
  return server
})
