/**
 * The status of a SparkConnect. The keys of kubeflow's operator keep their names and meaning, because other tools read them. Additions are
 * `observedGeneration`, more conditions and states, attempts, the waiting reason, endpoints, sessions and activity.
 */

import { Schema } from "effect"
import { AttemptResult, FailureReason } from "../application/Attempt.ts"
import { Waiting } from "../application/SparkApplicationStatus.ts"
import { Condition } from "../Condition.ts"
import { listMap, optional, required } from "../schema/Field.ts"
import { Int32, Int64, StringMap, Time } from "../schema/Scalar.ts"

/** kubeflow's states, and `Suspended` and `Idle`; `""` is New. */
export const ConnectState = Schema.Literals(["", "Provisioning", "Ready", "NotReady", "Suspended", "Idle", "Failed"])
export type ConnectState = typeof ConnectState.Type

export const ServerInfo = Schema.Struct({
  podName: optional(Schema.String, "The name of the server pod."),
  podIp: optional(Schema.String, "The IP address of the server pod."),
  serviceName: optional(Schema.String, "The name of the Service of the server."),
})

/** Why the operator ended a server, or is ending it. */
export const StopReason = Schema.Literals(["Suspended", "SpecChanged", "Idle"])
export type StopReason = typeof StopReason.Type

/** One server pod. An attempt without `result` is the current one. */
export const ConnectAttempt = Schema.Struct({
  number: required(Int32, "The number of the attempt, starting at 1 when the object is created."),
  submissionID: required(Schema.String, "The ID of the submission, as in the labels of its objects."),
  traceID: optional(Schema.String, "The W3C trace ID of the attempt (32 hex digits)."),
  podUID: optional(Schema.String, "The UID of the server pod."),
  historyURL: optional(Schema.String, "The address of the attempt in the history server."),
  startTime: required(Time, "When the server pod was created."),
  runningTime: optional(Time, "When the server container started."),
  readyTime: optional(Time, "When the endpoint answered for the first time."),
  stopReason: optional(StopReason, "Why the operator is ending the server. Absent if it does not."),
  finishTime: optional(Time, "When the attempt ended."),
  result: optional(AttemptResult, "How the attempt ended: Failed or Stopped. Absent for the current attempt."),
  reason: optional(Schema.String, "Why the attempt ended, in CamelCase, such as OOMKilled, Evicted or SpecChanged."),
  failure: optional(FailureReason, "The category of the failure."),
  message: optional(Schema.String, "Why the attempt ended, as a human-readable message."),
  exitCode: optional(Int32, "The exit code of the server container, or of the init container that failed."),
})
export type ConnectAttempt = typeof ConnectAttempt.Type

/** One way to connect, with the exact text for a client. */
export const ConnectionLine = Schema.Struct({
  from: required(
    Schema.Literals(["Cluster", "PortForward", "LoadBalancer", "NodePort", "Ingress", "GRPCRoute"]),
    "Where the client runs, or what it goes through.",
  ),
  url: required(
    Schema.String,
    "The connection string for SparkSession.builder.remote(). <token> is the token of the Secret.",
  ),
  command: optional(Schema.String, "The command that has to run meanwhile."),
  note: optional(Schema.String, "What to know about this way."),
})
export type ConnectionLine = typeof ConnectionLine.Type

export const SessionCounts = Schema.Struct({
  open: required(Int32, "The number of open sessions."),
  total: required(Int32, "The number of sessions that the server remembers, including closed ones."),
})
export const OperationCounts = Schema.Struct({
  running: required(Int32, "The number of operations, such as queries, that run."),
})

/** What activity is read from: the REST API of sessions, or the jobs of Spark before 4.3. */
export const ActivitySignal = Schema.Literals(["Sessions", "Jobs"])
export type ActivitySignal = typeof ActivitySignal.Type

export const SparkConnectStatus = Schema.Struct({
  conditions: optional(
    listMap(Condition, "type"),
    "The state as conditions: Accepted, ServerPodReady, Ready, UpToDate and Exposed.",
  ),
  state: optional(ConnectState, "The state of the server. Empty before the first reconcile."),
  server: optional(ServerInfo, "The pod and the Service of the server."),
  executors: optional(
    Schema.Record(Schema.String, Int32),
    "The number of executor pods of the current server by phase, in lower case.",
  ),
  startTime: optional(Schema.NullOr(Time), "When the server was started first."),
  lastUpdateTime: optional(Schema.NullOr(Time), "When this status was last written."),

  observedGeneration: optional(Int64, "The generation of the spec that this status describes."),
  sparkApplicationId: optional(
    Schema.String,
    "The Spark application ID of the current or last server, as in its event log and in the label spark-app-selector.",
  ),
  historyURL: optional(
    Schema.String,
    "The address of the current or last server in the history server. Absent without an event log.",
  ),
  endpoint: optional(Schema.String, "The connection string for clients inside the cluster, without a token."),
  connections: optional(Schema.Array(ConnectionLine), "Every way to connect, with the exact connection string."),
  tokenSecretName: optional(Schema.String, "The name of the Secret with the token, in its key token."),
  attempts: optional(Schema.Array(ConnectAttempt), "The 10 newest servers, oldest first."),
  failures: optional(Int32, "The number of failures in a row."),
  nextRetryTime: optional(Time, "When the failed server will be started again."),
  waiting: optional(Waiting, "Why the server does not run yet."),
  sessions: optional(
    SessionCounts,
    "The sessions of the server. Absent before Spark 4.3, and while they cannot be read.",
  ),
  operations: optional(OperationCounts, "The operations of the server, or the running jobs before Spark 4.3."),
  activitySignal: optional(
    ActivitySignal,
    "What tells that the server is used: Sessions, or Jobs before Spark 4.3, where a session without a running job looks idle.",
  ),
  lastActivityTime: optional(Time, "When the last session or operation ended. Absent while one is open or running."),
  idleSince: optional(Time, "When the server was stopped because nobody used it."),
  wokenBy: optional(
    Schema.String,
    "The value of the annotation sparkoperator.k8s.io/wake that was seen last; another value starts an idle server.",
  ),
  access: optional(
    StringMap,
    "A hash of each object through which the server is reached, by kind and name, as last applied.",
  ),
})
export type SparkConnectStatus = typeof SparkConnectStatus.Type
