/** Real servers on loopback for tests of connections: an API server with TLS, and proxies in front of it. They end with the scope. */

import { createServer as createHttp, type Server as HttpServer } from "node:http"
import { createServer as createHttps } from "node:https"
import { type AddressInfo, connect, createServer as createTcp, type Server, type Socket } from "node:net"
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from "node:tls"
import { Effect, type Scope } from "effect"
import { first, second } from "./Certificates.ts"

/** Listens on a free port, which it returns. */
export const listening = (server: Server): Effect.Effect<number, never, Scope.Scope> => {
  const sockets = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.on("error", () => {})
    socket.on("close", () => sockets.delete(socket))
  })
  return Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
    }),
    () =>
      Effect.sync(() => {
        server.close()
        for (const socket of sockets) socket.destroy()
      }),
  )
}

/** Until the scope ends, this process trusts servers with the first certificate, as with NODE_EXTRA_CA_CERTS. */
export const trustedByDefault = Effect.acquireRelease(
  Effect.sync(() => {
    const before = getCACertificates("default")
    setDefaultCACertificates([...before, first.cert])
    return before
  }),
  (before) => Effect.sync(() => setDefaultCACertificates(before)),
)

export interface Received {
  readonly authorization: string | undefined
  /** Common name of the client's certificate. */
  readonly client: string | undefined
  readonly serverName: string | false | null | undefined
  readonly headers: ReadonlyArray<string>
}

/** An API server with the first certificate that wants client certificates of the first and the second; every answer is a pod. */
export const apiServer = Effect.gen(function* () {
  const received: Array<Received> = []
  const connections = { count: 0 }
  const options = { ...first, ca: [first.cert, second.cert], requestCert: true, rejectUnauthorized: false }
  const server = createHttps(options, (request, response) => {
    const socket = request.socket as TLSSocket
    const name = socket.getPeerCertificate()?.subject?.CN
    received.push({
      authorization: request.headers.authorization,
      client: typeof name === "string" ? name : undefined,
      serverName: socket.servername,
      headers: request.rawHeaders,
    })
    response.end(JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "x" } }))
  })
  server.on("secureConnection", () => connections.count++)
  const port = yield* listening(server)
  return { port, received, connections }
})

export interface Proxy {
  readonly port: number
  /** `host:port` of every tunnel. */
  readonly tunnels: Array<string>
  /** `Proxy-Authorization` of every tunnel. */
  readonly authorizations: Array<string | undefined>
}

/** A proxy for CONNECT, over TLS (with the first certificate) if `secure`; it answers with `status` and then tunnels to loopback. */
export const httpProxy = Effect.fnUntraced(function* ({ secure = false, status = 200 } = {}): Effect.fn.Return<
  Proxy,
  never,
  Scope.Scope
> {
  const tunnels: Array<string> = []
  const authorizations: Array<string | undefined> = []
  const server: HttpServer = secure ? createHttps(first) : createHttp()
  server.on("connect", (request, socket: Socket) => {
    tunnels.push(request.url ?? "")
    authorizations.push(request.headers["proxy-authorization"])
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    socket.write("HTTP/1.1 200 OK\r\n\r\n")
    return tunnel(socket, Number(request.url?.split(":").at(-1)))
  })
  return { port: yield* listening(server), tunnels, authorizations }
})

const tunnel = (socket: Socket, port: number) => {
  const upstream = connect(port, "127.0.0.1")
  for (const it of [socket, upstream]) it.on("error", () => (socket.destroy(), upstream.destroy()))
  socket.pipe(upstream).pipe(socket)
}

/** A SOCKS5 proxy without authentication (RFC 1928); it tunnels to loopback, whatever the host is called. */
export const socksProxy = Effect.gen(function* () {
  const tunnels: Array<string> = []
  const server = createTcp((socket) => {
    socket.once("data", () => {
      socket.write(Buffer.from([5, 0]))
      socket.once("data", (request: Buffer) => {
        const named = request[3] === 3
        const end = named ? 5 + (request[4] ?? 0) : 8
        const host = named ? request.subarray(5, end).toString() : request.subarray(4, 8).join(".")
        const port = request.readUInt16BE(end)
        tunnels.push(`${host}:${port}`)
        socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]))
        tunnel(socket, port)
      })
    })
  })
  return { port: yield* listening(server), tunnels }
})
