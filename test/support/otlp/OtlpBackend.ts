/**
 * A backend for OTLP on loopback, for tests, over HTTP and over gRPC: keeps the spans and log records that it is sent, decoded from protobuf
 * or JSON, and answers as configured. https://github.com/open-telemetry/opentelemetry-proto
 */

import { createServer, type ServerOptions, type ServerResponse } from "node:http"
import * as https from "node:https"
import type { AddressInfo } from "node:net"
import { gunzipSync } from "node:zlib"
import * as grpc from "@grpc/grpc-js"
import { Effect, type Scope } from "effect"
import { bytesAt, empty, fields, messages, text } from "./ProtobufFields.ts"

type Attributes = Readonly<Record<string, string | number | boolean>>

export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  /** Epoch milliseconds. */
  readonly start: number
  readonly end: number
  readonly attributes: Attributes
  readonly links: ReadonlyArray<{ readonly traceId: string; readonly spanId: string }>
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number
  readonly statusMessage: string
}

export interface ReceivedLog {
  readonly severityNumber: number
  readonly severityText: string
  readonly body: string
  readonly attributes: Attributes
  readonly traceId: string
  readonly spanId: string
}

export interface OtlpBackend {
  readonly url: string
  readonly spans: Array<ReceivedSpan>
  readonly logs: Array<ReceivedLog>
  /** Attributes of the resource of the last request for traces or logs. */
  readonly resource: () => Attributes
  readonly requests: Array<{ readonly path: string; readonly headers: Readonly<Record<string, unknown>> }>
  /** What every request is answered with from now on; 200 without body at first. */
  readonly answer: (how: (response: ServerResponse) => void) => void
}

/** What was received so far. */
class Received {
  readonly spans: Array<ReceivedSpan> = []
  readonly logs: Array<ReceivedLog> = []
  readonly requests: Array<OtlpBackend["requests"][number]> = []
  #resource: Attributes = {}
  readonly resource = () => this.#resource

  /** `path`: of the request, or the name of the service. */
  readonly take = (path: string, headers: Readonly<Record<string, unknown>>, body: Buffer): void => {
    this.requests.push({ path, headers })
    const isTraces = /traces?\b|trace\.v1/.test(path)
    if (!isTraces && !/logs/.test(path)) return
    if (headers["content-type"] === "application/json") return this.#takeJson(isTraces, JSON.parse(body.toString()))
    for (const group of messages(body, 1)) {
      this.#resource = attributesOf(messages(group, 1)[0] ?? empty, 1)
      for (const scope of messages(group, 2)) {
        if (isTraces) this.spans.push(...messages(scope, 2).map(spanOf))
        else this.logs.push(...messages(scope, 2).map(logOf))
      }
    }
  }

  #takeJson(isTraces: boolean, request: any): void {
    for (const group of request[isTraces ? "resourceSpans" : "resourceLogs"]) {
      this.#resource = jsonAttributes(group.resource.attributes)
      for (const scope of group[isTraces ? "scopeSpans" : "scopeLogs"]) {
        if (isTraces) this.spans.push(...scope.spans.map(jsonSpan))
        else this.logs.push(...scope.logRecords.map(jsonLog))
      }
    }
  }
}

/** Listens until the scope closes; with `tls`, over HTTPS. */
export const otlpBackendWith = (tls?: https.ServerOptions): Effect.Effect<OtlpBackend, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<OtlpBackend & { readonly close: () => void }>((resume) => {
      const received = new Received()
      let answer = (response: ServerResponse): void => void response.end()
      const handle: NonNullable<Parameters<typeof createServer>[1]> = (request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          const sent = Buffer.concat(chunks)
          const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent
          received.take(request.url ?? "", request.headers, body)
          answer(response)
        })
      }
      const server = tls === undefined ? createServer({} as ServerOptions, handle) : https.createServer(tls, handle)
      server.listen(0, "127.0.0.1", () =>
        resume(
          Effect.succeed({
            ...received,
            url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
            answer: (how) => {
              answer = how
            },
            close: () => {
              server.closeAllConnections()
              server.close()
            },
          }),
        ),
      )
    }),
    ({ close }) => Effect.sync(close),
  )

export const otlpBackend = otlpBackendWith()

/** What a gRPC backend answers: a message, or a status. */
export type GrpcAnswer = Uint8Array | { readonly code: number; readonly details: string }

export interface OtlpGrpcBackend extends Omit<OtlpBackend, "answer"> {
  readonly answer: (how: () => GrpcAnswer) => void
}

const bytes = (value: Buffer) => value
const exportMethod = (path: string): grpc.MethodDefinition<Buffer, Buffer> => ({
  path,
  requestStream: false,
  responseStream: false,
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
})

/** Without TLS, until the scope closes. */
export const otlpGrpcBackend: Effect.Effect<OtlpGrpcBackend, never, Scope.Scope> = Effect.acquireRelease(
  Effect.callback<OtlpGrpcBackend & { readonly close: () => void }>((resume) => {
    const received = new Received()
    let answer: () => GrpcAnswer = () => empty
    const server = new grpc.Server()
    for (const service of ["trace.v1.TraceService", "logs.v1.LogsService", "metrics.v1.MetricsService"]) {
      const path = `/opentelemetry.proto.collector.${service}/Export`
      const handle: grpc.handleUnaryCall<Buffer, Buffer> = (call, done) => {
        received.take(path, call.metadata.getMap(), call.request)
        const given = answer()
        if (given instanceof Uint8Array) done(null, Buffer.from(given))
        else done(given)
      }
      server.addService({ export: exportMethod(path) }, { export: handle })
    }
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_, port) =>
      resume(
        Effect.succeed({
          ...received,
          url: `http://127.0.0.1:${port}`,
          answer: (how) => {
            answer = how
          },
          close: () => server.forceShutdown(),
        }),
      ),
    )
  }),
  ({ close }) => Effect.sync(close),
)

const jsonAttributes = (pairs: ReadonlyArray<any> = []): Attributes =>
  Object.fromEntries(
    pairs.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  )

const jsonSpan = (span: any): ReceivedSpan => ({
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId ?? "",
  name: span.name,
  start: Number(BigInt(span.startTimeUnixNano) / 1_000_000n),
  end: Number(BigInt(span.endTimeUnixNano) / 1_000_000n),
  attributes: jsonAttributes(span.attributes),
  links: (span.links ?? []).map(({ traceId, spanId }: any) => ({ traceId, spanId })),
  status: span.status?.code ?? 0,
  statusMessage: span.status?.message ?? "",
})

const jsonLog = (record: any): ReceivedLog => ({
  severityNumber: record.severityNumber,
  severityText: record.severityText,
  body: record.body.stringValue,
  attributes: jsonAttributes(record.attributes),
  traceId: record.traceId ?? "",
  spanId: record.spanId ?? "",
})

const hex = (bytes: Buffer, field: number): string => bytesAt(bytes, field).toString("hex")
const millis = (bytes: Buffer, field: number): number => Number(bytesAt(bytes, field).readBigUInt64LE()) / 1e6
const int = (bytes: Buffer, field: number): number =>
  Number(fields(bytes).find(([found, value]) => found === field && typeof value === "bigint")?.[1] ?? 0)

const attributesOf = (bytes: Buffer, field: number): Attributes =>
  Object.fromEntries(messages(bytes, field).map((pair) => [text(pair, 1), anyValue(bytesAt(pair, 2))]))

const anyValue = (bytes: Buffer): string | number | boolean => {
  const [field, value] = fields(bytes)[0] ?? [1, empty]
  if (typeof value === "bigint") return field === 2 ? value === 1n : Number(value)
  return field === 4 ? value.readDoubleLE() : value.toString()
}

const spanOf = (bytes: Buffer): ReceivedSpan => ({
  traceId: hex(bytes, 1),
  spanId: hex(bytes, 2),
  parentSpanId: hex(bytes, 4),
  name: text(bytes, 5),
  start: millis(bytes, 7),
  end: millis(bytes, 8),
  attributes: attributesOf(bytes, 9),
  links: messages(bytes, 13).map((link) => ({ traceId: hex(link, 1), spanId: hex(link, 2) })),
  status: int(bytesAt(bytes, 15), 3),
  statusMessage: text(bytesAt(bytes, 15), 2),
})

const logOf = (bytes: Buffer): ReceivedLog => ({
  severityNumber: int(bytes, 2),
  severityText: text(bytes, 3),
  body: text(bytesAt(bytes, 5), 1),
  attributes: attributesOf(bytes, 6),
  traceId: hex(bytes, 9),
  spanId: hex(bytes, 10),
})
