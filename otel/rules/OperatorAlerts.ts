/** Alerts on the operator itself. */

import { ofApplicationQueue, unanswered } from "../Matchers.ts"
import { selecting } from "../PromQl.ts"
import type { Alert, AlertGroup } from "./Alert.ts"

const of = selecting()
const anything = of("spark.operator.reconciles")
const reconciles = "spark.operator.reconciles"
const requests = "kubernetes.client.requests"

/** Restricts series that any Node.js process may have to those of Firesteel. */
const ours = (series: string): string => `${series} and on (job, instance) ${of("workqueue.depth", ofApplicationQueue)}`

/** The share of some series of an instrument among all of them. */
const share = (some: string, all: string, by: string, range: string): string =>
  `sum by (${by}) (rate(${some}[${range}]))\n  / sum by (${by}) (rate(${all}[${range}]))`

const down: Alert = {
  name: "FiresteelDown",
  severity: "critical",
  // After six hours without any operator, only the absence of all series is left to detect.
  expr: [
    `(group by (job) (present_over_time(${anything}[6h])) unless group by (job) (${anything}))`,
    `or on () absent(${anything})`,
  ].join("\n"),
  for: "5m",
  summary: "Firesteel sends no metrics",
  description:
    "No series of the operator {{ $labels.job }} for five minutes: it is down, or it is not scraped. Running applications continue; nothing new is submitted and nothing is retried. Check its pods first.",
  look: [
    "`kubectl get pods -A -l app.kubernetes.io/name=firesteel`: does it run, how often was it restarted, what does `kubectl describe` report?",
    "Its `kubectl logs`, with `--previous` after a restart: a process that ends itself logs the reason in its last line.",
    "Prometheus' page of targets: is it scraped, and with which error? With OTLP: the Collector's log.",
  ],
  act: [
    "There is no pod: see the Deployment's Events (image, quota, nodes).",
    "It was OOMKilled: see FiresteelHeapNearlyFull.",
    "It runs: fix the scraping (ServiceMonitor, NetworkPolicy, `--metrics-bind-address`).",
    "It was removed, or its job renamed, permanently: the alert ends after six hours if there is another operator.",
  ],
}

const definition: Alert = {
  name: "FiresteelDefinitionIncomplete",
  severity: "critical",
  expr: `max by (job, definition) (${of("spark.operator.definitions.incomplete")}) > 0`,
  for: "1m",
  summary: "The definition {{ $labels.definition }} is not the one that Firesteel needs",
  description:
    "The CustomResourceDefinition {{ $labels.definition }} lacks fields in which {{ $labels.job }} remembers what it did, so the API server drops them. Submissions and restarts wait; what runs is followed. Replace the definition: everything resumes by itself within seconds.",
  look: [
    "The operator's `/readyz`, its log at `error`, and the Event DefinitionIncomplete of each application name the missing fields.",
    "`firesteel migrate check` compares the definition with this version.",
    "Who replaced it? `kubectl get crd <definition> --show-managed-fields -o yaml`: the managers and times of `spec`. Likely: kubeflow's chart or its end-to-end tests, GitOps with another version, the rollback of a chart, a newer operator with the old chart firesteel-crds.",
  ],
  act: [
    "`kubectl apply --server-side --force-conflicts -f crds/`, with the files of the operator's version. `helm upgrade firesteel-crds` does the same where that chart manages the definitions.",
    "Remove the definition from whatever else applies it, or it will be replaced again.",
  ],
}

const restarting: Alert = {
  name: "FiresteelRestarting",
  severity: "warning",
  expr: `max by (job, instance) (${ours(`resets(${of("process.uptime")}[30m])`)}) > 2`,
  summary: "Firesteel restarts again and again",
  description:
    "The operator {{ $labels.job }} ({{ $labels.instance }}) was restarted {{ $value }} times in half an hour. Nothing is lost, but everything takes longer. Read the log of the previous container.",
  look: [
    "`kubectl describe pod`: `Last State` has exit code and reason. `OOMKilled`: memory; `137` with failed liveness probes: it hung.",
    "`kubectl logs --previous`: an operator that ends itself logs the reason in its last line.",
  ],
  act: ["Give it more memory or CPU.", "Fix what it logs at start-up: rights, CRDs, flags."],
}

const errors: Alert = {
  name: "FiresteelReconcileErrors",
  severity: "warning",
  expr: `${share(of(reconciles, 'outcome="error"'), of(reconciles), "job", "10m")} > 0.1`,
  for: "10m",
  summary: "More than a tenth of all reconciles fail",
  description:
    "{{ $value | humanizePercentage }} of the reconciles of {{ $labels.job }} end with an error. They are retried with increasing delay; applications are delayed. The reasons are on the dashboard Operator and in the log.",
  look: [
    "Dashboard Operator, *Errors by reason*. `Forbidden`: a right, or an admission webhook. `Invalid`: the API server rejects an object. `Throttled`, `Unavailable`, `Timeout`, `Transport`: the API server or the network.",
    "The operator's log at `warn`: every failure with the application, the request and the answer.",
  ],
  act: [
    "`Forbidden`: compare the ClusterRole with the chart's; look for policies (Kyverno, Gatekeeper) and webhooks that reject requests.",
    "Only a few applications: `kubectl describe` one of them; its Events show what was rejected.",
  ],
}

const latency: Alert = {
  name: "FiresteelQueueSlow",
  severity: "warning",
  expr: `histogram_quantile(0.99, sum by (job, le) (rate(${of.buckets("workqueue.queue.duration", ofApplicationQueue)}[10m]))) > 30`,
  for: "10m",
  summary: "Changes wait longer than 30 s in the work queue",
  description:
    "One of a hundred changes waits {{ $value | humanizeDuration }} before {{ $labels.job }} reconciles it. Submissions and states are late by that much. See what its workers wait for.",
  look: [
    "Dashboard Operator: *Time of work* (each key takes long), *Waiting in the queue* (there are many keys), *Event loop busy* (the process is at its limit), *Throttled and failed requests* (the API server is).",
  ],
  act: [
    "Work takes long because requests do: check the API server; more workers make it worse.",
    "The event loop is busy: give it a whole core. It uses little more than one; beyond that, run one operator per group of namespaces (`--namespaces`).",
    "Neither: more workers (`--status-workers`, `--submission-workers`) and more requests at a time (`--kube-api-concurrency`).",
  ],
}

const stuck: Alert = {
  name: "FiresteelReconcileStuck",
  severity: "warning",
  expr: `max by (job, instance) (${of("workqueue.longest_running_processor", ofApplicationQueue)}) > 300`,
  summary: "A reconcile does not finish",
  description:
    "One application has been reconciled for {{ $value | humanizeDuration }} in {{ $labels.instance }}. Requests have deadlines, so this should not happen. Nothing else happens to that application meanwhile.",
  look: ["The operator's log: which application was started and not finished? `--log-level debug` shows more."],
  act: ["Restart the operator: nothing is lost, and nothing is submitted twice.", "Report it, with the log."],
}

const watches: Alert = {
  name: "FiresteelWatchUnstable",
  severity: "warning",
  expr: `sum by (job, resource) (increase(${of("kubernetes.client.watch.lifecycle", 'event=~"gone|relist"')}[30m])) > 10`,
  for: "10m",
  summary: "Watches of {{ $labels.resource }} expire again and again",
  description:
    '{{ $labels.job }} had to list {{ $labels.resource }} again {{ printf "%.0f" $value }} times in half an hour. Changes in between are not lost, but late, and each list is load for the API server.',
  look: [
    "Does the API server restart, or does a load balancer or proxy close long connections?",
    "Dashboard Operator, *Event loop busy*: an overloaded operator reads its watches too late.",
  ],
  act: [
    "Let load balancers and proxies keep idle connections longer than five minutes.",
    "Give the operator CPU; watch fewer namespaces.",
  ],
}

const throttled: Alert = {
  name: "FiresteelThrottled",
  severity: "warning",
  expr: `${share(of(requests, 'code="429"'), of(requests), "job", "10m")} > 0.05`,
  for: "10m",
  summary: "The API server throttles requests (429)",
  description:
    "{{ $value | humanizePercentage }} of the requests of {{ $labels.job }} are answered with 429. They are sent again after the time that the server asks for; everything takes longer.",
  look: [
    "`apiserver_flowcontrol_rejected_requests_total` by flow schema: is it the operator, or do other clients use up its priority level?",
    "Dashboard Operator, *Requests*: which verb on which resource.",
  ],
  act: [
    "Give the operator's service account a FlowSchema of its own, with a priority level of sufficient capacity.",
    "Fewer requests at a time: `--kube-api-concurrency`, `--submission-workers`.",
  ],
}

const apiErrors: Alert = {
  name: "FiresteelApiServerErrors",
  severity: "warning",
  expr: `${share(of(requests, unanswered), of(requests), "job", "10m")} > 0.05`,
  for: "10m",
  summary: "Requests to the API server fail",
  description:
    "{{ $value | humanizePercentage }} of the requests of {{ $labels.job }} end with 5xx or without an answer. They are retried; applications are delayed until the API server has recovered.",
  look: [
    "Dashboard Operator, *Answers*: a status, `Timeout` (no answer in time), `Transport` (no connection) or `Decode` (an answer that is not valid).",
    "`kubectl get --raw /readyz?verbose`, etcd, and the admission webhooks for pods: a slow one makes every create slow.",
  ],
  act: ["Fix the API server, the network or the webhook; the operator then recovers by itself."],
}

const eventLoop: Alert = {
  name: "FiresteelEventLoopBlocked",
  severity: "warning",
  expr: `max by (job, instance) (${ours(of("nodejs.eventloop.delay.p99"))}) > 0.5`,
  for: "10m",
  summary: "The operator's process is overloaded",
  description:
    "Timers of {{ $labels.instance }} are late by {{ $value | humanizeDuration }}: the process needs more CPU than it has, or is throttled. Its health probes may fail next.",
  look: [
    "`container_cpu_cfs_throttled_periods_total` of the pod: is it throttled by its limit?",
    "Dashboard Operator, *CPU*: near one core, it is at its limit. How many applications and pods are there?",
  ],
  act: ["Raise or remove its CPU limit; it needs one whole core.", "Split the namespaces over several operators."],
}

const heap: Alert = {
  name: "FiresteelHeapNearlyFull",
  severity: "warning",
  expr: `max by (job, instance) (${ours(`(${of("v8js.memory.heap.used")} / ${of("v8js.memory.heap.limit")})`)}) > 0.9`,
  for: "10m",
  summary: "The operator is about to run out of memory",
  description:
    "The heap of {{ $labels.instance }} is {{ $value | humanizePercentage }} full. At its limit the process ends and is restarted.",
  look: ["How many applications, finished ones included, and pods are there? Each takes a few kilobytes in the cache."],
  act: [
    "Raise the memory of the pod. The heap's limit follows it up to 4 GiB; above that `NODE_OPTIONS=--max-old-space-size=…` sets it.",
    "Delete finished applications earlier: `spec.timeToLiveSeconds`, `--default-time-to-live`.",
  ],
}

export const operatorAlerts: AlertGroup = {
  name: "firesteel-operator",
  title: "The operator",
  alerts: [down, definition, restarting, errors, latency, stuck, watches, throttled, apiErrors, eventLoop, heap],
}
