/**
 * What the API server requests from the node of a pod: its log and its HTTP ports. It is given at construction, so that the API server
 * knows no kubelet.
 */

import type { Effect } from "effect"
import { answer } from "./ApiError.ts"
import type { ApiObject } from "./ApiObject.ts"
import type { Cluster, RequestError } from "./Cluster.ts"
import type { ResourceKind } from "./ResourceKind.ts"

export interface LogLine {
  /** When it was printed, in epoch milliseconds. */
  readonly time: number
  readonly text: string
}

export interface PodBackend {
  /** The newest lines that a container printed, oldest first. The oldest may be missing. */
  readonly logLines: (pod: ApiObject, container: string) => ReadonlyArray<LogLine>
  /** What the pod answers to a GET. `kind` is that of pods in `cluster`. `cluster` is as the client sees it, with its faults. */
  readonly proxy: (
    cluster: Cluster,
    kind: ResourceKind,
    request: ProxyRequest,
  ) => Effect.Effect<ProxyAnswer, RequestError>
}

export interface ProxyRequest {
  readonly namespace: string
  /** `<pod>:<port>`, with `https:` in front for HTTPS. */
  readonly target: string
  /** What follows `/proxy` in the URL. */
  readonly path: string
  /** `host:port` that the client connected to: the header `Host` is passed on as it is, so the pod takes this for its own name. */
  readonly address: string
  /** Header `X-Forwarded-Context`. */
  readonly forwardedContext?: string | undefined
}

export interface ProxyAnswer {
  readonly status: number
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export const jsonAnswer = (value: unknown): ProxyAnswer => ({
  status: 200,
  headers: { "content-type": "application/json" },
  text: JSON.stringify(value),
})

/**
 * What the API server makes of an answer that it passes on: absolute paths in HTML and in `Location` get the path of the proxy in front, and
 * URLs of its own host, too, which they keep; other URLs stay as they are (`k8s.io/apimachinery/pkg/util/proxy`).
 */
export const rewritten = (
  answer: ProxyAnswer,
  { namespace, target, address }: Pick<ProxyRequest, "namespace" | "target" | "address">,
): ProxyAnswer => {
  const prefix = `/api/v1/namespaces/${namespace}/pods/${target}/proxy`
  const path = (text: string) => {
    const [, host = "", rest = ""] = /^(?:(https?:\/\/[^/]+))?(\/(?!\/).*)$/s.exec(text) ?? []
    const isOwn = host === "" || host.endsWith(`//${address}`)
    return rest === "" || !isOwn || rest.startsWith(prefix) ? text : `${host}${prefix}${rest}`
  }
  const { location, ...others } = answer.headers
  const headers = { ...others, ...(location === undefined ? {} : { location: path(location) }) }
  const isHtml = location === undefined && answer.headers["content-type"]?.startsWith("text/html") === true
  const text = isHtml
    ? answer.text.replaceAll(/\b(href|src|action)="([^"]*)"/g, (_, name, url) => `${name}="${path(url)}"`)
    : answer.text
  return { ...answer, headers, text }
}

/** The API server's answer when nothing listens at `target`. */
export const unreachable = (target: string) =>
  answer(503, `error trying to reach service: dial tcp ${target}: connection refused`)

/** Pods that print nothing and listen nowhere. */
export const silentPods: PodBackend = {
  logLines: () => [],
  proxy: (_cluster, _kind, { target }) => unreachable(target),
}
