/** The points of a request for metrics over OTLP, decoded from protobuf. https://github.com/open-telemetry/opentelemetry-proto */

import { bytesAt, empty, fields, lastOf, messages, text } from "./ProtobufFields.ts"

export interface OtlpPoint {
  readonly name: string
  readonly unit: string
  /** As Prometheus distinguishes them. */
  readonly type: "counter" | "gauge" | "histogram"
  readonly attributes: Readonly<Record<string, string>>
  readonly value: number | OtlpHistogram
}

export interface OtlpHistogram {
  readonly count: number
  readonly sum: number
  readonly bounds: ReadonlyArray<number>
  /** One more than there are bounds. */
  readonly counts: ReadonlyArray<number>
}

const words = (bytes: Buffer, field: number, read: (at: Buffer) => number): ReadonlyArray<number> =>
  messages(bytes, field).flatMap((packed) =>
    Array.from({ length: packed.length / 8 }, (_, index) => read(packed.subarray(8 * index))),
  )
const double = (at: Buffer) => at.readDoubleLE()
const long = (at: Buffer) => Number(at.readBigInt64LE())

const attributes = (bytes: Buffer, field: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    messages(bytes, field).map((pair) => {
      const [[kind, value] = [1, empty]] = fields(bytesAt(pair, 2))
      return [text(pair, 1), kind === 2 ? String(value !== 0n) : value.toString()]
    }),
  )

const numbers = (data: Buffer) =>
  messages(data, 1).map((point) => ({
    attributes: attributes(point, 7),
    value: words(point, 4, double)[0] ?? words(point, 6, long)[0] ?? 0,
  }))

const histograms = (data: Buffer) =>
  messages(data, 1).map((point) => ({
    attributes: attributes(point, 9),
    value: {
      count: words(point, 4, long)[0] ?? 0,
      sum: words(point, 5, double)[0] ?? 0,
      counts: words(point, 6, long),
      bounds: words(point, 7, double),
    },
  }))

const pointsOf = (metric: Buffer): ReadonlyArray<OtlpPoint> => {
  const named = { name: text(metric, 1), unit: text(metric, 3) }
  const [gauge, sum, histogram] = [lastOf(metric, 5), lastOf(metric, 7), lastOf(metric, 9)]
  if (gauge !== undefined) return numbers(gauge).map((point) => ({ ...named, type: "gauge", ...point }))
  if (histogram !== undefined) return histograms(histogram).map((point) => ({ ...named, type: "histogram", ...point }))
  if (sum === undefined) return []
  const monotonic = fields(sum).some(([field, value]) => field === 3 && value === 1n)
  return numbers(sum).map((point) => ({ ...named, type: monotonic ? "counter" : "gauge", ...point }))
}

/** All points of an ExportMetricsServiceRequest. */
export const otlpPoints = (request: Buffer): ReadonlyArray<OtlpPoint> =>
  messages(request, 1)
    .flatMap((resource) => messages(resource, 2))
    .flatMap((scope) => messages(scope, 2))
    .flatMap(pointsOf)
