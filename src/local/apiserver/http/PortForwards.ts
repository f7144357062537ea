/**
 * `portforward` of pods over WebSockets (`v4.channel.k8s.io`): what arrives is read as HTTP and answered by the `PodBackend`, as through the
 * proxy. Nothing else listens in the pods of the embedded cluster.
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { Duplex } from "node:stream"
import { Effect, type Scope } from "effect"
import type { WebSocket } from "ws"
import { type ApiError, status, unknownResource } from "../ApiError.ts"
import type { Cluster, RequestError } from "../Cluster.ts"
import type { ResourceKind } from "../ResourceKind.ts"

const protocol = "v4.channel.k8s.io"
/** Each message begins with the number of its channel; the first one of a channel repeats the port. */
const [dataChannel, errorChannel] = [0, 1]

interface Target {
  readonly kind: ResourceKind
  readonly namespace: string
  readonly name: string
  readonly port: number
}

/** One forwarded connection. */
interface Forward {
  readonly target: Target
  /** Reports to the client why its connection ends. */
  readonly fail: (message: string) => void
}

const path = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/portforward$/

/** The pod that is meant; fails if it does not exist, and for every other upgrade. */
const targetOf = Effect.fnUntraced(function* (
  cluster: Cluster,
  { url = "" }: IncomingMessage,
): Effect.fn.Return<Target, RequestError> {
  const { pathname, searchParams } = new URL(url, "http://local")
  const [, namespace, name] = path.exec(pathname) ?? []
  const port = Number(searchParams.get("ports"))
  const kind = cluster.kinds.find("", "v1", "pods")
  if (kind === undefined || namespace === undefined || name === undefined || !(port > 0)) {
    return yield* unknownResource()
  }
  yield* cluster.get(kind, namespace, name)
  return { kind, namespace, name, port }
})

const refuse = (socket: Duplex, failure: ApiError) => {
  const body = JSON.stringify(status(failure))
  const head = `HTTP/1.1 ${failure.code} ${failure.reason}\r\nContent-Type: application/json`
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`)
}

/** The data channel as a connection. */
const connectionOf = (webSocket: WebSocket): Duplex => {
  const connection = new Duplex({
    read: () => webSocket.resume(),
    write: (chunk: Buffer, _, done) => webSocket.send(Buffer.concat([Buffer.of(dataChannel), chunk]), done),
    final: (done) => {
      webSocket.close()
      done()
    },
    destroy: (error, done) => {
      webSocket.close()
      done(error)
    },
  })
  webSocket.on("message", (message: Buffer) => {
    if (message[0] === dataChannel && !connection.push(message.subarray(1))) webSocket.pause()
  })
  webSocket.on("close", () => connection.push(null))
  webSocket.on("error", () => {})
  return connection
}

/** Answers upgrades until the scope ends. */
export const make = Effect.fnUntraced(function* (
  cluster: Cluster,
): Effect.fn.Return<
  (incoming: IncomingMessage, socket: Duplex, head: Buffer) => Effect.Effect<void>,
  never,
  Scope.Scope
> {
  const run = Effect.runForkWith(yield* Effect.context())
  const forwards = new WeakMap<object, Forward>()
  const open = new Set<WebSocket>()
  const respond = (incoming: IncomingMessage, response: ServerResponse) => {
    const { target, fail } = forwards.get(incoming.socket)!
    const { kind, namespace, name, port } = target
    const { url: path = "/", headers } = incoming
    const request = { namespace, target: `${name}:${port}`, path, address: headers.host ?? "" }
    run(
      Effect.match(cluster.podBackend.proxy(cluster, kind, request), {
        onFailure: () => fail("connection refused"),
        onSuccess: ({ status: code, headers: answered, text }) => response.writeHead(code, answered).end(text),
      }),
    )
  }
  const pods = createServer(respond)
  pods.on("clientError", (_, connection) => forwards.get(connection)?.fail("connection refused"))
  yield* Effect.addFinalizer(() => Effect.sync(() => open.forEach((webSocket) => webSocket.terminate())))

  const accept = (webSocket: WebSocket, target: Target) => {
    const { name, port } = target
    open.add(webSocket)
    webSocket.on("close", () => open.delete(webSocket))
    for (const channel of [dataChannel, errorChannel]) webSocket.send(Buffer.of(channel, port & 255, port >> 8))
    const fail = (message: string) => {
      const text = `error forwarding port ${port} to pod ${name}: ${message}`
      webSocket.send(Buffer.concat([Buffer.of(errorChannel), Buffer.from(text)]))
      webSocket.close()
    }
    const connection = connectionOf(webSocket)
    forwards.set(connection, { target, fail })
    pods.emit("connection", connection)
  }
  return (incoming, socket, head) =>
    Effect.gen(function* () {
      const target = yield* targetOf(cluster, incoming)
      // Only here, because most clusters never forward.
      const { WebSocketServer } = yield* Effect.promise(() => import("ws"))
      const sockets = new WebSocketServer({ noServer: true, handleProtocols: (all) => all.has(protocol) && protocol })
      sockets.handleUpgrade(incoming, socket, head, (webSocket) => accept(webSocket, target))
    }).pipe(
      Effect.catchTag("ApiError", (failure) => Effect.sync(() => refuse(socket, failure))),
      Effect.catch(() => Effect.sync(() => socket.destroy())),
    )
})
