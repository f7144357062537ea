/**
 * HTTP/1.1 to one server over kept-alive sockets: send a request, get its head and a body that is read once.
 * Directly on `node:https`, because TLS material may change between two requests, and because it works the same in Node and Deno.
 */

import { Agent as HttpAgent, type IncomingMessage, request as httpRequest, type RequestOptions } from "node:http"
import { Agent as HttpsAgent, request as httpsRequest } from "node:https"
import { Effect, Schema, type Scope } from "effect"
import type { Credentials } from "./Authentication.ts"

/** No answer, or only a part of it: refused, reset, name not found, certificate not trusted. */
export class TransportError extends Schema.TaggedError<TransportError>()("TransportError", {
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect()),
}) {}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

export interface Transport {
  /**
   * Succeeds with the head of the answer. Interruption, or the end of the scope, aborts the request: if the body was not read
   * to its end, the socket is closed.
   */
  readonly send: (
    request: HttpRequest,
    credentials: Credentials,
  ) => Effect.Effect<IncomingMessage, TransportError, Scope.Scope>
}

/** Idle sockets are closed before the API server closes them (its idle timeout is 90 s): no reset on the next write. */
const idleMillis = 45_000
/** TCP keep-alive finds a dead peer below an open watch; 30 s as in client-go. */
const probeMillis = 30_000

const kept = { keepAlive: true, keepAliveMsecs: probeMillis, scheduling: "lifo" as const }
const agentOptions = { ...kept, timeout: idleMillis }

/**
 * A proxy agent of client-node closes its sockets after each request, and has TLS options of its own, which would override those of the
 * request. Here it keeps sockets like the agents of this module, and each request brings the current TLS material. The agent for SOCKS
 * would guess the protocol from the call stack; it ends requests after its own `timeout`, also watches, so that is not set.
 */
const reusing = (proxy: HttpAgent, protocol: string): HttpAgent =>
  Object.assign(proxy, { ...kept, protocol, options: { ...agentOptions, noDelay: true, path: null } })

/**
 * A transport to `server` (`http://…` or `https://…`), perhaps through a proxy; its sockets are closed with the scope, those of a proxy
 * that is shared with another transport excepted.
 */
export const make = Effect.fnUntraced(function* (
  server: string,
  proxy?: HttpAgent | undefined,
  isShared = false,
): Effect.fn.Return<Transport, never, Scope.Scope> {
  const base = new URL(server)
  const secure = base.protocol === "https:"
  const agent = yield* Effect.acquireRelease(
    Effect.sync(() => {
      if (proxy !== undefined) return reusing(proxy, base.protocol)
      return secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions)
    }),
    (agent) => Effect.sync(() => (isShared && agent === proxy ? undefined : agent.destroy())),
  )
  const prefix = base.pathname === "/" ? "" : base.pathname
  const host = base.hostname.replace(/^\[|\]$/g, "")

  const start = (request: HttpRequest, credentials: Credentials) => {
    const options: RequestOptions = {
      agent,
      protocol: base.protocol,
      host,
      port: base.port === "" ? (secure ? 443 : 80) : Number(base.port),
      method: request.method,
      path: prefix + request.path,
      headers: {
        ...request.headers,
        ...credentials.headers,
        ...(request.body === undefined ? {} : { "Content-Length": Buffer.byteLength(request.body) }),
      },
    }
    return secure ? httpsRequest({ ...options, ...credentials.tls }) : httpRequest(options)
  }

  return {
    send: (request, credentials) =>
      Effect.acquireRelease(
        Effect.callback<IncomingMessage, TransportError>((resume) => {
          const outgoing = start(request, credentials)
          // A tunnel is opened by the agent of the proxy, without probes.
          if (proxy !== undefined) outgoing.setSocketKeepAlive(true, probeMillis)
          const through = proxy === undefined ? "" : " (through the proxy-url of the kubeconfig)"
          outgoing.on("error", (cause) =>
            resume(Effect.fail(new TransportError({ message: `${describe(cause)}${through}`, cause }))),
          )
          outgoing.on("response", (incoming) => {
            // A reset after the head is reported to the reader of the body; without this listener it would end the process.
            incoming.on("error", () => {})
            resume(Effect.succeed(incoming))
          })
          outgoing.end(request.body)
          return Effect.sync(() => outgoing.destroy())
        }),
        (incoming) => Effect.sync(() => (incoming.complete ? undefined : incoming.destroy())),
        { interruptible: true },
      ),
  }
})

/** The whole body as text. Fails with `tooLong` if it has more than `longest` characters. Interruption stops reading. */
export const readText = (
  incoming: IncomingMessage,
  longest = Number.POSITIVE_INFINITY,
): Effect.Effect<string, TransportError> =>
  Effect.suspend(() => {
    const chunks: Array<string> = []
    let length = 0
    incoming.setEncoding("utf8")
    const take = (chunk: string) => {
      chunks.push(chunk)
      length += chunk.length
      if (length > longest) throw new Error(tooLong)
    }
    return Effect.map(readChunks(incoming, take), () => chunks.join(""))
  })

/** Gives the body to `take` as it arrives; fails also with what that throws. Interruption stops reading. */
export const readChunks = <A extends Buffer | string>(
  incoming: IncomingMessage,
  take: (chunk: A) => void,
): Effect.Effect<void, TransportError> =>
  Effect.callback((resume) => {
    // Made only if it is needed: an error takes the time of several chunks.
    const cut = () => resume(Effect.fail(new TransportError({ message: "the answer was cut off" })))
    const fail = (cause: unknown) => resume(Effect.fail(new TransportError({ message: describe(cause), cause })))
    if (incoming.destroyed) return cut()
    incoming.on("data", (chunk: A) => {
      try {
        take(chunk)
      } catch (cause) {
        fail(cause)
        incoming.destroy()
      }
    })
    incoming.on("end", () => resume(Effect.void))
    incoming.on("error", fail)
    incoming.on("close", () => (incoming.readableEnded ? undefined : cut()))
  })

/** The error message of `readText` for a body that is too long. */
export const tooLong = "the answer is too long"

/** `connect ECONNREFUSED 127.0.0.1:6443`; for an AggregateError (several addresses tried) the text of its first cause. */
export const describe = (cause: unknown): string => {
  if (cause instanceof AggregateError && cause.errors.length > 0) return describe(cause.errors[0])
  if (cause instanceof Error) return cause.message || ("code" in cause ? String(cause.code) : cause.name)
  return String(cause)
}
