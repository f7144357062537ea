/** What applications request of the cluster, what that costs by estimate, and how much of it they use. */

import { currentSum, increaseInRange, orZero, perSecond } from "../PromQl.ts"
import { type Dashboard, query, type Row } from "./Dashboard.ts"
import { fleetSeries as of, fleetVariables } from "./Variables.ts"

const namespace = "k8s_namespace_name"
const inHours = (seconds: string): string => `${seconds} / 3600`
const gib = 2 ** 30

const now: Row = {
  title: "Now and in the time range",
  width: 4,
  panels: [
    {
      kind: "number",
      title: "Reserved cores",
      description: "CPU cores that are reserved now for drivers and executors.",
      unit: "short",
      queries: [query(orZero(currentSum(of("spark.application.reserved.cpu"))), "cores")],
    },
    {
      kind: "number",
      title: "Reserved memory",
      description: "Memory that is reserved now for drivers and executors.",
      unit: "bytes",
      queries: [query(orZero(currentSum(of("spark.application.reserved.memory"))), "memory")],
    },
    {
      kind: "number",
      title: "Reserved GPUs",
      description: "GPUs that are reserved now for drivers and executors.",
      unit: "short",
      queries: [query(orZero(currentSum(of("spark.application.reserved.gpu"))), "GPUs")],
    },
    {
      kind: "number",
      title: "Core-hours",
      description: "Requested in the time range. Running pods are counted about five minutes later.",
      unit: "short",
      queries: [query(orZero(inHours(increaseInRange(of("spark.application.requested.cpu")))), "core-hours")],
    },
    {
      kind: "number",
      title: "GiB-hours",
      description: "Memory that was requested in the time range.",
      unit: "short",
      queries: [
        query(orZero(`${increaseInRange(of("spark.application.requested.memory"))} / ${gib} / 3600`), "GiB-hours"),
      ],
    },
    {
      kind: "number",
      title: "Estimated cost",
      description:
        "Of what was requested in the time range, at the prices of the operator, by currency. Empty without prices (--cost-prices).",
      unit: "short",
      queries: [query(increaseInRange(of("spark.application.estimated.cost"), "currency"), "{{currency}}")],
    },
  ],
}

const byNamespace: Row = {
  title: "By namespace",
  width: 8,
  panels: [
    {
      kind: "series",
      title: "Reserved cores",
      description: "CPU cores that are reserved for drivers and executors.",
      unit: "short",
      stacked: true,
      queries: [query(currentSum(of("spark.application.reserved.cpu"), namespace), `{{${namespace}}}`)],
    },
    {
      kind: "series",
      title: "Reserved memory",
      description: "Memory that is reserved for drivers and executors.",
      unit: "bytes",
      stacked: true,
      queries: [query(currentSum(of("spark.application.reserved.memory"), namespace), `{{${namespace}}}`)],
    },
    {
      kind: "series",
      title: "Reserved GPUs",
      description: "GPUs that are reserved for drivers and executors.",
      unit: "short",
      stacked: true,
      queries: [query(currentSum(of("spark.application.reserved.gpu"), namespace), `{{${namespace}}}`)],
    },
    {
      kind: "series",
      title: "Estimated cost per hour",
      description:
        "At the prices of the operator, as it was counted: pods are counted when they end or every few minutes.",
      unit: "short",
      width: 12,
      queries: [
        query(
          `3600 * ${perSecond(of("spark.application.estimated.cost"), `${namespace}, currency`)}`,
          `{{${namespace}}}, {{currency}}`,
        ),
      ],
    },
    {
      kind: "series",
      title: "Counted executors",
      description: "Executors over time, as they were counted: their lifetime per second.",
      unit: "short",
      width: 12,
      queries: [query(perSecond(of("spark.application.executor.lifetime"), namespace), `{{${namespace}}}`)],
    },
    {
      kind: "table",
      title: "In the time range",
      description: "What was requested in the time range, by namespace.",
      by: namespace,
      rows: "Namespace",
      width: 24,
      queries: [
        query(inHours(increaseInRange(of("spark.application.requested.cpu"), namespace)), "core-hours"),
        query(`${increaseInRange(of("spark.application.requested.memory"), namespace)} / ${gib} / 3600`, "GiB-hours"),
        query(inHours(increaseInRange(of("spark.application.requested.gpu"), namespace)), "GPU-hours"),
        query(inHours(increaseInRange(of("spark.application.executor.lifetime"), namespace)), "executor-hours"),
        query(increaseInRange(of("spark.application.estimated.cost"), namespace), "estimated cost"),
      ],
    },
  ],
}

const efficiency: Row = {
  title: "Efficiency",
  width: 12,
  panels: [
    {
      kind: "series",
      title: "Least used",
      description: "The ten running applications whose executor cores run tasks for the smallest share of their time.",
      unit: "percentunit",
      queries: [
        query(
          `bottomk(10, max by (${namespace}, app_name) (${of("spark.application.executor.utilization")}))`,
          `{{${namespace}}}/{{app_name}}`,
        ),
      ],
    },
    {
      kind: "series",
      title: "Running applications by use of their cores",
      description: "The mean share of the time of executor cores in which tasks ran, over running applications.",
      unit: "percentunit",
      queries: [
        query(
          `avg by (${namespace}) (max without (instance, pod, node) (${of("spark.application.executor.utilization")}))`,
          `{{${namespace}}}`,
        ),
      ],
    },
  ],
}

export const costDashboard: Dashboard = {
  uid: "firesteel-cost",
  title: "Firesteel / Cost",
  description: "What Spark applications request, what that costs by estimate, and how much of it they use.",
  variables: fleetVariables,
  rows: [now, byNamespace, efficiency],
}
