/** The instruments about the process, Node.js and V8, as OpenTelemetry's semantic conventions name them. */

import type { Instrument } from "../meter/Instrument.ts"

/** Delay and utilization of the event loop are over the last collection interval, but at least ten seconds. */
const observed = { changes: "read when collected", identity: "operator" } as const

export const ProcessInstruments = {
  "process.cpu.time": {
    kind: "observable-counter",
    unit: "s",
    description: "CPU seconds used",
    ...observed,
    attributes: { "cpu.mode": ["user", "system"] },
  },
  "process.memory.usage": {
    kind: "observable-up-down-counter",
    unit: "By",
    description: "Physical memory in use (resident set)",
    ...observed,
    attributes: {},
  },
  "process.uptime": {
    kind: "observable-gauge",
    unit: "s",
    description: "Time since the process started",
    ...observed,
    attributes: {},
  },
  "nodejs.eventloop.delay.p50": {
    kind: "observable-gauge",
    unit: "s",
    description: "How late the event loop runs timers, median",
    ...observed,
    attributes: {},
  },
  "nodejs.eventloop.delay.p90": {
    kind: "observable-gauge",
    unit: "s",
    description: "How late the event loop runs timers, 90th percentile",
    ...observed,
    attributes: {},
  },
  "nodejs.eventloop.delay.p99": {
    kind: "observable-gauge",
    unit: "s",
    description: "How late the event loop runs timers, 99th percentile",
    ...observed,
    attributes: {},
  },
  "nodejs.eventloop.delay.max": {
    kind: "observable-gauge",
    unit: "s",
    description: "How late the event loop runs timers, worst case",
    ...observed,
    attributes: {},
  },
  "nodejs.eventloop.utilization": {
    kind: "observable-gauge",
    unit: "1",
    description: "Share of the time that the event loop was busy",
    ...observed,
    attributes: {},
  },
  "v8js.memory.heap.used": {
    kind: "observable-up-down-counter",
    unit: "By",
    description: "Memory that the JavaScript heap uses",
    ...observed,
    attributes: {},
  },
  "v8js.memory.heap.limit": {
    kind: "observable-up-down-counter",
    unit: "By",
    description: "Size to which the JavaScript heap may grow",
    ...observed,
    attributes: {},
  },
} as const satisfies Record<string, Instrument>
