/**
 * `kubectl port-forward`: listens on localhost and forwards each connection to a port of a pod, over a WebSocket of its own to the API server
 * (`v4.channel.k8s.io`, which every supported version serves). The protocol has no half-closed connections: the end of either side ends both.
 */

import type { Socket } from "node:net"
import { createServer } from "node:net"
import { Effect, FiberSet, Schema, type Scope } from "effect"
import { WebSocket } from "ws"
import type { Credentials } from "../Authentication.ts"
import type { Connection } from "../Connection.ts"
import { pathOf, queryOf } from "../KubePath.ts"
import { pods } from "../Resource.ts"
import { describe } from "../Transport.ts"

export class PortForwardError extends Schema.TaggedError<PortForwardError>()("PortForwardError", {
  message: Schema.String,
}) {}

export interface PodTarget {
  readonly namespace: string
  readonly name: string
  readonly port: number
}

export interface PortForwardOptions {
  /** 0: any that is free. */
  readonly localPort: number
  /** Gets what went wrong with one connection; the others continue. */
  readonly onProblem: (message: string) => void
}

const protocol = "v4.channel.k8s.io"
/** Each message begins with the number of its channel; the first one of a channel repeats the port. */
const [dataChannel, errorChannel] = [0, 1]
const loopback = "127.0.0.1"

const open = (connection: Connection, { namespace, name, port }: PodTarget, { headers, tls }: Credentials) => {
  const path = pathOf(pods, namespace, name, "portforward") + queryOf({ ports: port })
  const url = `${connection.server.replace(/^http/, "ws")}${path}`
  return new WebSocket(url, protocol, {
    // Node sends a header with several values, too; the types of ws do not know that.
    headers: headers as Readonly<Record<string, string>>,
    ...tls,
    ...(connection.proxy === undefined ? {} : { agent: connection.proxy }),
    handshakeTimeout: 30_000,
    perMessageDeflate: false,
  })
}

/** The message of the API server in the answer that refused the upgrade. */
const refusal = (text: string, status: number | undefined): string => {
  try {
    const { message } = JSON.parse(text) as { readonly message?: string }
    if (message !== undefined) return message
  } catch {
    // Not JSON.
  }
  return text.trim().slice(0, 500) || `the API server answered ${status}`
}

/** Ready to forward, or why it is not. */
const opened = (webSocket: WebSocket): Effect.Effect<WebSocket, PortForwardError> =>
  Effect.callback((resume) => {
    const fail = (message: string) => resume(Effect.fail(new PortForwardError({ message })))
    webSocket.once("open", () => resume(Effect.succeed(webSocket)))
    webSocket.once("error", (error) => fail(describe(error)))
    webSocket.once("unexpected-response", (_, incoming) => {
      let text = ""
      incoming.setEncoding("utf8")
      incoming.on("data", (chunk: string) => (text += chunk))
      incoming.on("end", () => fail(refusal(text, incoming.statusCode)))
    })
    return Effect.sync(() => webSocket.terminate())
  })

/** Forwards in both directions until one side ends; succeeds with what the pod's side reported, if anything. */
const pump = (socket: Socket, webSocket: WebSocket): Effect.Effect<string | undefined> =>
  Effect.callback((resume) => {
    const seen = new Set<number>()
    let problem: string | undefined
    webSocket.on("message", (message: Buffer) => {
      const channel = message[0] ?? dataChannel
      if (!seen.has(channel)) return void seen.add(channel)
      const content = message.subarray(1)
      if (channel === errorChannel) {
        problem = content.toString().trim()
        return webSocket.close()
      }
      if (socket.write(content)) return
      webSocket.pause()
      socket.once("drain", () => webSocket.resume())
    })
    socket.on("data", (chunk: Buffer) => {
      socket.pause()
      webSocket.send(Buffer.concat([Buffer.of(dataChannel), chunk]), () => socket.resume())
    })
    socket.on("end", () => webSocket.close())
    socket.on("close", () => webSocket.close())
    webSocket.on("close", () => {
      socket.end()
      resume(Effect.succeed(problem))
    })
    return Effect.sync(() => {
      webSocket.terminate()
      socket.destroy()
    })
  })

const listen = (localPort: number, onConnection: (socket: Socket) => void) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>, PortForwardError>((resume) => {
      const server = createServer({ pauseOnConnect: true }, onConnection)
      server.once("error", (error) =>
        resume(
          Effect.fail(new PortForwardError({ message: `cannot listen on port ${localPort}: ${describe(error)}` })),
        ),
      )
      server.listen(localPort, loopback, () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close()),
  )

/**
 * Forwards in the scope, and succeeds with the local port. Fails at once if the pod cannot be reached or the user may not forward to it: one
 * connection is made to find out.
 */
export const portForward = Effect.fnUntraced(function* (
  connection: Connection,
  target: PodTarget,
  { localPort, onProblem }: PortForwardOptions,
): Effect.fn.Return<number, PortForwardError, Scope.Scope> {
  const connected = connection.credentials.current.pipe(
    Effect.flatMap((credentials) => Effect.suspend(() => opened(open(connection, target, credentials)))),
    Effect.mapError(
      ({ message }) =>
        new PortForwardError({ message: `cannot forward to port ${target.port} of pod ${target.name}: ${message}` }),
    ),
  )
  const first = yield* connected
  first.on("error", () => {})
  first.close()

  const run = yield* FiberSet.makeRuntime<never, void, never>()
  const forward = (socket: Socket) =>
    connected.pipe(
      Effect.flatMap((webSocket) => {
        // What happens later ends the connection, not the program.
        webSocket.on("error", () => {})
        const pumping = pump(socket, webSocket)
        socket.resume()
        return pumping
      }),
      Effect.match({
        onFailure: ({ message }) => {
          socket.destroy()
          onProblem(message)
        },
        onSuccess: (problem) => (problem === undefined || problem === "" ? undefined : onProblem(problem)),
      }),
    )
  const server = yield* listen(localPort, (socket) => {
    socket.on("error", () => {})
    run(forward(socket))
  })
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : localPort
})
