/**
 * Protobuf bodies, which Go clients (and `kubectl create namespace`) send for built-in kinds: decoded to the equivalent JSON.
 * Answers are always JSON, which these clients accept.
 */

import { Result, identity } from "effect"
import { type ApiError, badRequest } from "../ApiError.ts"
import { messages } from "./ProtobufMessages.ts"

/** The envelope: these bytes, then a `runtime.Unknown` message. */
const magic = Buffer.from("k8s\0")

interface Field {
  readonly name: string
  readonly type: string
  readonly shape: "one" | "list" | "map" | "inline"
}

const tables = new Map<string, ReadonlyMap<number, Field>>()

const fieldsOf = (message: string): ReadonlyMap<number, Field> => {
  let table = tables.get(message)
  if (table === undefined) {
    const written = (messages[message] ?? "").split(" ").filter((one) => one !== "")
    table = new Map(
      written.map((one) => {
        const [, number = "", inline, name = "", shape, type = ""] =
          /^(\d+):(\.\.\.)?(\w+):(\[\]|\{\})?(.+)$/.exec(one) ?? []
        const kind = inline ? "inline" : shape === "[]" ? "list" : shape === "{}" ? "map" : "one"
        return [Number(number), { name, type, shape: kind }]
      }),
    )
    tables.set(message, table)
  }
  return table
}

/** One encoded field: a number, or bytes. */
type Wire = bigint | Buffer

/** The fields of a message in order; throws a RangeError when the bytes end early. */
function* wireFields(bytes: Buffer): Generator<readonly [number: number, value: Wire]> {
  let position = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(position++)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  const take = (length: number): Buffer => {
    if (position + length > bytes.length) throw new RangeError("unexpected end of the message")
    position += length
    return bytes.subarray(position - length, position)
  }
  while (position < bytes.length) {
    const tag = Number(varint())
    const number = tag >> 3
    switch (tag & 7) {
      case 0:
        yield [number, varint()]
        break
      case 1:
        yield [number, take(8)]
        break
      case 2:
        yield [number, take(Number(varint()))]
        break
      case 5:
        yield [number, take(4)]
        break
      default:
        throw new RangeError(`illegal wire type ${tag & 7}`)
    }
  }
}

const numbersOf = (bytes: Buffer): ReadonlyMap<number, Wire> => new Map(wireFields(bytes))
const integer = (value: Wire | undefined): number => (typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : 0)
const string = (value: Wire | undefined): string => (Buffer.isBuffer(value) ? value.toString("utf8") : "")

/** RFC 3339; the zero time is absent. */
const time = (bytes: Buffer, micro: boolean): string | undefined => {
  const parts = numbersOf(bytes)
  const seconds = integer(parts.get(1))
  if (seconds <= 0) return undefined
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19)
  const micros = String(Math.floor(integer(parts.get(2)) / 1000)).padStart(6, "0")
  return micro ? `${whole}.${micros}Z` : `${whole}Z`
}

const valueOf = (type: string, value: Wire): unknown => {
  switch (type) {
    case "string":
      return string(value)
    case "bytes":
      return Buffer.isBuffer(value) ? value.toString("base64") : ""
    case "bool":
      return value !== 0n
    case "int":
      return integer(value)
    // Zero and absent are the same: these fields are not pointers in Go.
    case "bool0":
      return value === 0n ? undefined : true
    case "int0":
      return value === 0n ? undefined : integer(value)
    case "Time":
    case "MicroTime":
      return Buffer.isBuffer(value) ? time(value, type === "MicroTime") : undefined
    case "Quantity":
      return Buffer.isBuffer(value) ? string(numbersOf(value).get(1)) : undefined
    case "IntOrString": {
      const parts = Buffer.isBuffer(value) ? numbersOf(value) : new Map<number, Wire>()
      return integer(parts.get(1)) === 0 ? integer(parts.get(2)) : string(parts.get(3))
    }
    default:
      return Buffer.isBuffer(value) ? messageOf(type, value) : undefined
  }
}

/** Go writes empty strings for absent ones; JSON leaves them out. */
const messageOf = (message: string, bytes: Buffer): { [field: string]: unknown } => {
  const table = fieldsOf(message)
  const result: { [field: string]: unknown } = {}
  for (const [number, wire] of wireFields(bytes)) {
    const field = table.get(number)
    if (field === undefined) continue
    if (field.shape === "inline") {
      Object.assign(result, valueOf(field.type, wire))
    } else if (field.shape === "list") {
      const items = (result[field.name] ??= []) as Array<unknown>
      items.push(valueOf(field.type, wire))
    } else if (field.shape === "map") {
      const entry = Buffer.isBuffer(wire) ? numbersOf(wire) : new Map<number, Wire>()
      const map = (result[field.name] ??= {}) as { [key: string]: unknown }
      map[string(entry.get(1))] = valueOf(field.type, entry.get(2) ?? Buffer.alloc(0))
    } else {
      const value = valueOf(field.type, wire)
      if (value !== "" && value !== undefined) result[field.name] = value
    }
  }
  return result
}

const packages: Readonly<Record<string, string>> = {
  v1: "core",
  "meta.k8s.io/v1": "meta",
  "rbac.authorization.k8s.io/v1": "rbac",
  "policy/v1": "policy",
  "networking.k8s.io/v1": "networking",
  "coordination.k8s.io/v1": "coordination",
  "events.k8s.io/v1": "events",
}

/** The object in an enveloped Protobuf body; 400 for kinds and bytes that cannot be read. */
export const protobufBody = (bytes: Buffer): Result.Result<unknown, ApiError> => {
  if (!bytes.subarray(0, magic.length).equals(magic)) {
    return Result.fail(
      badRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"),
    )
  }
  return Result.flatMap(
    Result.try({
      try: () => {
        const envelope = numbersOf(bytes.subarray(magic.length))
        const type = envelope.get(1)
        const raw = envelope.get(2)
        const names = Buffer.isBuffer(type) ? numbersOf(type) : new Map<number, Wire>()
        const apiVersion = string(names.get(1))
        const kind = string(names.get(2))
        // The options of a deletion are the same message in every group.
        const message = kind === "DeleteOptions" ? "meta.DeleteOptions" : `${packages[apiVersion]}.${kind}`
        if (messages[message] === undefined) {
          return Result.fail(badRequest(`no kind "${kind}" of "${apiVersion}" can be read as Protobuf here: send JSON`))
        }
        return Result.succeed({ ...(Buffer.isBuffer(raw) ? messageOf(message, raw) : {}), apiVersion, kind })
      },
      catch: (error) =>
        badRequest(`error decoding the body as Protobuf: ${error instanceof Error ? error.message : ""}`),
    }),
    identity,
  )
}
