/** The row about schedules of the dashboard Fleet. */

import { currentSum, perMinute, quantile } from "../PromQl.ts"
import { query, type Row } from "./Dashboard.ts"
import { fleetSeries as of } from "./Variables.ts"

export const schedules: Row = {
  title: "Schedules",
  width: 8,
  panels: [
    {
      kind: "series",
      title: "Schedules by state",
      description: "ScheduledSparkApplications. Blocked: the next run waits for an unfinished one, or was refused.",
      unit: "short",
      stacked: true,
      queries: [query(currentSum(of("spark.schedule.state"), "state"), "{{state}}")],
    },
    {
      kind: "series",
      title: "Runs per minute",
      description:
        "Runs that were started, on schedule or by hand; scheduled times without a run: skipped, by reason, or missed, because they passed while the operator did not run or before a deadline.",
      unit: "cpm",
      queries: [
        query(perMinute(of("spark.schedule.started"), "trigger"), "started, {{trigger}}"),
        query(perMinute(of("spark.schedule.skipped"), "reason"), "skipped, {{reason}}"),
        query(perMinute(of("spark.schedule.missed")), "missed"),
      ],
    },
    {
      kind: "series",
      title: "From the scheduled time to the run",
      description: "How late runs are created.",
      unit: "s",
      queries: [0.5, 0.95].map((q) =>
        query(quantile(q, of.buckets("spark.schedule.start.latency")), `p${Math.round(q * 100)}`),
      ),
    },
    {
      kind: "series",
      title: "Success overdue",
      description:
        "For how long the next success has been due, one interval after the last one: the ten worst schedules. Suspended ones are not included.",
      unit: "s",
      width: 12,
      queries: [
        query(
          `topk(10, max by (k8s_namespace_name, schedule) (${of("spark.schedule.success.overdue")}) > 0)`,
          "{{k8s_namespace_name}}/{{schedule}}",
        ),
      ],
    },
    {
      kind: "series",
      title: "Age of the last success",
      description: "The ten schedules whose last success is the longest ago. Suspended ones are not included.",
      unit: "s",
      width: 12,
      queries: [
        query(
          `topk(10, max by (k8s_namespace_name, schedule) (${of("spark.schedule.success.age")}))`,
          "{{k8s_namespace_name}}/{{schedule}}",
        ),
      ],
    },
  ],
}
