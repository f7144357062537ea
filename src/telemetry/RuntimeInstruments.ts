/** The instruments about the process, Node.js and V8, as OpenTelemetry's semantic conventions name them. */
import type { Instrument } from "./Instrument.ts"

const observed = { changes: "read when collected", identity: "operator" } as const

export const RuntimeInstruments = {
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
  "nodejs.eventloop.delay": {
    kind: "observable-gauge",
    unit: "s",
    description: "How late the event loop runs timers, over the last collection interval",
    ...observed,
    attributes: { quantile: ["p50", "p90", "p99", "max"] },
  },
  "nodejs.eventloop.utilization": {
    kind: "observable-gauge",
    unit: "1",
    description: "Share of the time that the event loop was busy, over the last collection interval",
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
