/**
 * node --expose-gc bench/telemetry/start.ts none|http/protobuf|http/json|grpc
 *
 * What loading telemetry costs, with no endpoint for OTLP or with exporters for this protocol: milliseconds of CPU, resident memory after.
 */

import { Effect, Layer } from "effect"

const [protocol = "none"] = process.argv.slice(2)
const environment =
  protocol === "none"
    ? {}
    : { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_EXPORTER_OTLP_PROTOCOL: protocol }

const before = process.cpuUsage()
const { Telemetry } = await import("../../src/telemetry/Telemetry.ts")
const { tracesAndLogs } = await import("../../src/telemetry/otlp/TracesAndLogs.ts")

const run = Effect.gen(function* () {
  const telemetry = Telemetry.layer({ serviceVersion: "0", environment, process })
  yield* Layer.build(Layer.provideMerge(tracesAndLogs(environment, "0"), telemetry))
  const { user, system } = process.cpuUsage(before)
  for (let round = 0; round < 2; round++) {
    yield* Effect.sleep("200 millis")
    globalThis.gc?.()
  }
  const resident = process.memoryUsage().rss
  console.log(`${protocol}: ${Math.round((user + system) / 1000)} ms of CPU, ${Math.round(resident / 2 ** 20)} MiB`)
  process.exit(0)
})

await Effect.runPromise(Effect.scoped(run))
