/**
 * A backend for OTLP over HTTP on loopback, for tests: keeps the spans and log records that it is sent, decoded from protobuf, and
 * answers as configured. https://github.com/open-telemetry/opentelemetry-proto
 */

import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { gunzipSync } from "node:zlib"
import { Effect, type Scope } from "effect"

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

/** Listens until the scope closes. */
export const otlpBackend: Effect.Effect<OtlpBackend, never, Scope.Scope> = Effect.acquireRelease(
  Effect.callback<OtlpBackend & { readonly close: () => void }>((resume) => {
    const spans: Array<ReceivedSpan> = []
    const logs: Array<ReceivedLog> = []
    const requests: Array<OtlpBackend["requests"][number]> = []
    let resource: Attributes = {}
    let answer = (response: ServerResponse): void => void response.end()
    const server = createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const path = request.url ?? ""
        requests.push({ path, headers: request.headers })
        const sent = Buffer.concat(chunks)
        const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent
        if (!path.endsWith("metrics")) {
          for (const group of messages(body, 1)) {
            resource = attributesOf(messages(group, 1)[0] ?? empty, 1)
            for (const scope of messages(group, 2)) {
              if (path.endsWith("traces")) spans.push(...messages(scope, 2).map(spanOf))
              else logs.push(...messages(scope, 2).map(logOf))
            }
          }
        }
        answer(response)
      })
    })
    server.listen(0, "127.0.0.1", () =>
      resume(
        Effect.succeed({
          url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          spans,
          logs,
          requests,
          resource: () => resource,
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

type Value = bigint | Buffer
const empty = Buffer.alloc(0)

/** The fields of a protobuf message, in order. */
const fields = (bytes: Buffer): ReadonlyArray<readonly [field: number, value: Value]> => {
  const found: Array<readonly [number, Value]> = []
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const take = (length: number) => bytes.subarray(at, (at += length))
    const wire = tag % 8
    const value = wire === 0 ? varint() : wire === 1 ? take(8) : wire === 5 ? take(4) : take(Number(varint()))
    found.push([Math.floor(tag / 8), value])
  }
  return found
}

const messages = (bytes: Buffer, field: number): ReadonlyArray<Buffer> =>
  fields(bytes).flatMap(([found, value]) => (found === field && typeof value !== "bigint" ? [value] : []))
const bytesAt = (bytes: Buffer, field: number): Buffer => messages(bytes, field).at(-1) ?? empty
const text = (bytes: Buffer, field: number): string => bytesAt(bytes, field).toString()
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
