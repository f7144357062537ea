/** Fields of protobuf messages, by number. https://protobuf.dev/programming-guides/encoding/ */

type Value = bigint | Buffer
export const empty = Buffer.alloc(0)

/** The fields of a protobuf message, in order. */
export const fields = (bytes: Buffer): ReadonlyArray<readonly [field: number, value: Value]> => {
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

/** The values of a field with a length: messages, texts, packed numbers. */
export const messages = (bytes: Buffer, field: number): ReadonlyArray<Buffer> =>
  fields(bytes).flatMap(([found, value]) => (found === field && typeof value !== "bigint" ? [value] : []))
/** The last one, as repetitions of a single field override it. */
export const lastOf = (bytes: Buffer, field: number): Buffer | undefined => messages(bytes, field).at(-1)
export const bytesAt = (bytes: Buffer, field: number): Buffer => lastOf(bytes, field) ?? empty
export const text = (bytes: Buffer, field: number): string => bytesAt(bytes, field).toString()
