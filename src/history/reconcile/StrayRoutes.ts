/**
 * HTTPRoutes that an earlier spec may have left. They are watched only while a server requests one, since a cluster may not have the Gateway
 * API; so each spec without a route is a reason to ask once.
 */

import { Effect } from "effect"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { find, Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { keyOf } from "../../runtime/Store.ts"
import { httpRoutes } from "../../spark/access/HttpRoute.ts"
import type { Existing } from "../decide/Situation.ts"
import { serverName } from "../objects/Names.ts"
import { ownedBy } from "./Ownership.ts"

export interface StrayRoutes {
  /** The route of the server, if there is one that its spec does not request. */
  readonly of: (server: SparkHistoryServer) => Effect.Effect<ReadonlyArray<Existing>, KubeError, Kube>
  /** The server of this key is gone. */
  readonly forget: (key: string) => void
}

export const make = (): StrayRoutes => {
  /** By key: the spec for which there was none. */
  const without = new Map<string, string>()
  const of: StrayRoutes["of"] = Effect.fnUntraced(function* (server) {
    const { uid, namespace, generation } = server.metadata
    const key = keyOf(server)
    const version = `${uid} ${generation}`
    if (server.spec.httpRoute !== undefined || without.get(key) === version) return []
    const kube = yield* Kube
    // Without the right to read routes there are none of this operator, either.
    const object = yield* Effect.catchIf(
      find(kube, httpRoutes, namespace, serverName(server)),
      ({ reason }) => reason === "Forbidden",
      () => Effect.succeed(undefined),
    )
    if (object !== undefined && ownedBy(object, server)) return [{ resource: httpRoutes, object }]
    without.set(key, version)
    return []
  })
  return { of, forget: (key) => void without.delete(key) }
}
