/** Which API server to connect to and as whom, as a kubeconfig or a pod's environment says; nothing has been read or run for it yet. */

import { Schema } from "effect"
import type { Cluster, User } from "./ClientNode.ts"
import type { Exec } from "./ExecPlugin.ts"

/** There is no way to connect to the API server; the message says what to do about it. */
export class ConnectionError extends Schema.TaggedError<ConnectionError>()("ConnectionError", {
  message: Schema.String,
}) {}

/** Environment variables, as the process was given them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Values of HTTP headers by name; a list is sent as several headers. */
export type Headers = Readonly<Record<string, string | ReadonlyArray<string>>>

export interface Target {
  readonly cluster: Cluster
  readonly user: User
  /** The plugin of `user`, if it has one. */
  readonly exec: Exec | undefined
  /** Headers of impersonation that client-node does not send: groups, uid and extra fields. */
  readonly impersonation: Headers
  /** For messages: the user and its file. */
  readonly userName: string
  readonly namespace: string
}
