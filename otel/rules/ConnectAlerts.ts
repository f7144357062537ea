/** Alerts on Connect servers that do not serve. */

import { selecting } from "../PromQl.ts"
import type { Alert, AlertGroup } from "./Alert.ts"

const of = selecting()
const namespaced = "job, k8s_namespace_name"
const describe = "`kubectl describe sparkconnect`: state, waiting reason, conditions, attempts, Events."

const unavailable: Alert = {
  name: "SparkConnectServerUnavailable",
  severity: "critical",
  expr: `sum by (${namespaced}) (max without (instance, pod, node) (${of("spark.connect.servers", 'state=~"New|Provisioning|NotReady|Failed"')})) > 0`,
  for: "10m",
  summary: "A Connect server in {{ $labels.k8s_namespace_name }} is unavailable",
  description:
    '{{ printf "%.0f" $value }} Connect servers have not answered for 10 minutes: they do not start, fail again and again, or were given up. Their clients cannot work. Servers that are suspended, or stopped because nobody used them, are not included.',
  look: [
    "`kubectl get sparkconnects -n <namespace>`: those that are not Ready.",
    describe,
    "The reason of the last end is in `status.attempts`; dashboard Fleet, *Restarts of Connect servers*, shows whether it is the same everywhere.",
  ],
  act: [
    "Provisioning with a waiting reason: fix what it names, such as the image, the Secret, or capacity.",
    "NotReady after OOMKilled: raise `spec.server.memory`; one session can end the server of all of them.",
    "Failed: `spec.restart.maxFailures` is reached; a change of the spec starts it again.",
    "NotReady with the condition Accepted false: the condition names the field and what would be right.",
  ],
}

const restarts: Alert = {
  name: "SparkConnectServerRestarts",
  severity: "warning",
  expr: `sum by (${namespaced}, reason) (increase(${of("spark.connect.restarts", 'reason!~"SpecChanged|Suspended|Idle|Deleted"')}[1h])) > 3`,
  summary: "Connect servers in {{ $labels.k8s_namespace_name }} fail with {{ $labels.reason }}",
  description:
    '{{ printf "%.0f" $value }} Connect servers were started again within an hour after {{ $labels.reason }}. Every restart ends all sessions of a server, with their temporary views and cached tables.',
  look: [
    describe,
    "The log of the server before: `kubectl logs --previous` does not have it, because each attempt has its own pod; use your log store.",
  ],
  act: [
    "OOMKilled: raise `spec.server.memory`.",
    "Evicted, Preempted or NodeLost: give the server a priority class, or nodes of its own.",
  ],
}

export const connectAlerts: AlertGroup = {
  name: "spark-connect",
  title: "Connect servers",
  alerts: [unavailable, restarts],
}
