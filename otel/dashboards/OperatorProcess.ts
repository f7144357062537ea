/** The operator's dashboard, second half: its process, its telemetry and its readings of drivers. */

import { perMinute, perSecond, quantile, currentSum } from "../PromQl.ts"
import { query, type Row } from "./Dashboard.ts"
import { operatorSeries as of } from "./Variables.ts"

export const processRow: Row = {
  title: "Process",
  width: 6,
  panels: [
    {
      kind: "series",
      title: "CPU",
      description: "Cores in use. The process uses little more than one, whatever its limit.",
      unit: "short",
      stacked: true,
      queries: [query(perSecond(of("process.cpu.time"), "cpu_mode"), "{{cpu_mode}}")],
    },
    {
      kind: "series",
      title: "Memory",
      description: "Of the largest replica. When the heap reaches its limit, the process ends.",
      unit: "bytes",
      queries: [
        query(`max(${of("process.memory.usage")})`, "resident"),
        query(`max(${of("v8js.memory.heap.used")})`, "heap"),
        query(`max(${of("v8js.memory.heap.limit")})`, "heap limit"),
      ],
    },
    {
      kind: "series",
      title: "Delay of the event loop",
      description: "How late timers run: a sign of an overloaded process.",
      unit: "s",
      queries: [
        query(`max(${of("nodejs.eventloop.delay.p50")})`, "p50"),
        query(`max(${of("nodejs.eventloop.delay.p90")})`, "p90"),
        query(`max(${of("nodejs.eventloop.delay.p99")})`, "p99"),
        query(`max(${of("nodejs.eventloop.delay.max")})`, "worst"),
      ],
    },
    {
      kind: "series",
      title: "Event loop busy",
      description: "Share of the time that it was busy.",
      unit: "percentunit",
      queries: [query(`max(${of("nodejs.eventloop.utilization")})`, "busy")],
    },
  ],
}

export const telemetryRow: Row = {
  title: "Telemetry and progress",
  width: 6,
  panels: [
    {
      kind: "series",
      title: "Exports over OTLP",
      description: "Requests to the OTLP backend by signal and outcome. All zero without an endpoint.",
      unit: "cpm",
      queries: [query(perMinute(of("spark.operator.telemetry.exports"), "signal, outcome"), "{{signal}} {{outcome}}")],
    },
    {
      kind: "series",
      title: "Dropped",
      description: "Spans and log lines that will never arrive, by reason. Metrics lose nothing.",
      unit: "cpm",
      queries: [query(perMinute(of("spark.operator.telemetry.dropped"), "signal, reason"), "{{signal}} {{reason}}")],
    },
    {
      kind: "series",
      title: "Faults",
      description: "Incomplete or inexact telemetry: values beyond a limit, gauges held at zero, failed collections.",
      unit: "cpm",
      queries: [query(perMinute(of("spark.operator.telemetry.faults"), "fault"), "{{fault}}")],
    },
    {
      kind: "series",
      title: "Readings of drivers",
      description: "Requests for the progress of running drivers, by access and outcome.",
      unit: "cpm",
      queries: [query(perMinute(of("spark.operator.progress.reads"), "access, outcome"), "{{access}} {{outcome}}")],
    },
    {
      kind: "series",
      title: "Duration of readings, p95",
      description: "How long it takes to read the progress of a driver.",
      unit: "s",
      queries: [query(quantile(0.95, of.buckets("spark.operator.progress.read.duration"), "access"), "{{access}}")],
    },
    {
      kind: "series",
      title: "Applications by state",
      description: "All applications that the operator manages.",
      unit: "short",
      width: 18,
      stacked: true,
      queries: [query(currentSum(of("spark.application.state"), "state"), "{{state}}")],
    },
  ],
}
