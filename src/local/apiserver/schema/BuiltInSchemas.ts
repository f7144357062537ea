/**
 * Schemas of the built-in kinds, made from the attribute tables of the generated client models: field names and types, which is
 * what pruning, strict decoding and `kubectl explain` need. Required fields and ranges are in `BuiltInRules.ts`.
 */

import * as client from "@kubernetes/client-node"
import { Predicate } from "effect"
import type { StructuralSchema } from "./SchemaPruning.ts"

interface Attribute {
  readonly baseName: string
  readonly type: string
  readonly format: string
}

const models: Readonly<Record<string, unknown>> = client

const attributes = (model: string): ReadonlyArray<Attribute> | undefined => {
  const found = models[model]
  return Predicate.hasProperty(found, "getAttributeTypeMap") && typeof found.getAttributeTypeMap === "function"
    ? (found.getAttributeTypeMap() as ReadonlyArray<Attribute>)
    : undefined
}

/** Quantities are plain strings to the client, but manifests write `cpu: 1` too. */
const quantities = new Set([
  "limits",
  "requests",
  "capacity",
  "allocatable",
  "allocatedResources",
  "hard",
  "overhead",
  "used",
  "sizeLimit",
  "divisor",
])
const anything: StructuralSchema = { "x-kubernetes-preserve-unknown-fields": true }
const quantity: StructuralSchema = { "x-go-type": "Quantity", anyOf: [{ type: "string" }, { type: "number" }] }

const schemas = new Map<string, StructuralSchema>()

const ofType = (name: string, type: string, format: string): StructuralSchema => {
  const array = /^(?:Array|Set)<(.+)>$/.exec(type)?.[1]
  if (array !== undefined) return { type: "array", items: ofType(name, array, format) }
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1]
  if (map !== undefined) return { type: "object", additionalProperties: ofType(name, map, format) }
  if (type === "IntOrString") return { "x-kubernetes-int-or-string": true }
  if (type === "string") return quantities.has(name) ? quantity : { type: "string" }
  if (type === "boolean") return { type: "boolean" }
  if (type === "number") return { type: format.startsWith("int") ? "integer" : "number" }
  if (type === "Date") return { "x-go-type": "Time", type: "string" }
  if (type === "V1MicroTime") return { "x-go-type": "MicroTime", type: "string" }
  return ofModel(type) ?? anything
}

const ofModel = (model: string): StructuralSchema | undefined => {
  const known = schemas.get(model)
  if (known !== undefined) return known
  const fields = attributes(model)
  if (fields === undefined) return undefined
  const properties: Record<string, StructuralSchema> = {}
  const schema: StructuralSchema = { type: "object", properties }
  schemas.set(model, schema)
  for (const { baseName, type, format } of fields) properties[baseName] = ofType(baseName, type, format)
  return schema
}

/** The schema of `metadata`, common to all kinds. */
export const metadataSchema: StructuralSchema = ofModel("V1ObjectMeta") ?? anything

/** The schema of a built-in kind; `undefined` for CustomResourceDefinitions, whose schema is recursive. */
export const builtInSchema = (group: string, version: string, kind: string): StructuralSchema | undefined => {
  if (kind === "CustomResourceDefinition") return undefined
  const prefix = kind !== "Event" ? "" : group === "" ? "Core" : "Events"
  return ofModel(`${prefix}${version.toUpperCase()}${kind}`)
}
