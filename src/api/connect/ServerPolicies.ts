/** How a Connect server is run over its life: updates, restarts, idleness, authentication. All of them are Firesteel's own fields. */

import { Schema } from "effect"
import { optional, required } from "../schema/Field.ts"
import { Count, Seconds } from "../schema/Scalar.ts"

export const UpdateStrategy = Schema.Literals([
  /** The server is replaced at once; its sessions are lost. */
  "Recreate",
  /** The server is replaced when no session is open and no operation runs. */
  "WhenIdle",
  /** The change takes effect with the next server, whenever that starts. */
  "OnDelete",
])
export type UpdateStrategy = typeof UpdateStrategy.Type

export const RestartBackoff = Schema.Struct({
  maxFailures: optional(
    Count,
    "The number of failures in a row after which the server is not started again. Defaults to no limit. A server that was ready for 10 minutes ends the row.",
  ),
  backoffSeconds: optional(
    Seconds,
    "The pause before a failed server is started again, in seconds. It doubles with every failure in a row. Defaults to 5.",
  ),
  maxBackoffSeconds: optional(Seconds, "The longest such pause, in seconds. Defaults to 300."),
})
export type RestartBackoff = typeof RestartBackoff.Type

export const IdleAction = Schema.Literals(["Stop", "Delete"])
export type IdleAction = typeof IdleAction.Type

export const IdlePolicy = Schema.Struct({
  timeoutSeconds: required(
    Seconds,
    "Seconds without an open session and without a running operation after which the server counts as idle. Spark before 4.3 does not report sessions; there, seconds without a running job.",
  ),
  action: optional(
    IdleAction,
    "Stop ends the server and keeps the resource; the annotation sparkoperator.k8s.io/wake with a new value, or suspend and resume, starts it again. Delete deletes the resource. Defaults to Stop.",
    "Stop",
  ),
})
export type IdlePolicy = typeof IdlePolicy.Type

export const AuthMode = Schema.Literals(["None", "Token"])
export type AuthMode = typeof AuthMode.Type

export const ConnectAuth = Schema.Struct({
  mode: required(
    AuthMode,
    "Token: clients must present the token of a Secret, which Spark 4.0 and later check. None: everyone who reaches the Service can run code.",
  ),
  secretName: optional(
    Schema.String,
    "The name of an existing Secret with the key token. Defaults to <name>-token, which the operator creates with a random token.",
  ),
})
export type ConnectAuth = typeof ConnectAuth.Type
