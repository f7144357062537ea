/**
 * As much of an API server as spark-submit talks to: it answers every write with the object that was written, as if it now existed,
 * and remembers it.
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"

interface Written {
  readonly kind?: string
  readonly metadata?: { readonly name?: string }
}

export interface RecordingServer {
  readonly url: string
  /** The objects written since the last call, the last state of each. */
  readonly take: () => ReadonlyArray<unknown>
  readonly close: () => void
}

const documents: Readonly<Record<string, unknown>> = {
  "/version": { major: "1", minor: "34", gitVersion: "v1.34.0" },
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
}
const missing = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404 }

const answer = (response: ServerResponse, code: number, body: unknown) => {
  response.writeHead(code, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}

export const startRecordingServer = async (): Promise<RecordingServer> => {
  const objects = new Map<string, unknown>()
  const record = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    if (request.method === "GET") {
      const found = documents[(request.url ?? "").replace(/\?.*/, "")]
      return answer(response, found === undefined ? 404 : 200, found ?? missing)
    }
    const object = JSON.parse(body) as Written
    objects.set(`${object.kind}/${object.metadata?.name}`, object)
    answer(response, request.method === "POST" ? 201 : 200, {
      ...object,
      metadata: { ...object.metadata, namespace: "jobs", uid: `uid-${objects.size}`, resourceVersion: "1" },
    })
  }
  const server = createServer((request, response) => void record(request, response))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = [...objects.values()]
      objects.clear()
      return taken
    },
    close: () => server.close(),
  }
}
