/** One application: its progress, its activity, its pods, and where to find more. */

import { selecting } from "../PromQl.ts"
import { type Dashboard, query, type Row } from "./Dashboard.ts"
import { applicationSeries as of, applicationVariables } from "./Variables.ts"

/** Series of its namespace: attempts and states are counted per namespace, not per application. */
const around = selecting('job=~"$job"', 'k8s_namespace_name="$namespace"')

const now: Row = {
  title: "$namespace/$app now",
  width: 4,
  panels: [
    {
      kind: "number",
      title: "Progress",
      description:
        "Share of the tasks known so far that are done. Empty for streaming applications, and while it does not run.",
      unit: "percentunit",
      queries: [query(`max(${of("spark.application.progress")})`, "progress")],
    },
    {
      kind: "number",
      title: "No progress for",
      description: "Since a job, stage, task or micro-batch was last seen to begin or end.",
      unit: "s",
      queries: [query(`max(${of("spark.application.progress.age")})`, "age")],
      thresholds: [
        [600, "orange"],
        [3600, "red"],
      ],
    },
    {
      kind: "number",
      title: "Executors",
      description: "Executors that its driver counts as active.",
      unit: "short",
      queries: [query(`max(${of("spark.application.executors")})`, "executors")],
    },
    {
      kind: "number",
      title: "Running tasks",
      description: "Zero while stages are active: it waits for executors.",
      unit: "short",
      queries: [query(`max(${of("spark.application.tasks", 'state="active"')})`, "tasks")],
    },
    {
      kind: "number",
      title: "Failed tasks",
      description: "Spark retries tasks; a few failures are harmless.",
      unit: "short",
      queries: [query(`max(${of("spark.application.tasks", 'state="failed"')})`, "failed")],
      thresholds: [[1, "orange"]],
    },
    {
      kind: "number",
      title: "Newest micro-batch",
      description: "Of a streaming application: the time since it ended, or, while it is running, since it began.",
      unit: "s",
      queries: [query(`max(${of("spark.application.batch.age")})`, "batch")],
      thresholds: [
        [120, "orange"],
        [600, "red"],
      ],
    },
  ],
}

const timeline: Row = {
  title: "Timeline",
  width: 24,
  panels: [
    {
      kind: "bands",
      title: "Activity",
      description: "The exact times of every attempt are in its trace and in status.attempts.",
      height: 6,
      queries: [
        query(`max(${of("spark.application.progress.age")}) >= bool 0`, "driver answers"),
        query(`max(${of("spark.application.executors")}) > bool 0`, "has executors"),
        query(`max(${of("spark.application.jobs", 'state="active"')}) > bool 0`, "a job runs"),
        query(`max(${of("spark.application.tasks", 'state="active"')}) > bool 0`, "tasks run"),
        query(`max(${of("spark.application.progress.age")}) > bool 300`, "no progress for 5 minutes"),
      ],
    },
  ],
}

const work: Row = {
  title: "Work",
  width: 8,
  panels: [
    {
      kind: "series",
      title: "Progress",
      description:
        "It may fall when a new job begins: Spark knows the jobs that were submitted so far, not those to come.",
      unit: "percentunit",
      queries: [query(`max(${of("spark.application.progress")})`, "progress")],
    },
    {
      kind: "series",
      title: "Executors and running tasks",
      description: "Far fewer tasks than cores: the stage has too few partitions, or a few slow ones.",
      unit: "short",
      queries: [
        query(`max(${of("spark.application.executors")})`, "executors"),
        query(`max(${of("spark.application.tasks", 'state="active"')})`, "tasks"),
      ],
    },
    {
      kind: "series",
      title: "Tasks",
      description: "Of the jobs that the driver knows, by state.",
      unit: "short",
      queries: [query(`max by (state) (${of("spark.application.tasks")})`, "{{state}}")],
    },
    {
      kind: "series",
      title: "Stages",
      description: "Of the jobs that the driver knows, by state.",
      unit: "short",
      queries: [query(`max by (state) (${of("spark.application.stages")})`, "{{state}}")],
    },
    {
      kind: "series",
      title: "Jobs",
      description: "The newest 1000 (spark.ui.retainedJobs), by state.",
      unit: "short",
      queries: [query(`max by (state) (${of("spark.application.jobs")})`, "{{state}}")],
    },
    {
      kind: "series",
      title: "Time without progress",
      description: "A line that only rises: the application hangs, or waits for executors.",
      unit: "s",
      queries: [
        query(`max(${of("spark.application.progress.age")})`, "job, stage, task or micro-batch"),
        query(`max(${of("spark.application.batch.age")})`, "newest micro-batch"),
      ],
    },
  ],
}

type PodEvents = "spark.operator.pod.creations" | "spark.operator.pod.updates" | "spark.operator.pod.deletions"

const events = (name: PodEvents, by = "") => `sum${by} (increase(${of(name)}[$__rate_interval]))`

const pods: Row = {
  title: "Pods",
  width: 12,
  panels: [
    {
      kind: "series",
      title: "Created and changed pods",
      description: "Driver and executors.",
      unit: "short",
      queries: [
        query(events("spark.operator.pod.creations"), "created"),
        query(events("spark.operator.pod.updates"), "changed"),
      ],
    },
    {
      kind: "series",
      title: "Deleted pods",
      description:
        "By the state of the application's stages at that moment. While stages are active, the tasks of a deleted pod are repeated elsewhere.",
      unit: "short",
      stacked: true,
      queries: [query(events("spark.operator.pod.deletions", " by (stage_state)"), "{{stage_state}}")],
    },
  ],
}

const neighbours: Row = {
  title: "In namespace $namespace",
  width: 12,
  panels: [
    {
      kind: "series",
      title: "Failed attempts by reason",
      description: "Of all applications of the namespace, per step of the graph.",
      unit: "short",
      stacked: true,
      queries: [
        query(
          `sum by (reason) (increase(${around("spark.application.attempt.failed")}[$__rate_interval]))`,
          "{{reason}}",
        ),
      ],
    },
    {
      kind: "series",
      title: "Oldest in its state",
      description: "Of all applications of the namespace.",
      unit: "s",
      queries: [query(`max by (state) (${around("spark.application.state.age.max")})`, "{{state}}")],
    },
  ],
}

/** `kubectl proxy` makes the driver's service reachable from the browser, with the user's own rights. */
const sparkUi =
  "http://localhost:8001/api/v1/namespaces/${namespace}/services/http:${app}-ui-svc:spark-driver-ui-port/proxy/"

const further: Row = {
  title: "Find more",
  width: 24,
  panels: [
    {
      kind: "text",
      title: "Commands",
      description: "State, progress, attempts with their times and reasons, logs, the Spark UI, the trace.",
      height: 9,
      markdown: [
        "```sh",
        "kubectl describe sparkapplication -n $namespace $app",
        "kubectl get sparkapplication -n $namespace $app -o jsonpath='{.status.progress}'",
        "kubectl get sparkapplication -n $namespace $app -o jsonpath='{.status.attempts[-1:].traceID}'   # the trace of the newest attempt",
        "kubectl logs -n $namespace $app-driver -f",
        "kubectl logs -n $namespace -l sparkoperator.k8s.io/app-name=$app,spark-role=executor --prefix",
        "```",
        "The Spark UI of a running driver: `kubectl proxy`, then the link at the top. The rows below query Tempo and Loki; choose them at the top.",
      ].join("\n"),
    },
  ],
}

const traces: Row = {
  title: "Traces (Tempo)",
  width: 24,
  collapsed: true,
  panels: [
    {
      kind: "traces",
      title: "Attempts",
      description: "One trace per attempt, with a span per phase.",
      source: "traces",
      query:
        '{ name = "spark.application.attempt" && span.k8s.namespace.name = "$namespace" && span.spark.application.name = "$app" }',
    },
  ],
}

const logs: Row = {
  title: "Logs (Loki)",
  width: 24,
  collapsed: true,
  panels: [
    {
      kind: "logs",
      title: "What the operator logged about it",
      description: "If the operator's logs go to Loki over OTLP.",
      height: 12,
      source: "logs",
      query: '{service_name="firesteel"} | application="$namespace/$app"',
    },
  ],
}

export const applicationDashboard: Dashboard = {
  uid: "firesteel-application",
  title: "Firesteel / Application",
  description: "One Spark application: its progress, its activity, its pods, and where to find more.",
  variables: [
    ...applicationVariables,
    { kind: "datasource", name: "traces", label: "Tempo", type: "tempo" },
    { kind: "datasource", name: "logs", label: "Loki", type: "loki" },
  ],
  links: [{ title: "Spark UI", url: sparkUi, tooltip: "Of the running driver; start `kubectl proxy` first" }],
  rows: [now, timeline, work, pods, neighbours, further, traces, logs],
}
