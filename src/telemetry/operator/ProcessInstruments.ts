/**
 * The instruments about the process, Node.js and V8, as OpenTelemetry's semantic conventions name them. Delay and utilization of the event
 * loop are over the last collection interval, but at least ten seconds.
 */

import type { Instrument } from "../meter/Instrument.ts"

const observed = { changes: "read when collected", identity: "operator" } as const
const gauge = { ...observed, kind: "observable-gauge" } as const
const bytes = { ...observed, kind: "observable-up-down-counter", unit: "By" } as const

export const ProcessInstruments = {
  "process.cpu.time": {
    ...observed,
    kind: "observable-counter",
    unit: "s",
    description: "CPU seconds used",
    attributes: { "cpu.mode": ["user", "system"] },
  },
  "process.memory.usage": { ...bytes, description: "Physical memory in use (resident set)" },
  "process.uptime": { ...gauge, unit: "s", description: "Time since the process started" },
  "nodejs.eventloop.delay.p50": { ...gauge, unit: "s", description: "How late the event loop runs timers, median" },
  "nodejs.eventloop.delay.p90": {
    ...gauge,
    unit: "s",
    description: "How late the event loop runs timers, 90th percentile",
  },
  "nodejs.eventloop.delay.p99": {
    ...gauge,
    unit: "s",
    description: "How late the event loop runs timers, 99th percentile",
  },
  "nodejs.eventloop.delay.max": { ...gauge, unit: "s", description: "How late the event loop runs timers, worst case" },
  "nodejs.eventloop.utilization": {
    ...gauge,
    unit: "1",
    description: "Share of the time that the event loop was busy",
  },
  "v8js.memory.heap.used": { ...bytes, description: "Memory that the JavaScript heap uses" },
  "v8js.memory.heap.limit": { ...bytes, description: "Size to which the JavaScript heap may grow" },
} as const satisfies Record<string, Instrument>
