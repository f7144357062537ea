/** Connect servers, as a row of the dashboard Fleet. */

import { currentSum, perMinute, quantile } from "../PromQl.ts"
import { query, type Row } from "./Dashboard.ts"
import { fleetSeries as of, operatorSeries } from "./Variables.ts"

export const connectServers: Row = {
  title: "Connect servers",
  width: 8,
  panels: [
    {
      kind: "series",
      title: "Connect servers by state",
      description: "Every SparkConnect that exists. Suspended and idle ones were stopped and can be started again.",
      unit: "short",
      stacked: true,
      queries: [query(currentSum(of("spark.connect.servers"), "state"), "{{state}}")],
    },
    {
      kind: "series",
      title: "Sessions, operations and executors",
      description:
        "Open sessions (from Spark 4.3 on), running operations (jobs before), and running executors of all Connect servers.",
      unit: "short",
      queries: [
        query(currentSum(of("spark.connect.sessions")), "sessions"),
        query(currentSum(of("spark.connect.operations")), "operations"),
        query(currentSum(of("spark.connect.executors", 'phase="running"')), "executors"),
      ],
    },
    {
      kind: "series",
      title: "Restarts of Connect servers",
      description: "Servers that were started after another one, by the reason for which that had ended.",
      unit: "cpm",
      stacked: true,
      queries: [query(perMinute(of("spark.connect.restarts"), "reason"), "{{reason}}")],
    },
    {
      kind: "series",
      title: "Until a Connect server answers",
      description: "From the creation of its pod until its endpoint answers.",
      unit: "s",
      queries: [0.5, 0.95].map((q) =>
        query(quantile(q, of.buckets("spark.connect.start.duration")), `p${Math.round(q * 100)}`),
      ),
    },
    {
      kind: "series",
      title: "Readings of sessions",
      description:
        "How often servers were asked for their sessions, by outcome. Idleness is known only while they answer.",
      unit: "cpm",
      queries: [query(perMinute(operatorSeries("spark.connect.activity.reads"), "outcome"), "{{outcome}}")],
    },
  ],
}
