/** GET requests to a pod through the API server's proxy whose answer is passed on as it is: any status, any content, as a stream. */

import * as NodeStream from "@effect/platform-node/NodeStream"
import { Effect, type Scope, Stream } from "effect"
import type { Exchange } from "../Exchange.ts"
import type { PodPort } from "../Kube.ts"
import { KubeError } from "../KubeError.ts"
import { nameOf, pathOf } from "../KubePath.ts"
import { pods } from "../Resource.ts"
import { describe } from "../Transport.ts"

export interface PodRequest {
  /** Path and query, with a leading slash, percent-encoded. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** The answer of a pod, or of the API server for it. */
export interface PodResponse {
  readonly status: number
  /** By name in lower case; headers that were sent several times are left out. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Stream.Stream<Uint8Array, KubeError>
}

/** Where the API server serves a port of a pod; no slash at the end. */
export const proxyPath = ({ namespace, name, port, secure }: PodPort): string =>
  pathOf(pods, namespace, `${secure ? "https:" : ""}${name}:${port}`, "proxy")

/** One try; the deadline covers the head of the answer. The body is read before the scope ends. */
export const podRequest = Effect.fnUntraced(function* (
  exchange: Pick<Exchange, "pass">,
  pod: PodPort,
  { path, headers }: PodRequest,
): Effect.fn.Return<PodResponse, KubeError, Scope.Scope> {
  const request = nameOf("proxy", pods, pod.namespace, pod.name)
  const incoming = yield* exchange.pass({
    verb: "proxy",
    resource: pods.plural,
    name: request,
    method: "GET",
    path: proxyPath(pod) + path,
    headers,
  })
  return {
    status: incoming.statusCode ?? 502,
    headers: Object.fromEntries(
      Object.entries(incoming.headers).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
    ),
    body: NodeStream.fromReadable<Uint8Array, KubeError>({
      evaluate: () => incoming,
      onError: (cause) => new KubeError({ reason: "Transport", request, message: describe(cause), cause }),
    }),
  }
})
