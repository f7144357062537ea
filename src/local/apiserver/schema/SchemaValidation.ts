/** Validation of a value by a structural schema, with the messages of Kubernetes' validators (kube-openapi `validate`). */

import { Predicate } from "effect"
import { sameJson } from "../../../kube/json/SameJson.ts"
import { type FieldError, required, unsupported } from "../ApiError.ts"
import { celProblems, hasRules } from "./CelRules.ts"
import type { StructuralSchema } from "./SchemaPruning.ts"

const typeOf = (value: unknown): string => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "array"
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number"
  return typeof value
}

const isType = (wanted: string, actual: string) => wanted === actual || (wanted === "number" && actual === "integer")

const dateTime = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/
const formats: Readonly<Record<string, (value: string) => boolean>> = {
  "date-time": (value) => dateTime.test(value) && !Number.isNaN(Date.parse(value)),
  date: (value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)),
  duration: (value) => /^(-?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+|0)$/.test(value),
  byte: (value) => /^[A-Za-z0-9+/]*={0,2}$/.test(value),
  uuid: (value) => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(value),
  ipv4: (value) => /^(\d{1,3}\.){3}\d{1,3}$/.test(value),
  uri: (value) => URL.canParse(value),
}
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63],
}

const wrong = (field: string, value: unknown, what: string): FieldError => ({
  reason: "FieldValueInvalid",
  field,
  message: `Invalid value: ${JSON.stringify(Predicate.isObject(value) ? "object" : value)}: ${field} in body ${what}`,
})

const wrongType = (field: string, wanted: string, actual: string): FieldError => ({
  reason: "FieldValueTypeInvalid",
  field,
  message: `Invalid value: "${actual}": ${field === "" ? "" : `${field} `}in body must be of type ${wanted}: "${actual}"`,
})

const patterns = new Map<string, RegExp | undefined>()
/** Go's RE2 syntax is close to JavaScript's; a pattern that JavaScript cannot compile matches everything. */
const compiled = (pattern: string): RegExp | undefined => {
  if (!patterns.has(pattern)) {
    try {
      patterns.set(pattern, new RegExp(pattern, "u"))
    } catch {
      patterns.set(pattern, undefined)
    }
  }
  return patterns.get(pattern)
}

const stringProblems = (schema: StructuralSchema, value: string, path: string): Array<FieldError> => {
  const found: Array<FieldError> = []
  const counted = schema.maxLength !== undefined || schema.minLength !== undefined
  // Characters, not UTF-16 units; counting them is slow.
  const length = counted ? [...value].length : 0
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    const message = `Too long: may not be more than ${schema.maxLength} bytes`
    found.push({ reason: "FieldValueTooLong", field: path, message })
  }
  if (schema.minLength !== undefined && length < schema.minLength) {
    found.push(wrong(path, value, `should be at least ${schema.minLength} chars long`))
  }
  if (schema.pattern !== undefined && compiled(schema.pattern)?.test(value) === false) {
    found.push(wrong(path, value, `should match '${schema.pattern}'`))
  }
  if (schema.format !== undefined && formats[schema.format]?.(value) === false) {
    found.push(wrong(path, value, `must be of type ${schema.format}: ${JSON.stringify(value)}`))
  }
  return found
}

const numberProblems = (schema: StructuralSchema, value: number, path: string): Array<FieldError> => {
  const found: Array<FieldError> = []
  const { minimum, maximum, multipleOf } = schema
  if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum)) {
    found.push(wrong(path, value, `should be greater than ${schema.exclusiveMinimum ? "" : "or equal to "}${minimum}`))
  }
  if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum)) {
    found.push(wrong(path, value, `should be less than ${schema.exclusiveMaximum ? "" : "or equal to "}${maximum}`))
  }
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) {
    found.push(wrong(path, value, `should be a multiple of ${multipleOf}`))
  }
  const range = schema.format === undefined ? undefined : ranges[schema.format]
  if (range !== undefined && (value < range[0] || value > range[1])) {
    found.push(wrong(path, value, `must be of type ${schema.format}: ${JSON.stringify(String(value))}`))
  }
  return found
}

const duplicates = (schema: StructuralSchema, items: ReadonlyArray<unknown>, path: string): Array<FieldError> => {
  const kind = schema["x-kubernetes-list-type"]
  if (kind !== "map" && kind !== "set" && schema.uniqueItems !== true) return []
  const keys = schema["x-kubernetes-list-map-keys"] ?? []
  const identity = (item: unknown): unknown =>
    kind === "map" && Predicate.isObject(item) ? Object.fromEntries(keys.map((key) => [key, item[key]])) : item
  const seen = new Set<string>()
  return items.flatMap((item, index) => {
    const id = JSON.stringify(identity(item))
    if (!seen.has(id)) return seen.add(id) && []
    return [{ reason: "FieldValueDuplicate", field: `${path}[${index}]`, message: `Duplicate value: ${id}` } as const]
  })
}

const count = (
  path: string,
  size: number,
  min: number | undefined,
  max: number | undefined,
  what: string,
): Array<FieldError> => {
  if (max !== undefined && size > max) {
    return [
      { reason: "FieldValueTooMany", field: path, message: `Too many: ${size}: must have at most ${max} ${what}` },
    ]
  }
  return min !== undefined && size < min ? [wrong(path, size, `should have at least ${min} ${what}`)] : []
}

const logicProblems = (schema: StructuralSchema, value: unknown, path: string): Array<FieldError> => {
  const passes = (one: StructuralSchema) => problemsAt(one, value, path).length === 0
  const fail = (what: string): FieldError => wrong(path === "" ? "<nil>" : path, value, what)
  const found: Array<FieldError> = []
  for (const one of schema.allOf ?? []) found.push(...problemsAt(one, value, path))
  if (schema.anyOf !== undefined && !schema.anyOf.some(passes)) {
    found.push(fail("must validate at least one schema (anyOf)"))
  }
  if (schema.oneOf !== undefined && schema.oneOf.filter(passes).length !== 1) {
    found.push(fail("must validate one and only one schema (oneOf)"))
  }
  if (schema.not !== undefined && passes(schema.not)) found.push(fail("must not validate the schema (not)"))
  return found
}

/** The problems by the schema itself, without its CEL rules. */
const problemsAt = (schema: StructuralSchema, value: unknown, path: string): ReadonlyArray<FieldError> => {
  const actual = typeOf(value)
  if (value === null && schema.nullable === true) return []
  if (schema["x-kubernetes-int-or-string"] === true) {
    return actual === "integer" || actual === "string"
      ? [
          ...logicProblems(schema, value, path),
          ...(typeof value === "string" ? stringProblems(schema, value, path) : []),
        ]
      : [wrongType(path, "integer,string", actual)]
  }
  if (schema.type !== undefined && !isType(schema.type, actual)) return [wrongType(path, schema.type, actual)]
  const found: Array<FieldError> = []
  if (schema.enum !== undefined && !schema.enum.some((one) => sameJson(one, value))) {
    found.push(unsupported(path, value, schema.enum))
  }
  if (typeof value === "string") found.push(...stringProblems(schema, value, path))
  else if (typeof value === "number") found.push(...numberProblems(schema, value, path))
  else if (Array.isArray(value)) {
    const { items } = schema
    found.push(...count(path, value.length, schema.minItems, schema.maxItems, "items"))
    found.push(...duplicates(schema, value, path))
    if (items !== undefined) value.forEach((item, index) => found.push(...problemsAt(items, item, `${path}[${index}]`)))
  } else if (Predicate.isObject(value)) {
    const size = Object.keys(value).length
    found.push(...count(path, size, schema.minProperties, schema.maxProperties, "properties"))
    for (const name of schema.required ?? []) {
      if (value[name] === undefined) found.push(required(path === "" ? name : `${path}.${name}`))
    }
    for (const key in value) {
      const inner = schema.properties?.[key] ?? schema.additionalProperties
      if (typeof inner !== "object" || value[key] === undefined) continue
      found.push(...problemsAt(inner, value[key], path === "" ? key : `${path}.${key}`))
    }
  }
  found.push(...logicProblems(schema, value, path))
  return found
}

/**
 * All problems of `value`; empty if it is valid. `old` is the stored value that an update replaces (CEL transition rules
 * see it); `path` is the position of the value, `""` for a whole object. CEL rules run only on values that satisfy the schema.
 */
export const problems = (
  schema: StructuralSchema,
  value: unknown,
  old: unknown,
  path = "",
): ReadonlyArray<FieldError> => {
  const found = problemsAt(schema, value, path)
  if (!hasRules(schema)) return found
  if (found.length === 0) return celProblems(schema, value, old, path)
  const unchecked =
    "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"
  return [...found, { reason: "FieldValueInvalid", field: "<nil>", message: unchecked }]
}
