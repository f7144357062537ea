/**
 * The Kubernetes API in the name of another user: the same server, with a bearer token, and with nothing of the operator's own credentials.
 */

import { Context, Effect, Layer, type Scope } from "effect"
import type { Credentials } from "../Authentication.ts"
import { connect, type Connection, type ConnectionError, type ConnectionOptions } from "../Connection.ts"
import type { RequestMetrics } from "../Exchange.ts"
import { Kube, type KubeApi } from "../Kube.ts"
import * as KubeHttp from "../KubeHttp.ts"

/** A client for the user of this token. Idle sockets are closed after a while, all with the scope. */
export type MakeUserKube = (token: string) => Effect.Effect<KubeApi, never, Scope.Scope>

/** How this process makes them; undefined without an API server that authenticates users. */
export const UserKube = Context.Reference<MakeUserKube | undefined>("firesteel/kube/UserKube", {
  defaultValue: () => undefined,
})

/** Of the TLS material only what verifies the server: no client certificate. Headers of impersonation are left out, too. */
const asUser = ({ tls: { cert: _cert, key: _key, ...tls } }: Credentials, token: string): Credentials => ({
  headers: { Authorization: `Bearer ${token}` },
  tls,
})

/** Requests in flight of one user. */
const concurrency = 8

export const make =
  (connection: Connection, metrics: RequestMetrics, version: string | undefined): MakeUserKube =>
  (token) =>
    KubeHttp.make(
      {
        ...connection,
        isShared: true,
        credentials: {
          current: Effect.map(connection.credentials.current, (own) => asUser(own, token)),
          // A token that was refused is not replaced by another.
          refused: () => Effect.void,
        },
      },
      metrics,
      { concurrency, version },
    )

/** The operator's own `Kube`, and `UserKube` for the same API server. */
export const layer = (
  options: ConnectionOptions & KubeHttp.KubeHttpOptions,
  metrics: RequestMetrics,
): Layer.Layer<Kube, ConnectionError> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const connection = yield* connect(options)
      const kube = yield* KubeHttp.make(connection, metrics, options)
      return Context.make(Kube, kube).pipe(Context.add(UserKube, make(connection, metrics, options.version)))
    }),
  )
