/** The points of a request for metrics over OTLP, decoded from protobuf. https://github.com/open-telemetry/opentelemetry-proto */

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

type Value = bigint | Buffer

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

const all = (bytes: Buffer, field: number): ReadonlyArray<Buffer> =>
  fields(bytes).flatMap(([found, value]) => (found === field && typeof value !== "bigint" ? [value] : []))
const one = (bytes: Buffer, field: number): Buffer | undefined => all(bytes, field).at(-1)
const text = (bytes: Buffer, field: number): string => one(bytes, field)?.toString() ?? ""
const words = (bytes: Buffer, field: number, read: (at: Buffer) => number): ReadonlyArray<number> =>
  all(bytes, field).flatMap((packed) =>
    Array.from({ length: packed.length / 8 }, (_, index) => read(packed.subarray(8 * index))),
  )
const double = (at: Buffer) => at.readDoubleLE()
const long = (at: Buffer) => Number(at.readBigInt64LE())

const attributes = (bytes: Buffer, field: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    all(bytes, field).map((pair) => {
      const [[kind, value] = [1, Buffer.alloc(0)]] = fields(one(pair, 2) ?? Buffer.alloc(0))
      return [text(pair, 1), kind === 2 ? String(value !== 0n) : value.toString()]
    }),
  )

const numbers = (data: Buffer) =>
  all(data, 1).map((point) => ({
    attributes: attributes(point, 7),
    value: words(point, 4, double)[0] ?? words(point, 6, long)[0] ?? 0,
  }))

const histograms = (data: Buffer) =>
  all(data, 1).map((point) => ({
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
  const [gauge, sum, histogram] = [one(metric, 5), one(metric, 7), one(metric, 9)]
  if (gauge !== undefined) return numbers(gauge).map((point) => ({ ...named, type: "gauge", ...point }))
  if (histogram !== undefined) return histograms(histogram).map((point) => ({ ...named, type: "histogram", ...point }))
  if (sum === undefined) return []
  const monotonic = fields(sum).some(([field, value]) => field === 3 && value === 1n)
  return numbers(sum).map((point) => ({ ...named, type: monotonic ? "counter" : "gauge", ...point }))
}

/** All points of an ExportMetricsServiceRequest. */
export const otlpPoints = (request: Buffer): ReadonlyArray<OtlpPoint> =>
  all(request, 1)
    .flatMap((resource) => all(resource, 2))
    .flatMap((scope) => all(scope, 2))
    .flatMap(pointsOf)
