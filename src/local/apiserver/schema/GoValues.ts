/**
 * Values that Go's types print differently from what a client sent: times, which clients in Python write with an offset, and quantities. The
 * API server reads built-in kinds into such types; custom resources keep what was sent.
 */

import { Predicate } from "effect"
import type { StructuralSchema } from "./SchemaPruning.ts"

export type GoType = "Time" | "MicroTime" | "Quantity"

/** The text that Go prints, or `undefined` if it cannot read the value. */
type Print = (text: string) => string | undefined

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)$/

/** Whole seconds in UTC. */
const time: Print = (text) => {
  const milliseconds = rfc3339.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(milliseconds)) return undefined
  return /^.{19}Z$/.test(text) ? text : `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}

/** Six digits of a second, which must be there. */
const microTime: Print = (text) => {
  const fraction = rfc3339.exec(text)?.[1]
  return fraction?.length === 6 ? time(text)?.replace("Z", `.${fraction}Z`) : undefined
}

const decimals = new Map(
  ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"].map((suffix, index) => [suffix, index * 3 - 9]),
)
const binaries = new Map(["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].map((suffix, index) => [suffix, index * 10]))
const suffixOf = (suffixes: ReadonlyMap<string, number>, exponent: number) =>
  [...suffixes].find(([, other]) => other === exponent)?.[0]

/** The amount divided by `base` as often as it stays a whole number, and how often that is. */
const reduced = (amount: bigint, base: bigint, most: number): readonly [rest: bigint, times: number] => {
  let [rest, times] = [amount, 0]
  for (; times < most && rest % base === 0n; times++) rest /= base
  return [rest, times]
}

/** The quantities that were read last: pods repeat a few. */
const known = new Map<string, string | undefined>()
const quantity: Print = (text) => {
  if (known.has(text)) return known.get(text)
  const shown = canonical(text)
  if (known.size >= 1000) known.clear()
  known.set(text, shown)
  return shown
}

/** With the largest suffix that needs no fraction (`Quantity.CanonicalizeBytes`), rounded up to thousandths as in every list of resources. */
const canonical: Print = (text) => {
  const [, sign = "", whole = "", fraction = "", suffix = ""] =
    /^([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d{1,3}|[numkMGTPE]|[KMGTPE]i)?$/.exec(text) ?? []
  if (`${whole}${fraction}` === "") return undefined
  const binary = suffix === "" ? undefined : binaries.get(suffix)
  const power = 3 - fraction.length + (binary === undefined ? (decimals.get(suffix) ?? Number(suffix.slice(1))) : 0)
  const amount = BigInt(`${whole}${fraction}`) << BigInt(binary ?? 0)
  const divisor = 10n ** BigInt(Math.max(-power, 0))
  const thousandths = (amount * 10n ** BigInt(Math.max(power, 0)) + divisor - 1n) / divisor
  if (thousandths === 0n) return "0"
  const minus = sign === "-" ? sign : ""
  if (binary !== undefined && thousandths >= 1024_000n && thousandths % 1000n === 0n) {
    const [digits, times] = reduced(thousandths / 1000n, 1024n, 6)
    return `${minus}${digits}${suffixOf(binaries, times * 10)}`
  }
  const isExponent = /^[eE]./.test(suffix)
  const [digits, times] = reduced(thousandths, 1000n, isExponent ? Number.POSITIVE_INFINITY : 7)
  const exponent = times * 3 - 3
  if (isExponent) return `${minus}${digits}${exponent === 0 ? "" : `${suffix[0]}${exponent}`}`
  return `${minus}${digits}${suffixOf(decimals, exponent)}`
}

const types: Readonly<Record<GoType, { readonly print: Print; readonly cannot: (text: string) => string }>> = {
  Time: { print: time, cannot: (text) => `parsing time "${text}" as "2006-01-02T15:04:05Z07:00"` },
  MicroTime: { print: microTime, cannot: (text) => `parsing time "${text}" as "2006-01-02T15:04:05.000000Z07:00"` },
  Quantity: {
    print: quantity,
    cannot: () => "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  },
}

/** The parts of a schema whose values can be, or contain, such types. */
interface Parts {
  readonly properties: ReadonlyArray<readonly [name: string, schema: StructuralSchema]>
  readonly values: StructuralSchema | undefined
  readonly items: StructuralSchema | undefined
}

const partsOf = new WeakMap<StructuralSchema, Parts | undefined>()

/** Found once; `undefined` if there are none, as in most schemas. */
const parts = (schema: StructuralSchema): Parts | undefined => {
  if (partsOf.has(schema)) return partsOf.get(schema)
  const holding = (inner: StructuralSchema | boolean | undefined) =>
    typeof inner === "object" && (inner["x-go-type"] !== undefined || parts(inner) !== undefined) ? inner : undefined
  const properties = Object.entries(schema.properties ?? {}).filter(([, inner]) => holding(inner) !== undefined)
  const [values, items] = [holding(schema.additionalProperties), holding(schema.items)]
  const found = properties.length > 0 || values || items ? { properties, values, items } : undefined
  partsOf.set(schema, found)
  return found
}

/** The value as Go would print it; `refuse` gets why it cannot be read. Nothing is copied when nothing changes. */
export const printed = (schema: StructuralSchema, value: unknown, refuse: (why: string) => void): unknown => {
  const type = schema["x-go-type"]
  if (type !== undefined) {
    if (!Predicate.isString(value) && !(type === "Quantity" && Predicate.isNumber(value))) return value
    const text = types[type].print(String(value))
    if (text === undefined) refuse(types[type].cannot(String(value)))
    return text ?? value
  }
  const held = parts(schema)
  if (held === undefined) return value
  if (Array.isArray(value)) {
    const { items } = held
    if (items === undefined) return value
    const all = value.map((item) => printed(items, item, refuse))
    return all.every((item, index) => item === value[index]) ? value : all
  }
  if (!Predicate.isObject(value)) return value
  let result: { [field: string]: unknown } | undefined
  const read = (key: string, inner: StructuralSchema) => {
    const next = printed(inner, value[key], refuse)
    if (next !== value[key]) (result ??= { ...value })[key] = next
  }
  for (const [key, inner] of held.properties) if (value[key] !== undefined) read(key, inner)
  if (held.values !== undefined) for (const key in value) read(key, held.values)
  return result ?? value
}
