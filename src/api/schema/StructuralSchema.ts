/**
 * Translates an Effect Schema to a Kubernetes structural schema (OpenAPI v3 without references and unions) for a CRD. It supports only the
 * plain wire types used in `src/api`; anything else is a programming error and throws when the CRD is built.
 */

import type { Schema, SchemaAST } from "effect"
import { openApiOf, type OpenApiKeywords } from "./Field.ts"

/** A node of a structural schema, as `apiextensions.k8s.io/v1` JSONSchemaProps. */
export interface StructuralSchema extends OpenApiKeywords {
  readonly description?: string
  readonly default?: unknown
  readonly nullable?: true
  readonly enum?: ReadonlyArray<unknown>
  readonly items?: StructuralSchema
  readonly properties?: Readonly<Record<string, StructuralSchema>>
  readonly required?: ReadonlyArray<string>
  readonly additionalProperties?: StructuralSchema
}

const enumeration = (ast: SchemaAST.Union): StructuralSchema => {
  const nullable = ast.types.some((type) => type._tag === "Null")
  const types = ast.types.filter((type) => type._tag !== "Null")
  if (types.length === 1) return { ...node(types[0]!), ...(nullable ? { nullable } : {}) }
  const values = types.map((type) => (type._tag === "Literal" ? type.literal : undefined))
  if (nullable || !values.every((value) => typeof value === "string")) throw unsupported(ast)
  return { type: "string", enum: values }
}

const object = (ast: SchemaAST.Objects): StructuralSchema => {
  const { propertySignatures: properties, indexSignatures: records } = ast
  const record = records[0]
  if (record !== undefined) {
    if (records.length > 1 || properties.length > 0) throw unsupported(ast)
    return { type: "object", additionalProperties: node(record.type) }
  }
  const required = properties.filter(({ type }) => type.context?.isOptional !== true).map(({ name }) => String(name))
  return {
    type: "object",
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(properties.map(({ name, type }) => [String(name), property(type)])),
  }
}

/** A field: the annotations of the key describe the field, those of the schema its type. */
const property = (ast: SchemaAST.AST): StructuralSchema => {
  const { description, default: byDefault } = ast.context?.annotations ?? {}
  return {
    ...(description === undefined ? {} : { description }),
    ...(byDefault === undefined ? {} : { default: byDefault }),
    ...node(ast),
  }
}

const shape = (ast: SchemaAST.AST): StructuralSchema => {
  switch (ast._tag) {
    case "String":
      return { type: "string" }
    case "Number":
      return { type: "number" }
    case "Boolean":
      return { type: "boolean" }
    case "Literal":
      return { type: "string", enum: [ast.literal] }
    case "Union":
      return enumeration(ast)
    case "Arrays": {
      const item = ast.rest[0]
      if (item === undefined || ast.rest.length > 1 || ast.elements.length > 0) throw unsupported(ast)
      return { type: "array", items: node(item) }
    }
    case "Objects":
      return object(ast)
    case "Declaration":
      return {}
    default:
      throw unsupported(ast)
  }
}

const node = (ast: SchemaAST.AST): StructuralSchema => {
  const result = { ...shape(ast), ...openApiOf(ast) }
  if (result.type === undefined && result["x-kubernetes-int-or-string"] !== true) throw unsupported(ast)
  return result
}

const unsupported = (ast: SchemaAST.AST) =>
  new TypeError(`a schema of the kind ${ast._tag} is not possible in a Kubernetes structural schema`)

/** The structural schema of the wire form of `schema`: types, enums, bounds, patterns, descriptions, defaults and CEL rules. */
export const structuralSchema = (schema: Schema.Top): StructuralSchema => node(schema.ast)
