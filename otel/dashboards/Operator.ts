/** The operator itself: its queue, its reconciles, its requests to the API server, its process, its telemetry. */

import { ofApplicationQueue, unanswered } from "../Matchers.ts"
import { orZero, perMinute, perSecond, quantile } from "../PromQl.ts"
import { type Dashboard, query, type Row } from "./Dashboard.ts"
import { processRow, telemetryRow } from "./OperatorProcess.ts"
import { operatorSeries as of, operatorVariables } from "./Variables.ts"

const quantiles = (buckets: string) =>
  [0.5, 0.95, 0.99].map((q) => query(quantile(q, buckets), `p${Math.round(q * 100)}`))

const now: Row = {
  title: "Now",
  width: 4,
  panels: [
    {
      kind: "number",
      title: "Running since",
      description: "The time since the newest process of the operator started. Repeatedly short: it crashes.",
      unit: "s",
      queries: [query(`min(${of("process.uptime")})`, "uptime")],
    },
    {
      kind: "number",
      title: "Replicas",
      description: "Processes of the operator that send metrics. 0 or no value: it is down, or it is not scraped.",
      unit: "short",
      queries: [query(`count(${of("process.uptime")})`, "replicas")],
    },
    {
      kind: "number",
      title: "Waiting in the queue",
      description: "Applications that changed and wait for their reconcile.",
      unit: "short",
      queries: [query(`sum(${of("workqueue.depth", ofApplicationQueue)})`, "waiting")],
      thresholds: [
        [500, "orange"],
        [2000, "red"],
      ],
    },
    {
      kind: "number",
      title: "Longest reconcile",
      description: "How long the longest reconcile in progress has been running.",
      unit: "s",
      queries: [query(`max(${of("workqueue.longest_running_processor", ofApplicationQueue)})`, "longest")],
      thresholds: [
        [30, "orange"],
        [300, "red"],
      ],
    },
    {
      kind: "number",
      title: "Failed reconciles",
      description: "Share of the reconciles of the last five minutes that ended with an error and are retried.",
      unit: "percentunit",
      queries: [
        query(
          `sum(rate(${of("spark.operator.reconciles", 'outcome="error"')}[5m])) / sum(rate(${of("spark.operator.reconciles")}[5m]))`,
          "failed",
        ),
      ],
      thresholds: [
        [0.01, "orange"],
        [0.1, "red"],
      ],
    },
    {
      kind: "number",
      title: "Event loop busy",
      description: "Share of the time that the process was busy. Near 100 %, everything waits for it.",
      unit: "percentunit",
      queries: [query(`max(${of("nodejs.eventloop.utilization")})`, "busy")],
      thresholds: [
        [0.7, "orange"],
        [0.9, "red"],
      ],
    },
  ],
}

const workqueue: Row = {
  title: "Work queue",
  width: 6,
  panels: [
    {
      kind: "series",
      title: "Waiting in the queue",
      description:
        "Keys that wait. A queue that only grows is too much work for `--status-workers` or for the API server.",
      unit: "short",
      queries: [query(`sum(${of("workqueue.depth", ofApplicationQueue)})`, "waiting")],
    },
    {
      kind: "series",
      title: "Added to the queue",
      description: "Keys added, and those of them that are retried after an error.",
      unit: "ops",
      queries: [
        query(perSecond(of("workqueue.adds", ofApplicationQueue)), "added"),
        query(perSecond(of("workqueue.retries", ofApplicationQueue)), "retried after an error"),
      ],
    },
    {
      kind: "series",
      title: "Time in the queue",
      description: "How long a key waits until a worker takes it.",
      unit: "s",
      queries: quantiles(of.buckets("workqueue.queue.duration", ofApplicationQueue)),
    },
    {
      kind: "series",
      title: "Time of work",
      description: "How long the work on a key takes; most of it are requests to the API server.",
      unit: "s",
      queries: [
        ...quantiles(of.buckets("workqueue.work.duration", ofApplicationQueue)),
        query(`max(${of("workqueue.longest_running_processor", ofApplicationQueue)})`, "in progress, longest"),
        query(`sum(${of("workqueue.unfinished_work", ofApplicationQueue)})`, "in progress, sum"),
      ],
    },
  ],
}

const reconciles: Row = {
  title: "Reconciles",
  width: 8,
  panels: [
    {
      kind: "series",
      title: "Reconciles by outcome",
      description: "`requeue`: another reconcile is planned. `dropped`: interrupted by the shutdown of the operator.",
      unit: "ops",
      stacked: true,
      queries: [query(perSecond(of("spark.operator.reconciles"), "outcome"), "{{outcome}}")],
    },
    {
      kind: "series",
      title: "Errors by reason",
      description: "Reconciles that are retried, by reason: an occasional Conflict is normal, the others are not.",
      unit: "ops",
      queries: [query(perSecond(of("spark.operator.reconciles", 'outcome="error"'), "reason"), "{{reason}}")],
    },
    {
      kind: "series",
      title: "Duration",
      description: "How long reconciles take.",
      unit: "s",
      queries: quantiles(of.buckets("spark.operator.reconcile.duration")),
    },
  ],
}

const requests = "kubernetes.client.requests"

const api: Row = {
  title: "Requests to Kubernetes",
  width: 6,
  panels: [
    {
      kind: "series",
      title: "Requests",
      description: "By verb and resource.",
      unit: "reqps",
      stacked: true,
      queries: [query(perSecond(of(requests), "verb, resource"), "{{verb}} {{resource}}")],
    },
    {
      kind: "series",
      title: "Answers",
      description: "By status code, or by the reason for a missing answer.",
      unit: "reqps",
      stacked: true,
      queries: [query(perSecond(of(requests), "code"), "{{code}}")],
    },
    {
      kind: "series",
      title: "Throttled and failed requests",
      description: "429: the API server asks for fewer requests. Errors: 5xx, or no answer. Both are retried.",
      unit: "reqps",
      queries: [
        query(orZero(perSecond(of(requests, 'code="429"'))), "429"),
        query(orZero(perSecond(of(requests, unanswered))), "errors"),
      ],
    },
    {
      kind: "series",
      title: "Duration, p95",
      description: "By verb and resource, without watches.",
      unit: "s",
      queries: [
        query(
          quantile(0.95, of.buckets("kubernetes.client.request.duration"), "verb, resource"),
          "{{verb}} {{resource}}",
        ),
      ],
    },
    {
      kind: "series",
      title: "Lists and watches",
      description: "`reconnect` every few minutes is normal. Frequent `gone` and `relist` are load for the API server.",
      unit: "cpm",
      width: 12,
      queries: [query(perMinute(of("kubernetes.client.watch.lifecycle"), "event, resource"), "{{event}} {{resource}}")],
    },
    {
      kind: "series",
      title: "Handling of pod events",
      description: "From the arrival of a pod's change in the operator to the end of the reconcile that handled it.",
      unit: "s",
      width: 12,
      queries: quantiles(of.buckets("spark.operator.pod.event.duration")),
    },
  ],
}

export const operatorDashboard: Dashboard = {
  uid: "firesteel-operator",
  title: "Firesteel / Operator",
  description: "The operator itself: its queue, its reconciles, its requests to the API server, its process.",
  variables: operatorVariables,
  rows: [now, workqueue, reconciles, api, processRow, telemetryRow],
}
