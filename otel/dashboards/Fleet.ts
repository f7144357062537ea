/** All applications together: what they do, what becomes of them, how long everything takes and what hangs. */

import { withNamespace, pendingStates, transientStates } from "../Matchers.ts"
import { perMinute, quantile, increaseInRange, currentSum } from "../PromQl.ts"
import { type Dashboard, query, type Row } from "./Dashboard.ts"
import { fleetSeries as of, fleetVariables, phaseVariable } from "./Variables.ts"

const now: Row = {
  title: "Now",
  width: 3,
  panels: [
    {
      kind: "number",
      title: "Running",
      description: "Applications whose driver runs.",
      unit: "short",
      queries: [query(currentSum(of("spark.application.running")), "running")],
    },
    {
      kind: "number",
      title: "On their way",
      description: "Applications that are submitted, about to be, or tried again. Suspended ones are not among them.",
      unit: "short",
      queries: [query(currentSum(of("spark.application.state", pendingStates)), "on their way")],
    },
    {
      kind: "number",
      title: "Suspended",
      description: "Applications that wait until somebody, or a queue, resumes them.",
      unit: "short",
      queries: [query(currentSum(of("spark.application.state", 'state="SUSPENDED"')), "suspended")],
    },
    {
      kind: "number",
      title: "Executors",
      description: "Executor pods that run.",
      unit: "short",
      queries: [query(currentSum(of("spark.executor.running")), "executors")],
    },
    {
      kind: "number",
      title: "Tasks",
      description: "Tasks that run at this moment, as far as the drivers say.",
      unit: "short",
      queries: [query(currentSum(of("spark.task.state", 'state="active"')), "tasks")],
    },
    {
      kind: "number",
      title: "Longest on its way",
      description:
        "How long the application that is stuck the longest has been in its state. Running and suspended ones are not among them.",
      unit: "s",
      queries: [query(`max(${of("spark.application.state.age.max", transientStates)})`, "oldest")],
      thresholds: [
        [600, "orange"],
        [1800, "red"],
      ],
    },
    {
      kind: "number",
      title: "Failed for good",
      description: "Applications that failed in the time shown.",
      unit: "short",
      queries: [query(increaseInRange(of("spark.application.failed")), "failed")],
      thresholds: [[1, "red"]],
    },
    {
      kind: "number",
      title: "Succeeded",
      description: "Share of the applications that ended in the time shown.",
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
  title: "What happens",
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
      description: "Created, submitted (every retry counts), ended well or for good not.",
      unit: "cpm",
      width: 12,
      queries: [
        query(perMinute(of("spark.application.created")), "created"),
        query(perMinute(of("spark.application.submitted")), "submitted"),
        query(perMinute(of("spark.application.succeeded")), "succeeded"),
        query(perMinute(of("spark.application.failed")), "failed"),
        query(perMinute(of("spark.application.retries")), "tried again"),
        query(perMinute(of("spark.application.submission.failed")), "submission failed"),
      ],
    },
    {
      kind: "series",
      title: "Failed attempts by reason",
      description: "Runs and submissions that failed, tried again or not. What the reasons mean: docs/telemetry.md.",
      unit: "cpm",
      stacked: true,
      queries: [query(perMinute(of("spark.application.attempt.failed"), "reason"), "{{reason}}")],
    },
    {
      kind: "series",
      title: "Failed for good by reason",
      description: "Applications that are not tried again.",
      unit: "cpm",
      stacked: true,
      queries: [query(perMinute(of("spark.application.failed"), "reason"), "{{reason}}")],
    },
    {
      kind: "series",
      title: "Retries by namespace",
      description: "Runs and submissions that are tried again after a failure.",
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
  title: "What hangs",
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
      description: "Far below the oldest: one application hangs. Near it: something holds up all of them.",
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
      description: "Of drivers and executors, as their kubelets tell; of a pod with many they leave some out.",
      unit: "cpm",
      stacked: true,
      queries: [query(perMinute(of("spark.operator.probe.failures"), "role, probe"), "{{role}} {{probe}}")],
    },
    {
      kind: "series",
      title: "Killed by probes per minute",
      description:
        "Drivers and executors that ended because a probe failed, by preset of spec.healthChecks; none: probes of their own.",
      unit: "cpm",
      stacked: true,
      queries: [
        query(perMinute(of("spark.operator.probe.kills"), "role, probe, preset"), "{{role}} {{probe}} {{preset}}"),
      ],
    },
    {
      kind: "series",
      title: "Stalled, and executors that nobody counts",
      description:
        "Running applications that do not get on by the limits of their watchdog; executor pods that run and that their driver does not count.",
      unit: "short",
      queries: [
        query(currentSum(of("spark.application.stalled")), "stalled applications"),
        query(currentSum(of("spark.executor.silent")), "silent executors"),
      ],
    },
    {
      kind: "series",
      title: "Longest without progress",
      description:
        "Since a job, stage, task or micro-batch was seen to begin or end in a running application: the worst of each namespace. Servers that wait for people are among them.",
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
        "From the creation of an application to the end of its run, by timestamps of Kubernetes. What the phases are: docs/telemetry.md.",
      unit: "s",
      queries: [query(quantile(0.95, of.buckets(phase), "phase"), "{{phase}}")],
    },
    {
      kind: "heatmap",
      title: "Phase $phase",
      description: "How many attempts took how long for the phase that is chosen at the top.",
      unit: "s",
      buckets: of.buckets(phase, 'phase="$phase"'),
    },
    {
      kind: "series",
      title: "Until the first driver exists and runs",
      description: "From the creation of the application, waiting in queues included.",
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
      description: "From the start of a driver to its end, by how it ended.",
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
      title: "Executors that run",
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
      description: "Executors that did not end well. Spark replaces them; many are many lost tasks.",
      unit: "cpm",
      stacked: true,
      queries: [query(perMinute(of("spark.executor.failed"), "reason"), "{{reason}}")],
    },
    {
      kind: "series",
      title: "Tasks by state",
      description: "Tasks of the jobs that running drivers know. They go down when a run ends.",
      unit: "short",
      queries: [query(currentSum(of("spark.task.state"), "state"), "{{state}}")],
    },
    {
      kind: "series",
      title: "Jobs and stages that run",
      description: "As far as the drivers say.",
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
      description: "What runs now, and what ended in the time shown.",
      height: 10,
      by: "k8s_namespace_name",
      rows: "Namespace",
      queries: [
        query(currentSum(of("spark.application.running", withNamespace), "k8s_namespace_name"), "Running"),
        query(
          currentSum(of("spark.application.state", pendingStates, withNamespace), "k8s_namespace_name"),
          "On their way",
        ),
        query(currentSum(of("spark.executor.running", withNamespace), "k8s_namespace_name"), "Executors"),
        query(increaseInRange(of("spark.application.succeeded", withNamespace), "k8s_namespace_name"), "Succeeded"),
        query(increaseInRange(of("spark.application.failed", withNamespace), "k8s_namespace_name"), "Failed"),
        query(increaseInRange(of("spark.application.retries", withNamespace), "k8s_namespace_name"), "Tried again"),
      ],
    },
  ],
}

export const fleetDashboard: Dashboard = {
  uid: "firesteel-fleet",
  title: "Firesteel / Fleet",
  description: "All Spark applications: what they do, what becomes of them, how long it takes, what hangs.",
  variables: [...fleetVariables, phaseVariable],
  rows: [now, flow, stuck, health, durations, executors, namespaces],
}
