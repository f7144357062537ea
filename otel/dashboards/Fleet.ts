/** All applications together: their states, their outcomes, how long everything takes, and what hangs. */

import { withNamespace, pendingStates, transientStates } from "../Matchers.ts"
import { perMinute, quantile, increaseInRange, currentSum, orZero } from "../PromQl.ts"
import { connectServers } from "./ConnectServers.ts"
import { type Dashboard, query, type Row } from "./Dashboard.ts"
import { schedules } from "./Schedules.ts"
import { fleetSeries as of, fleetVariables, operatorSeries, phaseVariable } from "./Variables.ts"

const now: Row = {
  title: "Now",
  width: 3,
  panels: [
    {
      kind: "number",
      title: "Running",
      description: "Applications whose driver runs.",
      unit: "short",
      queries: [query(orZero(currentSum(of("spark.application.running"))), "running")],
    },
    {
      kind: "number",
      title: "Pending",
      description: "Applications that are submitted, about to be, or retried. Suspended ones are not included.",
      unit: "short",
      queries: [query(orZero(currentSum(of("spark.application.state", pendingStates))), "pending")],
    },
    {
      kind: "number",
      title: "Suspended",
      description: "Applications that wait until a user, or a queue, resumes them.",
      unit: "short",
      queries: [query(orZero(currentSum(of("spark.application.state", 'state="SUSPENDED"'))), "suspended")],
    },
    {
      kind: "number",
      title: "Executors",
      description: "Running executor pods.",
      unit: "short",
      queries: [query(orZero(currentSum(of("spark.executor.running"))), "executors")],
    },
    {
      kind: "number",
      title: "Tasks",
      description: "Tasks running at this moment, as reported by the drivers.",
      unit: "short",
      queries: [query(orZero(currentSum(of("spark.task.state", 'state="active"'))), "tasks")],
    },
    {
      kind: "number",
      title: "Longest pending",
      description:
        "How long the application that is stuck the longest has been in its state. Running and suspended ones are not included.",
      unit: "s",
      queries: [query(orZero(`max(${of("spark.application.state.age.max", transientStates)})`), "oldest")],
      thresholds: [
        [600, "orange"],
        [1800, "red"],
      ],
    },
    {
      kind: "number",
      title: "Failed permanently",
      description: "Applications that failed in the time range.",
      unit: "short",
      queries: [query(orZero(increaseInRange(of("spark.application.failed"))), "failed")],
      thresholds: [[1, "red"]],
    },
    {
      kind: "number",
      title: "Succeeded",
      description: "Share of the applications that ended in the time range.",
      unit: "percentunit",
      queries: [
        query(
          `${increaseInRange(of("spark.application.succeeded"))} / (${increaseInRange(of("spark.application.succeeded"))} + ${increaseInRange(of("spark.application.failed"))})`,
          "succeeded",
        ),
      ],
    },
  ],
}

const flow: Row = {
  title: "Activity",
  width: 8,
  panels: [
    {
      kind: "series",
      title: "Applications by state",
      description: "Every application that exists; finished ones stay until they are deleted.",
      unit: "short",
      width: 12,
      stacked: true,
      queries: [query(currentSum(of("spark.application.state"), "state"), "{{state}}")],
    },
    {
      kind: "series",
      title: "Outcomes per minute",
      description: "Created, submitted (every retry counts), succeeded, failed permanently.",
      unit: "cpm",
      width: 12,
      queries: [
        query(perMinute(of("spark.application.created")), "created"),
        query(perMinute(of("spark.application.submitted")), "submitted"),
        query(perMinute(of("spark.application.succeeded")), "succeeded"),
        query(perMinute(of("spark.application.failed")), "failed"),
        query(perMinute(of("spark.application.retries")), "retried"),
        query(orZero(perMinute(of("spark.application.submission.failed"))), "submission failed"),
      ],
    },
    {
      kind: "series",
      title: "Failed attempts by reason",
      description: "Runs and submissions that failed, retried or not. The reasons are explained in docs/telemetry.md.",
      unit: "cpm",
      stacked: true,
      queries: [query(perMinute(of("spark.application.attempt.failed"), "reason"), "{{reason}}")],
    },
    {
      kind: "series",
      title: "Failed permanently by namespace",
      description: "Applications that are not retried.",
      unit: "cpm",
      stacked: true,
      queries: [
        query(perMinute(of("spark.application.failed", withNamespace), "k8s_namespace_name"), "{{k8s_namespace_name}}"),
      ],
    },
    {
      kind: "series",
      title: "Retries by namespace",
      description: "Runs and submissions that are retried after a failure.",
      unit: "cpm",
      stacked: true,
      queries: [
        query(
          perMinute(of("spark.application.retries", withNamespace), "k8s_namespace_name"),
          "{{k8s_namespace_name}}",
        ),
      ],
    },
  ],
}

const stuck: Row = {
  title: "Stuck applications",
  width: 12,
  panels: [
    {
      kind: "series",
      title: "Oldest in its state",
      description: "How long the application that entered a state first has been in it; 0 when there is none.",
      unit: "s",
      queries: [query(`max by (state) (${of("spark.application.state.age.max", transientStates)})`, "{{state}}")],
    },
    {
      kind: "series",
      title: "Age in the state, p95 of the worst namespace",
      description: "Far below the oldest: one application hangs. Close to it: something delays all of them.",
      unit: "s",
      queries: [query(`max by (state) (${of("spark.application.state.age.p95", transientStates)})`, "{{state}}")],
    },
  ],
}

const health: Row = {
  title: "Health",
  width: 12,
  panels: [
    {
      kind: "series",
      title: "Failed probes per minute",
      description: "Of drivers and executors, as reported by their kubelets, which omit some of a pod with many.",
      unit: "cpm",
      stacked: true,
      queries: [query(perMinute(of("spark.operator.probe.failures"), "role, probe"), "{{role}} {{probe}}")],
    },
    {
      kind: "series",
      title: "Killed by probes per minute",
      description:
        "Drivers and executors that ended because a probe failed, by preset of spec.healthChecks; none: probes of the pod template.",
      unit: "cpm",
      stacked: true,
      queries: [
        query(perMinute(of("spark.operator.probe.kills"), "role, probe, preset"), "{{role}} {{probe}} {{preset}}"),
      ],
    },
    {
      kind: "series",
      title: "Stalled applications and silent executors",
      description:
        "Running applications without progress by the limits of their watchdog; running executor pods that their driver does not list as active.",
      unit: "short",
      queries: [
        query(orZero(currentSum(of("spark.application.stalled"))), "stalled applications"),
        query(orZero(currentSum(of("spark.executor.silent"))), "silent executors"),
      ],
    },
    {
      kind: "series",
      title: "Longest without progress",
      description:
        "Since a job, stage, task or micro-batch was seen to begin or end in a running application: the worst of each namespace. Servers that wait for clients are included.",
      unit: "s",
      queries: [
        query(`max by (k8s_namespace_name) (${of("spark.application.progress.age.max")})`, "{{k8s_namespace_name}}"),
      ],
    },
  ],
}

const phase = "spark.application.phase.duration"

const durations: Row = {
  title: "How long it takes",
  width: 12,
  panels: [
    {
      kind: "series",
      title: "Phases, p95",
      description:
        "From the creation of an application to the end of its run, in all namespaces. The phases are explained in docs/telemetry.md.",
      unit: "s",
      queries: [query(quantile(0.95, operatorSeries.buckets(phase), "phase"), "{{phase}}")],
    },
    {
      kind: "heatmap",
      title: "Phase $phase",
      description: "The distribution of durations of the phase that is chosen at the top, in all namespaces.",
      unit: "s",
      buckets: operatorSeries.buckets(phase, 'phase="$phase"'),
    },
    {
      kind: "series",
      title: "Until the first driver exists and runs",
      description: "From the creation of the application, including the wait in queues.",
      unit: "s",
      queries: [
        query(quantile(0.5, of.buckets("spark.application.submit.duration")), "submitted, p50"),
        query(quantile(0.95, of.buckets("spark.application.submit.duration")), "submitted, p95"),
        query(quantile(0.5, of.buckets("spark.application.start.duration")), "started, p50"),
        query(quantile(0.95, of.buckets("spark.application.start.duration")), "started, p95"),
      ],
    },
    {
      kind: "series",
      title: "Runs, p50 and p95",
      description: "From the start of a driver to its end, by result.",
      unit: "s",
      queries: [0.5, 0.95].map((q) =>
        query(
          quantile(q, of.buckets("spark.application.execution.duration"), "result"),
          `{{result}}, p${Math.round(q * 100)}`,
        ),
      ),
    },
  ],
}

const executors: Row = {
  title: "Executors and work",
  width: 8,
  panels: [
    {
      kind: "series",
      title: "Running executors",
      description: "Executor pods in the phase Running, by namespace.",
      unit: "short",
      stacked: true,
      queries: [
        query(currentSum(of("spark.executor.running", withNamespace), "k8s_namespace_name"), "{{k8s_namespace_name}}"),
      ],
    },
    {
      kind: "series",
      title: "Failed executors by reason",
      description: "Spark replaces failed executors; many failures are many lost tasks.",
      unit: "cpm",
      stacked: true,
      queries: [query(perMinute(of("spark.executor.failed"), "reason"), "{{reason}}")],
    },
    {
      kind: "series",
      title: "Tasks by state",
      description: "Tasks of the jobs that running drivers know. They fall when a run ends.",
      unit: "short",
      queries: [query(currentSum(of("spark.task.state"), "state"), "{{state}}")],
    },
    {
      kind: "series",
      title: "Running jobs and stages",
      description: "As reported by the drivers.",
      unit: "short",
      width: 12,
      queries: [
        query(currentSum(of("spark.job.state", 'state="active"')), "jobs"),
        query(currentSum(of("spark.stage.state", 'state="active"')), "stages"),
      ],
    },
    {
      kind: "series",
      title: "Oldest micro-batch",
      description:
        "Since the newest micro-batch of a streaming application ended, or began: the worst of each namespace. Empty without streaming applications.",
      unit: "s",
      width: 12,
      queries: [query(`max by (k8s_namespace_name) (${of("spark.streaming.batch.age")})`, "{{k8s_namespace_name}}")],
    },
  ],
}

const namespaces: Row = {
  title: "By namespace",
  width: 24,
  panels: [
    {
      kind: "table",
      title: "Namespaces",
      description: "What runs now, and what ended in the time range.",
      height: 10,
      by: "k8s_namespace_name",
      rows: "Namespace",
      queries: [
        query(currentSum(of("spark.application.running", withNamespace), "k8s_namespace_name"), "Running"),
        query(currentSum(of("spark.application.state", pendingStates, withNamespace), "k8s_namespace_name"), "Pending"),
        query(currentSum(of("spark.executor.running", withNamespace), "k8s_namespace_name"), "Executors"),
        query(increaseInRange(of("spark.application.succeeded", withNamespace), "k8s_namespace_name"), "Succeeded"),
        query(increaseInRange(of("spark.application.failed", withNamespace), "k8s_namespace_name"), "Failed"),
        query(increaseInRange(of("spark.application.retries", withNamespace), "k8s_namespace_name"), "Retried"),
      ],
    },
  ],
}

export const fleetDashboard: Dashboard = {
  uid: "firesteel-fleet",
  title: "Firesteel / Fleet",
  description: "All Spark applications: their states, their outcomes, how long everything takes, and what hangs.",
  variables: [...fleetVariables, phaseVariable],
  rows: [now, flow, stuck, schedules, health, connectServers, durations, executors, namespaces],
}
