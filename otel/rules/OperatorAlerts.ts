/** Is the operator itself well? */

import { ofApplicationQueue, unanswered } from "../Matchers.ts"
import { selecting } from "../PromQl.ts"
import type { Alert, AlertGroup } from "./Alert.ts"

const of = selecting()
const anything = of("spark.operator.reconciles")
const reconciles = "spark.operator.reconciles"
const requests = "kubernetes.client.requests"

/** Series that every Node.js process may have, of Firesteel's alone. */
const ours = (series: string): string => `${series} and on (job, instance) ${of("workqueue.depth", ofApplicationQueue)}`

/** The share of some series among all of an instrument. */
const share = (some: string, all: string, by: string, range: string): string =>
  `sum by (${by}) (rate(${some}[${range}]))\n  / sum by (${by}) (rate(${all}[${range}]))`

const down: Alert = {
  name: "FiresteelDown",
  severity: "critical",
  // Once no operator is remembered any more, that there is none at all is all that can be said.
  expr: [
    `(group by (job) (present_over_time(${anything}[6h])) unless group by (job) (${anything}))`,
    `or on () absent(${anything})`,
  ].join("\n"),
  for: "5m",
  summary: "Firesteel sends no metrics",
  description:
    "No series of the operator {{ $labels.job }} for five minutes: it is down, or nobody scrapes it. Running applications go on; nothing new is submitted and nothing is tried again. Look at its pods first.",
  look: [
    "`kubectl get pods -A -l app.kubernetes.io/name=firesteel`: does it run, how often was it restarted, what does `kubectl describe` say?",
    "`kubectl logs` of it, with `--previous` after a restart: the last line of a process that ends itself says why.",
    "Prometheus' page of targets: is it scraped, with which error? With OTLP: the Collector's log.",
  ],
  act: [
    "It is not there: see what the Deployment's events say (image, quota, nodes).",
    "It was killed for its memory: see FiresteelHeapNearlyFull.",
    "It runs: put scraping in order (ServiceMonitor, NetworkPolicy, `--metrics-bind-address`).",
    "It was taken away, or its job renamed, for good: it is forgotten after six hours, if another operator is there.",
  ],
}

const restarting: Alert = {
  name: "FiresteelRestarting",
  severity: "warning",
  expr: `max by (job, instance) (${ours(`resets(${of("process.uptime")}[30m])`)}) > 2`,
  summary: "Firesteel restarts again and again",
  description:
    "The operator {{ $labels.job }} ({{ $labels.instance }}) was restarted {{ $value }} times in half an hour. Nothing is lost by that, but everything takes longer. Read the log of the container before.",
  look: [
    "`kubectl describe pod`: `Last State` has exit code and reason. `OOMKilled`: memory; `137` with failed liveness probes: it hung.",
    "`kubectl logs --previous`: an operator that ends itself says why in its last line.",
  ],
  act: ["Give it more memory or CPU.", "Put right what it complains about at its start: rights, CRDs, flags."],
}

const errors: Alert = {
  name: "FiresteelReconcileErrors",
  severity: "warning",
  expr: `${share(of(reconciles, 'outcome="error"'), of(reconciles), "job", "10m")} > 0.1`,
  for: "10m",
  summary: "More than a tenth of all reconciles fail",
  description:
    "{{ $value | humanizePercentage }} of the reconciles of {{ $labels.job }} end with an error. They are tried again, later each time; applications are behind. The reasons are on the dashboard Operator and in the log.",
  look: [
    "Dashboard Operator, *Errors by reason*. `Forbidden`: a right, or an admission webhook. `Invalid`: the API server does not take what is sent. `Throttled`, `Unavailable`, `Timeout`, `Transport`: the API server or the way to it.",
    "The operator's log at `warn`: every failure with the application, the request and the answer.",
  ],
  act: [
    "`Forbidden`: compare the ClusterRole with the chart's; look for policies (Kyverno, Gatekeeper) and webhooks that refuse.",
    "Only a few applications: `kubectl describe` one of them; its Events say what was refused.",
  ],
}

const latency: Alert = {
  name: "FiresteelQueueSlow",
  severity: "warning",
  expr: `histogram_quantile(0.99, sum by (job, le) (rate(${of.buckets("workqueue.queue.duration", ofApplicationQueue)}[10m]))) > 30`,
  for: "10m",
  summary: "Changes wait longer than 30 s in the work queue",
  description:
    "One of a hundred changes waits {{ $value | humanizeDuration }} before {{ $labels.job }} looks at it. Submissions and states are late by that much. See what its workers wait for.",
  look: [
    "Dashboard Operator: *Time of work* (each takes long), *Waiting in the queue* (there are many), *Event loop busy* (the process is at its limit), *Refused and unanswered* (the API server is).",
  ],
  act: [
    "Work takes long because requests do: see the API server; more workers make it worse.",
    "The event loop is busy: give it a whole core. It uses little more than one; beyond that, run one operator per group of namespaces (`--namespaces`).",
    "Neither: more workers (`--status-workers`, `--submission-workers`) and more requests at a time (`--kube-api-concurrency`).",
  ],
}

const stuck: Alert = {
  name: "FiresteelReconcileStuck",
  severity: "warning",
  expr: `max by (job, instance) (${of("workqueue.longest_running_processor", ofApplicationQueue)}) > 300`,
  summary: "A reconcile does not end",
  description:
    "Work on one application has been going on for {{ $value | humanizeDuration }} in {{ $labels.instance }}. Requests have deadlines, so this should not be. Nothing else happens to that application meanwhile.",
  look: ["The operator's log: which application was begun and not ended? `--log-level debug` says more."],
  act: ["Restart the operator: nothing is lost, and nothing is submitted twice.", "Report it, with the log."],
}

const watches: Alert = {
  name: "FiresteelWatchUnstable",
  severity: "warning",
  expr: `sum by (job, resource) (increase(${of("kubernetes.client.watch.lifecycle", 'event=~"gone|relist"')}[30m])) > 10`,
  for: "10m",
  summary: "Watches of {{ $labels.resource }} expire again and again",
  description:
    '{{ $labels.job }} had to list {{ $labels.resource }} anew {{ printf "%.0f" $value }} times in half an hour. What happened in between is not lost, but late, and each list loads the API server.',
  look: [
    "Does the API server restart, or something between (load balancer, proxy) cut long connections?",
    "Dashboard Operator, *Event loop busy*: an operator that cannot keep up reads its watches too late.",
  ],
  act: [
    "Let idle connections live longer than five minutes on the way.",
    "Give the operator CPU; watch fewer namespaces.",
  ],
}

const throttled: Alert = {
  name: "FiresteelThrottled",
  severity: "warning",
  expr: `${share(of(requests, 'code="429"'), of(requests), "job", "10m")} > 0.05`,
  for: "10m",
  summary: "The API server turns requests away (429)",
  description:
    "{{ $value | humanizePercentage }} of the requests of {{ $labels.job }} are answered with 429. They are sent again as the server asks; everything takes longer.",
  look: [
    "`apiserver_flowcontrol_rejected_requests_total` by flow schema: is it the operator, or does somebody else use up its priority level?",
    "Dashboard Operator, *Requests*: which verb on which resource.",
  ],
  act: [
    "Give the operator's service account a FlowSchema of its own, with a priority level that has room.",
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
    "{{ $value | humanizePercentage }} of the requests of {{ $labels.job }} end with 5xx or without an answer. They are tried again; applications are behind until the API server is well.",
  look: [
    "Dashboard Operator, *Answers*: a status, `Timeout` (no answer in time), `Transport` (no connection) or `Decode` (an answer that is none).",
    "`kubectl get --raw /readyz?verbose`, etcd, and the webhooks that Kubernetes asks for pods: a slow one makes every create slow.",
  ],
  act: ["Put the API server, the way to it or the webhook in order; the operator then recovers by itself."],
}

const eventLoop: Alert = {
  name: "FiresteelEventLoopBlocked",
  severity: "warning",
  expr: `max by (job, instance) (${ours(of("nodejs.eventloop.delay.p99"))}) > 0.5`,
  for: "10m",
  summary: "The operator's process is overloaded",
  description:
    "Timers of {{ $labels.instance }} are late by {{ $value | humanizeDuration }}: the process has more to do than its CPU can, or is throttled. Probes may fail next.",
  look: [
    "`container_cpu_cfs_throttled_periods_total` of the pod: is it throttled by its limit?",
    "Dashboard Operator, *CPU*: near one core, it is at its limit. How many applications and pods are there?",
  ],
  act: ["Raise or remove its CPU limit; it wants one whole core.", "Split the namespaces over several operators."],
}

const heap: Alert = {
  name: "FiresteelHeapNearlyFull",
  severity: "warning",
  expr: `max by (job, instance) (${ours(`(${of("v8js.memory.heap.used")} / ${of("v8js.memory.heap.limit")})`)}) > 0.9`,
  for: "10m",
  summary: "The operator is about to run out of memory",
  description:
    "The heap of {{ $labels.instance }} is {{ $value | humanizePercentage }} full. At its limit the process ends, and begins again.",
  look: ["How many applications, finished ones included, and pods are there? Each is a few kilobytes in the cache."],
  act: [
    "Raise the memory of the pod. The heap's limit follows it up to 4 GiB; beyond, `NODE_OPTIONS=--max-old-space-size=…` sets it.",
    "Delete finished applications earlier: `spec.timeToLiveSeconds`, `--default-time-to-live`.",
  ],
}

export const operatorAlerts: AlertGroup = {
  name: "firesteel-operator",
  title: "The operator",
  alerts: [down, restarting, errors, latency, stuck, watches, throttled, apiErrors, eventLoop, heap],
}
