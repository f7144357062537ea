/**
 * node bench/telemetry/outage.ts sdk|firesteel http/protobuf|grpc SECONDS
 *
 * How many spans are lost when the backend is away for this long: 10 spans per second from 12 s before to 40 s after, default settings.
 * `sdk`: OpenTelemetry's batch processor and exporter alone; `firesteel`: with `Delivery` between them.
 */

import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import * as grpc from "@grpc/grpc-js"
import { BatchSpanProcessor, type ReadableSpan } from "@opentelemetry/sdk-trace"
import { Effect } from "effect"
import * as Delivery from "../../src/telemetry/otlp/Delivery.ts"
import { spanExporter } from "../../src/telemetry/otlp/Exporters.ts"
import { listen } from "../../src/telemetry/otlp/ExportResult.ts"
import { batchingOf, targetOf } from "../../src/telemetry/otlp/OtlpEnvironment.ts"
import { spanNamed } from "../../test/support/otlp/SdkSpans.ts"

const [who = "", protocol = "", seconds = ""] = process.argv.slice(2)

let port = 0
const arrived = new Set<string>()
const receive = (body: Buffer) => {
  for (const [name] of body.toString("latin1").matchAll(/span-\d{6}/g)) arrived.add(name)
}

const startHttp = () =>
  new Promise<() => void>((resolve) => {
    const server: Server = createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        receive(Buffer.concat(chunks))
        response.end()
      })
    })
    server.listen(port, "127.0.0.1", () => {
      port = (server.address() as AddressInfo).port
      resolve(() => {
        server.closeAllConnections()
        server.close()
      })
    })
  })

const same = (bytes: Buffer) => bytes
const startGrpc = () =>
  new Promise<() => void>((resolve) => {
    const server = new grpc.Server()
    const method = {
      path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    } as const
    const handle: grpc.handleUnaryCall<Buffer, Buffer> = (call, done) => {
      receive(call.request)
      done(null, Buffer.alloc(0))
    }
    server.addService({ export: method }, { export: handle })
    server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (_, bound) => {
      port = bound
      resolve(() => server.forceShutdown())
    })
  })

const run = Effect.gen(function* () {
  const start = Effect.promise(protocol === "grpc" ? startGrpc : startHttp)
  const stop = yield* start
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  }
  const target = targetOf(environment, "traces")!
  const exporter = yield* Effect.promise(() => spanExporter(target, "0.0.0"))
  listen()
  const delivery = yield* Delivery.make<ReadableSpan>({
    signal: "traces",
    target,
    batching: batchingOf(environment, "traces"),
    exporter,
    counts: { exported: () => {}, dropped: () => {} },
  })
  const processor = new BatchSpanProcessor(who === "sdk" ? { exporter } : delivery.processorOptions)
  let sent = 0
  const timer = setInterval(() => {
    processor.onEnd(spanNamed(`span-${String(sent++).padStart(6, "0")}`))
  }, 100)
  yield* Effect.sleep("12 seconds")
  stop()
  yield* Effect.sleep(Number(seconds) * 1000)
  yield* start
  yield* Effect.sleep("40 seconds")
  clearInterval(timer)
  yield* Effect.ignore(Effect.tryPromise(() => processor.shutdown()))
  yield* Effect.sleep("5 seconds")
  console.log(`${who}, ${protocol}, away for ${seconds} s: ${sent - arrived.size} of ${sent} spans lost`)
  process.exit(0)
})

await Effect.runPromise(Effect.scoped(run))
