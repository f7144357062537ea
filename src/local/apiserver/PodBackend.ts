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
  /**
   * The JSON that the pod answers to a GET of `path` (what follows `/proxy` in the URL). `target` is `<pod>:<port>`, with `https:` in
   * front for HTTPS. `kind` is that of pods in `cluster`. `cluster` is as the client sees it, with its faults.
   */
  readonly proxy: (
    cluster: Cluster,
    kind: ResourceKind,
    namespace: string,
    target: string,
    path: string,
  ) => Effect.Effect<unknown, RequestError>
}

/** The API server's answer when nothing listens at `target`. */
export const unreachable = (target: string) =>
  answer(503, `error trying to reach service: dial tcp ${target}: connection refused`)

/** Pods that print nothing and listen nowhere. */
export const silentPods: PodBackend = {
  logLines: () => [],
  proxy: (_cluster, _kind, _namespace, target) => unreachable(target),
}
