/** A real HTTP server on loopback whose answers a test writes by hand, and a client of it: for the wire, not for behaviour. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect } from "effect"
import type { Connection } from "../../src/kube/Connection.ts"
import * as KubeHttp from "../../src/kube/KubeHttp.ts"

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

/** Answers the n-th request; destroying the response's socket is an answer too. */
export type Answer = (response: ServerResponse, asked: Asked) => void

/** An answer with a status, a JSON body (text as it is) and headers. */
export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body))
  }

/** The last answer repeats. */
export const serve = Effect.fnUntraced(function* (
  answers: ReadonlyArray<Answer>,
  options: KubeHttp.KubeHttpOptions = {},
) {
  const asked: Array<Asked> = []
  const sockets = new Set<unknown>()
  const server = createServer((request, response) => {
    sockets.add(request.socket)
    let body = ""
    request.on("data", (chunk) => (body += chunk))
    request.on("end", () => {
      const it = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body }
      const answer = answers[Math.min(asked.push(it), answers.length) - 1]
      answer?.(response, it)
    })
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () => Effect.sync(() => (server.closeAllConnections(), server.close())),
  )
  let forgotten = 0
  const connection: Connection = {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    namespace: "default",
    credentials: {
      current: Effect.sync(() => ({ headers: { Authorization: `Bearer token-${forgotten}` }, tls: {} })),
      refused: () =>
        Effect.sync(() => {
          forgotten++
        }),
    },
  }
  const requests: Array<string> = []
  const kube = yield* KubeHttp.make(
    connection,
    { kubeRequest: ({ verb, resource, code }) => requests.push(`${verb} ${resource} ${code}`) },
    options,
  )
  return { kube, asked, requests, sockets, server, connection }
})
