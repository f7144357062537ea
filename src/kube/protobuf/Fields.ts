/**
 * What is read of an object: a table of its fields, with their numbers in Kubernetes' `generated.proto`. With it an object is decoded from
 * Protocol Buffers, or cut out of JSON, with equal results; all other fields are skipped, which costs next to nothing. Empty strings, which
 * JSON leaves out, and absent times do not exist here either.
 */

import { timestamp } from "../Time.ts"
import { shared, textFrom } from "./SharedText.ts"
import { Wire, WireError } from "./Wire.ts"

export type FieldType =
  | "text"
  /** 32 or 64 bits. */
  | "integer"
  | "flag"
  /** `meta/v1` Time: RFC 3339 with whole seconds, in UTC. */
  | "time"
  /** A map from strings to strings. */
  | "texts"
  /** A map from strings to `resource.Quantity`, which is a string in JSON. */
  | "quantities"
  | Fields

interface Field {
  readonly name: string
  readonly type: FieldType
  readonly repeated: boolean
}

/** A value that is read from other fields, which are not kept: a small number instead of a tree. */
export interface Derived {
  readonly name: string
  readonly from: Fields
  readonly of: (message: unknown) => unknown
}

/** The fields of one message, and how a field with this number is decoded. */
export interface Fields {
  readonly byNumber: ReadonlyArray<Field | undefined>
  readonly all: ReadonlyArray<Field>
  readonly derived?: Derived | undefined
}

/** Name → number and type of a field; `many` of them are a list. */
export type FieldTable = Readonly<Record<string, readonly [number: number, type: FieldType, many?: "many"]>>

/** `derived` becomes a further field of the object, unless it is undefined. */
export const fields = (table: FieldTable, derived?: Derived): Fields => {
  const byNumber: Array<Field | undefined> = []
  for (const [name, [number, type, many]] of Object.entries(table)) {
    byNumber[number] = { name, type, repeated: many !== undefined }
  }
  // From the first number on without gaps, which arrays read faster.
  return { byNumber: Array.from(byNumber), all: byNumber.filter((field) => field !== undefined), derived }
}

type Read = Record<string, unknown>

/** The message in `bytes`, from `from` to `to`. Throws a `WireError` if it is none. */
export const decode = (bytes: Buffer, of: Fields, from = 0, to = bytes.length): unknown => {
  const wire = new Wire(bytes)
  wire.at = from
  return message(wire, to, of)
}

const message = (wire: Wire, to: number, { byNumber, derived }: Fields): Read => {
  const read: Read = {}
  const from = wire.at
  while (wire.at < to) {
    const tag = wire.small()
    const field = byNumber[tag >>> 3]
    if (field === undefined) wire.skip(tag & 7)
    else take(wire, field, tag & 7, read)
  }
  if (wire.at !== to) throw new WireError("a field is longer than its message")
  if (derived !== undefined) {
    wire.at = from
    const value = derived.of(message(wire, to, derived.from))
    if (value !== undefined) read[derived.name] = value
  }
  return read
}

const take = (wire: Wire, { name, type, repeated }: Field, wireType: number, read: Read): void => {
  if (wireType !== (type === "integer" || type === "flag" ? 0 : 2))
    throw new WireError(`${name} has wire type ${wireType}`)
  if (type === "texts" || type === "quantities") return entry(wire, (read[name] ??= {}) as Read, type)
  const value = one(wire, type)
  if (value === undefined) return
  if (!repeated) read[name] = value
  else if (read[name] === undefined) read[name] = [value]
  else (read[name] as Array<unknown>).push(value)
}

const one = (wire: Wire, type: FieldType): unknown => {
  if (type === "integer") return wire.integer()
  if (type === "flag") return wire.small() !== 0
  const end = wire.end()
  if (type === "text") return text(wire, end) || undefined
  if (type === "time") return time(wire, end)
  return message(wire, end, type as Fields)
}

const text = (wire: Wire, end: number): string => {
  const from = wire.at
  wire.at = end
  return textFrom(wire.bytes, from, end)
}

/** A map is a list of messages with a key and a value, either of which is left out if it is empty. */
const entry = (wire: Wire, read: Read, type: "texts" | "quantities"): void => {
  const to = wire.end()
  let [key, value] = ["", ""]
  while (wire.at < to) {
    const tag = wire.small()
    if (tag === 10) key = text(wire, wire.end())
    else if (tag !== 18) wire.skip(tag & 7)
    else if (type === "texts") value = text(wire, wire.end())
    else value = String(message(wire, wire.end(), quantityFields)["text"] ?? "0")
  }
  read[key] = value
}

const quantityFields = fields({ text: [1, "text"] })

const timeFields = fields({ seconds: [1, "integer"] })

/** A cache of texts, since the objects of a cluster have many times in common: a second has its place by the remainder, and replaces another one there. */
const places = 4096
const times = Array.from({ length: places }, () => ({ seconds: -1, text: "" }))

const time = (wire: Wire, to: number): string | undefined => {
  if (wire.at === to) return undefined
  const { seconds = 0 } = message(wire, to, timeFields) as { readonly seconds?: number }
  const known = times[Math.abs(seconds % places)]!
  if (known.seconds !== seconds) {
    known.seconds = seconds
    known.text = shared(timestamp(seconds * 1000))
  }
  return known.text
}

/** These fields of a JSON object, or of one that was decoded with the same table. */
export const pick = (object: unknown, { all, derived }: Fields): unknown => {
  const read: Read = {}
  for (const { name, type, repeated } of all) {
    const value = (object as Read)[name]
    if (value === undefined || value === null || value === "") continue
    if (!repeated) read[name] = pickOne(value, type)
    else if ((value as ReadonlyArray<unknown>).length > 0) {
      read[name] = (value as ReadonlyArray<unknown>).map((each) => pickOne(each, type))
    }
  }
  if (derived !== undefined) {
    const value = (object as Read)[derived.name] ?? derived.of(pick(object, derived.from))
    if (value !== undefined) read[derived.name] = value
  }
  return read
}

const pickOne = (value: unknown, type: FieldType): unknown => {
  if (typeof value === "string") return shared(value)
  if (typeof type !== "string") return pick(value, type)
  if (type !== "texts" && type !== "quantities") return value
  const read: Read = {}
  for (const key in value as Read) read[shared(key)] = shared(String((value as Read)[key]))
  return read
}
