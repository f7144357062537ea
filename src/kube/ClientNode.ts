/**
 * `KubeConfig` of `@kubernetes/client-node`, the client that Kubernetes itself maintains (Apache-2.0): it reads kubeconfigs and
 * authenticates. Only this module of the package is used, and it is imported when the operator connects, because it also loads the
 * generated API client (docs/performance.md). Limits of version 2.0.1 are worked around where they matter, each with a comment.
 */

import type { KubeConfig } from "@kubernetes/client-node/dist/config.js"
import { Effect } from "effect"

export type { KubeConfig } from "@kubernetes/client-node/dist/config.js"
export type { Cluster, User } from "@kubernetes/client-node/dist/config_types.js"

/** A `KubeConfig` without content, made by a module that is loaded on first use. */
export const make: Effect.Effect<KubeConfig> = Effect.promise(async () => {
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js")
  return new KubeConfig()
})
