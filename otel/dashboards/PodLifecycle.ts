/** The life of driver and executor pods: how they are created, how long each step takes, how they end. */

import { withNamespace } from "../Matchers.ts"
import { perMinute, quantile, increaseInRange, currentSum, orZero } from "../PromQl.ts"
import { type Dashboard, query, type Row } from "./Dashboard.ts"
import { fleetSeries as of, fleetVariables, operatorSeries } from "./Variables.ts"

const phase = "spark.application.phase.duration"

const now: Row = {
  title: "Now",
  width: 4,
  panels: [
    {
      kind: "number",
      title: "Waiting drivers",
      description: "Applications whose driver pod exists and does not run yet.",
      unit: "short",
      queries: [query(orZero(currentSum(of("spark.application.state", 'state="SUBMITTED"'))), "wait")],
    },
    {
      kind: "number",
      title: "Running drivers",
      description: "Applications in the state RUNNING.",
      unit: "short",
      queries: [query(orZero(currentSum(of("spark.application.running"))), "run")],
    },
    {
      kind: "number",
      title: "Running executors",
      description: "Executor pods in the phase Running.",
      unit: "short",
      queries: [query(orZero(currentSum(of("spark.executor.running"))), "run")],
    },
    {
      kind: "number",
      title: "Active executors by drivers",
      description: "Fewer than running ones for a long time: some started and did not reach their driver.",
      unit: "short",
      queries: [query(orZero(currentSum(of("spark.executor.active"))), "active")],
    },
    {
      kind: "number",
      title: "Failed pods",
      description: "In the time range, for any reason other than Completed and Deleted.",
      unit: "short",
      queries: [
        query(orZero(increaseInRange(of("spark.operator.pod.final_state", 'reason!~"Completed|Deleted"'))), "failed"),
      ],
      thresholds: [[1, "orange"]],
    },
    {
      kind: "number",
      title: "Longest wait for a driver",
      description: "Since the submission of the oldest application whose driver does not run yet.",
      unit: "s",
      queries: [query(orZero(`max(${of("spark.application.state.age.max", 'state="SUBMITTED"')})`), "oldest")],
      thresholds: [
        [300, "orange"],
        [1800, "red"],
      ],
    },
  ],
}

const coming: Row = {
  title: "Creation and deletion",
  width: 8,
  panels: [
    {
      kind: "series",
      title: "Drivers and executors",
      description: "By what they do now.",
      unit: "short",
      queries: [
        query(currentSum(of("spark.application.state", 'state="SUBMITTED"')), "waiting drivers"),
        query(currentSum(of("spark.application.running")), "running drivers"),
        query(currentSum(of("spark.executor.running")), "running executors"),
        query(currentSum(of("spark.executor.active")), "active executors by drivers"),
      ],
    },
    {
      kind: "series",
      title: "Pods per minute",
      description: "Spark pods that were created, changed and deleted.",
      unit: "cpm",
      queries: [
        query(perMinute(of("spark.operator.pod.creations")), "created"),
        query(perMinute(of("spark.operator.pod.updates")), "changed"),
        query(perMinute(of("spark.operator.pod.deletions")), "deleted"),
      ],
    },
    {
      kind: "series",
      title: "State of the stages when pods are deleted",
      description: "Pods that are deleted while stages are active lose work.",
      unit: "cpm",
      stacked: true,
      queries: [query(perMinute(of("spark.operator.pod.deletions"), "stage_state"), "{{stage_state}}")],
    },
  ],
}

const steps: Row = {
  title: "How long the start of a driver takes, in all namespaces",
  width: 12,
  panels: [
    {
      kind: "series",
      title: "Steps of the start, p95",
      description:
        "schedule: a node was found. sandbox: volumes and network. init: init containers. pull: image and start of the container.",
      unit: "s",
      queries: [
        query(
          quantile(0.95, operatorSeries.buckets(phase, 'phase=~"schedule|sandbox|init|pull"'), "phase"),
          "{{phase}}",
        ),
      ],
    },
    {
      kind: "series",
      title: "Until executors run, p95",
      description:
        "context: the driver's first executor pod. first_executor and executors: from there until one, and all of them, started.",
      unit: "s",
      queries: [
        query(
          quantile(0.95, operatorSeries.buckets(phase, 'phase=~"context|first_executor|executors"'), "phase"),
          "{{phase}}",
        ),
      ],
    },
    {
      kind: "heatmap",
      title: "Scheduling",
      description:
        "From the creation of the driver pod until a node was found. A wide band: the cluster is full from time to time.",
      unit: "s",
      buckets: operatorSeries.buckets(phase, 'phase="schedule"'),
    },
    {
      kind: "heatmap",
      title: "Image pull",
      description:
        "Pull of the driver's image, and start of its container. Two bands: nodes that have the image, and nodes that pull it.",
      unit: "s",
      buckets: operatorSeries.buckets(phase, 'phase="pull"'),
    },
  ],
}

const ends: Row = {
  title: "How they end",
  width: 8,
  panels: [
    {
      kind: "series",
      title: "Ended drivers by reason",
      description: "Deleted: before they ended by themselves.",
      unit: "cpm",
      stacked: true,
      queries: [query(perMinute(of("spark.operator.pod.final_state", 'role="driver"'), "reason"), "{{reason}}")],
    },
    {
      kind: "series",
      title: "Ended executors by reason",
      description: "Deleted is normal: the driver deletes executors when it ends or has too many.",
      unit: "cpm",
      stacked: true,
      queries: [query(perMinute(of("spark.operator.pod.final_state", 'role="executor"'), "reason"), "{{reason}}")],
    },
    {
      kind: "series",
      title: "Executors lost during work",
      description: "Executor pods that failed or were deleted while stages were active.",
      unit: "cpm",
      stacked: true,
      queries: [
        query(
          perMinute(
            of("spark.operator.pod.final_state", 'role="executor"', 'stage_state="active"', 'reason!="Completed"'),
            "reason",
          ),
          "{{reason}}",
        ),
      ],
    },
    {
      kind: "series",
      title: "Failed executors by reason",
      description: "As counted in the status of applications. The reasons are explained in docs/telemetry.md.",
      unit: "cpm",
      width: 12,
      stacked: true,
      queries: [query(perMinute(of("spark.executor.failed"), "reason"), "{{reason}}")],
    },
    {
      kind: "series",
      title: "Failed executors by namespace",
      description: "Next to those that succeeded.",
      unit: "cpm",
      width: 12,
      queries: [
        query(
          perMinute(of("spark.executor.failed", withNamespace), "k8s_namespace_name"),
          "failed in {{k8s_namespace_name}}",
        ),
        query(perMinute(of("spark.executor.succeeded")), "succeeded, all"),
      ],
    },
  ],
}

const watching: Row = {
  title: "How soon the operator reacts",
  width: 24,
  panels: [
    {
      kind: "series",
      title: "Handling of events",
      description: "From the arrival of a pod's change in the operator to the end of the reconcile that handled it.",
      unit: "s",
      width: 12,
      queries: [0.5, 0.95].map((q) =>
        query(
          quantile(q, operatorSeries.buckets("spark.operator.pod.event.duration"), "event"),
          `{{event}}, p${Math.round(q * 100)}`,
        ),
      ),
    },
    {
      kind: "series",
      title: "Age of events on arrival",
      description: "By the pod's own timestamps, which are whole seconds: delays of the kubelet and of the API server.",
      unit: "s",
      width: 12,
      queries: [0.5, 0.95].map((q) =>
        query(
          quantile(q, operatorSeries.buckets("spark.operator.pod.event.latency"), "event"),
          `{{event}}, p${Math.round(q * 100)}`,
        ),
      ),
    },
  ],
}

export const podLifecycleDashboard: Dashboard = {
  uid: "firesteel-pod-lifecycle",
  title: "Firesteel / Pod lifecycle",
  description: "The life of driver and executor pods: how they are created, how long each step takes, how they end.",
  variables: fleetVariables,
  rows: [now, coming, steps, ends, watching],
}
