/** Connects to the cluster of a kubeconfig for the time of one command. */

import { Effect } from "effect"
import * as Connection from "../../kube/Connection.ts"
import { silentRequestMetrics } from "../../kube/Exchange.ts"
import { Kube } from "../../kube/Kube.ts"
import * as KubeHttp from "../../kube/KubeHttp.ts"
import type { Host } from "../Host.ts"

/** Runs `use` with a client of the cluster; its sockets are closed with the scope. */
export const connected = Effect.fnUntraced(function* <A, E, R>(
  options: Pick<Connection.ConnectionOptions, "kubeconfig" | "context">,
  { environment, version }: Host,
  use: (connection: Connection.Connection) => Effect.Effect<A, E, R | Kube>,
) {
  const connection = yield* Connection.connect({ ...options, environment })
  const kube = yield* KubeHttp.make(connection, silentRequestMetrics, { version })
  return yield* Effect.provideService(use(connection), Kube, kube)
})
