/** A server that speaks the protocol of port-forward: it echoes in upper case what arrives, and answers a `quit` with its end. */

import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect } from "effect"
import { WebSocketServer } from "ws"
import type { Connection } from "../../src/kube/Connection.ts"

/** The answer to every request; undefined: it forwards. */
type Refusal = { readonly status: number; readonly body: string } | undefined

/** Runs in the scope; `error` is what the pod's side reports on each connection. */
export const serveForwards = Effect.fnUntraced(function* (refusal?: Refusal, error?: string) {
  const asked: Array<{ readonly url: string; readonly authorization: string | undefined }> = []
  const server = createServer((_, response) => response.writeHead(refusal?.status ?? 400).end(refusal?.body))
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "v4.channel.k8s.io" })
  server.on("upgrade", (request, socket, head) => {
    asked.push({ url: request.url ?? "", authorization: request.headers.authorization })
    if (refusal !== undefined) {
      const length = Buffer.byteLength(refusal.body)
      return void socket.end(`HTTP/1.1 ${refusal.status} No\r\nContent-Length: ${length}\r\n\r\n${refusal.body}`)
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const port = Number(new URL(request.url ?? "", "http://x").searchParams.get("ports"))
      for (const channel of [0, 1]) webSocket.send(Buffer.of(channel, port & 255, port >> 8))
      webSocket.on("message", (message: Buffer) => {
        if (error !== undefined) return webSocket.send(Buffer.concat([Buffer.of(1), Buffer.from(error)]))
        const text = message.subarray(1).toString()
        if (text === "quit") return webSocket.close()
        return webSocket.send(Buffer.concat([Buffer.of(0), Buffer.from(text.toUpperCase())]))
      })
    })
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () => Effect.sync(() => (server.closeAllConnections(), server.close())),
  )
  const connection: Connection = {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    namespace: "default",
    credentials: {
      current: Effect.succeed({ headers: { Authorization: "Bearer t" }, tls: {} }),
      refused: () => Effect.void,
    },
  }
  return { connection, asked }
})
