/**
 * As much of an API server as spark-submit and drivers talk to: it answers every write with the object that was written, as if it now
 * existed, and remembers it.
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import type { Pod } from "kubernetes-types/core/v1"

interface Written {
  readonly kind?: string
  readonly metadata?: { readonly name?: string }
}

export interface RecordingServer {
  readonly url: string
  /** The objects written since the last call, the last state of each. */
  readonly take: () => ReadonlyArray<unknown>
  /** From now on this pod, and no other, is found by reading. */
  readonly exists: (pod: Pod) => void
  /** The next pod that is created; undefined if there is none within this many milliseconds. */
  readonly nextPod: (patience: number) => Promise<Pod | undefined>
  readonly close: () => void
}

const documents: Readonly<Record<string, unknown>> = {
  "/version": { major: "1", minor: "34", gitVersion: "v1.34.0" },
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
}
/** Where everything is created. */
export const namespace = "jobs"
const pods = `/api/v1/namespaces/${namespace}/pods`
const missing = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404 }

const answer = (response: ServerResponse, code: number, body: unknown) => {
  response.writeHead(code, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}

export const startRecordingServer = async (): Promise<RecordingServer> => {
  const objects = new Map<string, unknown>()
  let existing: Pod | undefined
  let created: (pod: Pod) => void = () => undefined
  const read = (path: string): unknown => {
    if (path === pods) return { kind: "PodList", apiVersion: "v1", metadata: { resourceVersion: "1" }, items: [] }
    return path === `${pods}/${existing?.metadata?.name}` ? existing : documents[path]
  }
  const record = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    if (request.method === "GET") {
      if ((request.url ?? "").includes("watch=true")) {
        response.writeHead(200).flushHeaders()
        // After a 200 in place of a WebSocket the client watches by HTTP. That watch is left open: nothing changes.
        return request.headers.upgrade === undefined ? undefined : void response.end()
      }
      const found = read((request.url ?? "").replace(/\?.*/, ""))
      return answer(response, found === undefined ? 404 : 200, found ?? missing)
    }
    const object = JSON.parse(body || "{}") as Written
    if (object.kind === "Pod" && request.method === "POST") created(object as Pod)
    objects.set(`${object.kind}/${object.metadata?.name}`, object)
    answer(response, request.method === "POST" ? 201 : 200, {
      ...object,
      metadata: { ...object.metadata, namespace, uid: `uid-${objects.size}`, resourceVersion: "1" },
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
    exists: (pod) => {
      existing = pod
    },
    nextPod: (patience) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(undefined), patience)
        created = (pod) => {
          clearTimeout(timer)
          resolve(pod)
        }
      }),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
