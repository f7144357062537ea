/**
 * The structural schemas of custom resources: their shape, pruning of unknown fields, and defaults.
 * Validation is in `SchemaValidation.ts`, CEL rules in `CelRules.ts`. The built-in kinds use the same machinery.
 */

import { Predicate } from "effect"
import type { GoType } from "./GoValues.ts"

export interface CelRule {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
  readonly fieldPath?: string
  readonly reason?: string
}

/** `JSONSchemaProps` of apiextensions.k8s.io/v1, as far as a structural schema may use it. */
export interface StructuralSchema {
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly properties?: { readonly [name: string]: StructuralSchema }
  readonly additionalProperties?: StructuralSchema | boolean
  readonly items?: StructuralSchema
  readonly required?: ReadonlyArray<string>
  readonly default?: unknown
  readonly nullable?: boolean
  readonly enum?: ReadonlyArray<unknown>
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: boolean
  readonly exclusiveMaximum?: boolean
  readonly multipleOf?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly allOf?: ReadonlyArray<StructuralSchema>
  readonly anyOf?: ReadonlyArray<StructuralSchema>
  readonly oneOf?: ReadonlyArray<StructuralSchema>
  readonly not?: StructuralSchema
  /** Of built-in kinds: the type into which the API server reads the value (`GoValues.ts`). */
  readonly "x-go-type"?: GoType
  readonly "x-kubernetes-int-or-string"?: boolean
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean
  readonly "x-kubernetes-embedded-resource"?: boolean
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map"
  readonly "x-kubernetes-list-map-keys"?: ReadonlyArray<string>
  readonly "x-kubernetes-map-type"?: "atomic" | "granular"
  readonly "x-kubernetes-validations"?: ReadonlyArray<CelRule>
}

export interface Pruned {
  readonly value: unknown
  /** Paths of the fields that were dropped: `spec.driver.foo`, `spec.volumes[0].bar`. */
  readonly unknown: ReadonlyArray<string>
}

const embedded = new Set(["apiVersion", "kind", "metadata"])

/**
 * Drops what the schema does not specify. At the root, and in embedded resources, `apiVersion`, `kind` and `metadata` stay as
 * they are. Nothing is copied when nothing is dropped.
 */
export const prune = (schema: StructuralSchema, value: unknown, isRoot = true): Pruned => {
  const unknown: Array<string> = []
  return { value: pruneAt(schema, value, "", isRoot, unknown), unknown }
}

const pruneAt = (
  schema: StructuralSchema,
  value: unknown,
  path: string,
  isResource: boolean,
  unknown: Array<string>,
): unknown => {
  if (Array.isArray(value)) {
    const { items } = schema
    if (items === undefined) return value
    const kept = value.map((item, index) =>
      pruneAt(items, item, `${path}[${index}]`, items["x-kubernetes-embedded-resource"] === true, unknown),
    )
    return kept.every((item, index) => item === value[index]) ? value : kept
  }
  if (!Predicate.isObject(value)) return value
  // Type errors are reported by the validation.
  if (schema.type !== undefined && schema.type !== "object") return value
  const result: { [field: string]: unknown } = {}
  let changed = false
  for (const key in value) {
    const here = path === "" ? key : `${path}.${key}`
    const inner =
      schema.properties?.[key] ??
      (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined)
    if (isResource && embedded.has(key)) result[key] = value[key]
    else if (inner !== undefined) {
      result[key] = pruneAt(inner, value[key], here, inner["x-kubernetes-embedded-resource"] === true, unknown)
    } else if (schema["x-kubernetes-preserve-unknown-fields"] === true || schema.additionalProperties === true) {
      result[key] = value[key]
    } else {
      unknown.push(here)
      changed = true
      continue
    }
    if (result[key] !== value[key]) changed = true
  }
  return changed ? result : value
}

/** The properties of a schema that have a default, found once. */
const defaulted = new WeakMap<StructuralSchema, ReadonlyArray<readonly [string, StructuralSchema]>>()
const defaultsOf = (schema: StructuralSchema): ReadonlyArray<readonly [string, StructuralSchema]> => {
  let found = defaulted.get(schema)
  if (found === undefined) {
    found = Object.entries(schema.properties ?? {}).filter(([, inner]) => inner.default !== undefined)
    defaulted.set(schema, found)
  }
  return found
}

/**
 * Fills in defaults where the object that holds the field exists. A `null` in a field that is not nullable counts as absent:
 * it gets the default, or is removed. Nothing is copied when nothing changes.
 */
export const withDefaults = (schema: StructuralSchema, value: unknown): unknown => {
  if (Array.isArray(value)) {
    const { items } = schema
    if (items === undefined) return value
    const filled = value.map((item) => withDefaults(items, item))
    return filled.every((item, index) => item === value[index]) ? value : filled
  }
  if (!Predicate.isObject(value)) return value
  let result: { [field: string]: unknown } | undefined
  for (const key in value) {
    const given = value[key]
    const declared = schema.properties?.[key]
    const inner = declared ?? schema.additionalProperties
    if (typeof inner !== "object") continue
    if (given === null) {
      if (declared !== undefined && declared.nullable !== true) delete (result ??= { ...value })[key]
      continue
    }
    const filled = withDefaults(inner, given)
    if (filled !== given) (result ??= { ...value })[key] = filled
  }
  for (const [key, inner] of defaultsOf(schema)) {
    if ((result ?? value)[key] !== undefined) continue
    ;(result ??= { ...value })[key] = withDefaults(inner, inner.default)
  }
  return result ?? value
}
