/**
 * The embedded cluster on a socket: plain HTTP for `kubectl`, for the operator and for any other client. It listens only on
 * loopback, because it uses neither TLS nor authentication.
 */

import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http"
import { Cause, Clock, Effect, Exit, Fiber, Queue, Schema, type Scope } from "effect"
import { answer as errorOf, status, tooLarge } from "../ApiError.ts"
import * as Cluster from "../Cluster.ts"
import { type FaultPlan, withFaults } from "../Faults.ts"
import { type Answer, type ApiRequest, errorAnswer, handle } from "./ApiRequest.ts"
import * as PortForwards from "./PortForwards.ts"
import { watchText } from "./Representation.ts"
import { bodyLimit } from "./RequestBody.ts"

export class BindError extends Schema.TaggedError<BindError>()("BindError", {
  /** `127.0.0.1:8001` */
  address: Schema.String,
  message: Schema.String,
}) {}

export interface ServerOptions extends Cluster.ClusterOptions {
  readonly host?: "127.0.0.1" | "localhost" | "::1"
  /** 0, the default: any free port. */
  readonly port?: number
  /** Serve this cluster instead of a new one. */
  readonly cluster?: Cluster.Cluster
  /** Faults for HTTP clients; the returned cluster has none. */
  readonly faults?: FaultPlan
}

export interface ApiServer {
  /** `http://127.0.0.1:8001` */
  readonly url: string
  /** YAML with one context, `firesteel-local`. */
  readonly kubeconfig: string
  readonly cluster: Cluster.Cluster
}

const kubeconfig = (server: string): string => `apiVersion: v1
kind: Config
clusters:
- name: firesteel-local
  cluster:
    server: ${server}
users:
- name: firesteel-local
  user: {}
contexts:
- name: firesteel-local
  context:
    cluster: firesteel-local
    user: firesteel-local
    namespace: default
current-context: firesteel-local
`

const bodyOf = (incoming: IncomingMessage): Effect.Effect<Buffer> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    let size = 0
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length
      // One chunk above the limit is enough to detect it; the rest is read and dropped.
      if (size - chunk.length <= bodyLimit) chunks.push(chunk)
    })
    incoming.once("end", () => resume(Effect.succeed(Buffer.concat(chunks))))
  })

/** Writes and waits until the client can take more. */
const write = (response: ServerResponse, text: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (response.write(text)) resume(Effect.void)
    else response.once("drain", () => resume(Effect.void))
  })

const send = Effect.fnUntraced(function* (response: ServerResponse, answer: Answer) {
  if (answer._tag === "Text") {
    const { contentType, headers, text } = answer
    response.writeHead(answer.status, {
      "Content-Type": contentType,
      "Content-Length": Buffer.byteLength(text),
      "Cache-Control": "no-cache, private",
      ...headers,
    })
    response.end(text)
    return
  }
  response.writeHead(200, {
    "Content-Type": answer._tag === "Watch" ? "application/json" : "text/plain",
    "Cache-Control": "no-cache, private",
  })
  response.flushHeaders()
  if (answer._tag === "Log") {
    for (let text = yield* answer.texts; text !== undefined; text = yield* answer.texts) {
      if (text !== "") yield* write(response, text)
    }
  } else yield* sendWatch(response, answer)
  response.end()
})

/** Lines that are available together are written together. Errors after the first byte become an `ERROR` line. */
const sendWatch = (response: ServerResponse, { kind, wanted, watch }: Extract<Answer, { readonly _tag: "Watch" }>) => {
  let first = true
  const batch = Effect.gen(function* () {
    const lines = yield* Queue.takeAll(watch)
    const now = yield* Clock.currentTimeMillis
    const texts = lines.map((line) => {
      const text = watchText(kind, line, wanted, now, first)
      first = false
      return text
    })
    yield* write(response, `${texts.join("\n")}\n`)
  })
  return Effect.forever(batch).pipe(
    Effect.catchTag("Done", () => Effect.void),
    Effect.catchTag("ApiError", (error) =>
      write(response, `${JSON.stringify({ type: "ERROR", object: status(error) })}\n`),
    ),
  )
}

const respond = Effect.fnUntraced(function* (
  cluster: Cluster.Cluster,
  incoming: IncomingMessage,
  response: ServerResponse,
) {
  const { headers, method = "GET" } = incoming
  const address = headers.host ?? ""
  const url = URL.parse(incoming.url ?? "/", "http://local")
  const request: ApiRequest = {
    method,
    pathname: url?.pathname ?? "/",
    query: url?.searchParams ?? new URLSearchParams(),
    accept: headers.accept,
    userAgent: headers["user-agent"],
    forwardedContext: headers["x-forwarded-context"]?.toString(),
    contentType: headers["content-type"],
    body: method === "GET" ? Buffer.alloc(0) : yield* bodyOf(incoming),
    address,
  }
  const answered =
    request.body.length > bodyLimit
      ? Effect.succeed(errorAnswer(tooLarge()))
      : Effect.catchTag(handle(cluster, request), "ApiError", (error) => Effect.succeed(errorAnswer(error)))
  yield* send(response, yield* answered)
})

/** Breaks the connection if there is no answer, like a server that crashed. A defect is logged and answered with 500. */
const settle = (response: ServerResponse, exit: Exit.Exit<void, unknown>): Effect.Effect<void> => {
  if (Exit.isSuccess(exit)) return Effect.void
  if (response.headersSent || !Cause.hasDies(exit.cause)) return Effect.sync(() => response.destroy())
  const failure = errorOf(500, `Internal error occurred: ${Cause.pretty(exit.cause).split("\n")[0]}`)
  return Effect.logError("the embedded API server failed", exit.cause).pipe(
    Effect.andThen(Effect.ignore(send(response, errorAnswer(failure)))),
  )
}

const listen = (server: Server, host: string, port: number): Effect.Effect<number, BindError> =>
  Effect.callback((resume) => {
    server.once("error", (error) =>
      resume(Effect.fail(new BindError({ address: `${host}:${port}`, message: error.message }))),
    )
    server.listen(port, host, () => {
      const bound = server.address()
      resume(Effect.succeed(typeof bound === "object" && bound !== null ? bound.port : port))
    })
  })

/** Serves until the scope closes; then open watches end and the port is free again. */
export const start = Effect.fnUntraced(function* (
  options: ServerOptions = {},
): Effect.fn.Return<ApiServer, BindError, Scope.Scope> {
  const cluster = options.cluster ?? (yield* Cluster.make(options))
  const faulty = options.faults === undefined ? cluster : withFaults(cluster, options.faults)
  const context = yield* Effect.context()
  const scope = yield* Effect.scope
  const server = createServer((incoming, response) => {
    const run = Effect.scoped(respond(faulty, incoming, response)).pipe(
      Effect.exit,
      Effect.flatMap((exit) => settle(response, exit)),
    )
    const fiber = Fiber.runIn(Effect.runForkWith(context)(run), scope)
    response.once("close", () => fiber.interruptUnsafe())
  })
  const forward = yield* PortForwards.make(faulty)
  server.on("upgrade", (incoming, socket, head) => {
    Fiber.runIn(Effect.runForkWith(context)(forward(incoming, socket, head)), scope)
  })
  server.keepAliveTimeout = 60_000
  yield* Effect.addFinalizer(() =>
    Effect.callback<void>((resume) => {
      server.close(() => resume(Effect.void))
      server.closeAllConnections()
    }),
  )
  const host = options.host ?? "127.0.0.1"
  const port = yield* listen(server, host, options.port ?? 0)
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`
  return { url, kubeconfig: kubeconfig(url), cluster }
})
