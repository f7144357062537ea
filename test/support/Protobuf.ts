/** Writes Protocol Buffers for tests: a message is a list of fields. */

type Value = number | bigint | string | Buffer | ReadonlyArray<Field>
export type Field = readonly [number: number, value: Value]

const varint = (value: bigint): Buffer => {
  const bytes: Array<number> = []
  let rest = BigInt.asUintN(64, value)
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Buffer.from([...bytes, Number(rest)])
}

const withLength = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([varint(BigInt((number << 3) | 2)), varint(BigInt(bytes.length)), bytes])

/** A message with these fields, in this order. */
export const encode = (fields: ReadonlyArray<Field>): Buffer =>
  Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === "number" || typeof value === "bigint") {
        return Buffer.concat([varint(BigInt(number << 3)), varint(BigInt(value))])
      }
      if (typeof value === "string") return withLength(number, Buffer.from(value))
      return withLength(number, Buffer.isBuffer(value) ? value : encode(value as ReadonlyArray<Field>))
    }),
  )

/** A list as the API server sends it: the resource version, the token of the next page, the objects. */
export const encodeList = (version: string, token: string, objects: ReadonlyArray<ReadonlyArray<Field>>): Buffer => {
  const list: ReadonlyArray<Field> = [
    [
      1,
      [
        [2, version],
        [3, token],
      ],
    ],
    ...objects.map((object) => [2, object] as const),
  ]
  const typeMeta: Field = [
    1,
    [
      [1, "v1"],
      [2, "PodList"],
    ],
  ]
  return Buffer.concat([Buffer.from("k8s\0"), encode([typeMeta, [2, list], [3, ""], [4, ""]])])
}
