/**
 * The rules that the API server has for structural schemas (apiextensions.k8s.io/v1, "Specifying a structural schema"), as far as a
 * schema without anyOf, oneOf and allOf can break them.
 */

import { Predicate } from "effect"

const keywords = new Set(
  (
    "description type format default nullable enum pattern minimum maximum minLength maxLength " +
    "items properties required additionalProperties " +
    "x-kubernetes-int-or-string x-kubernetes-preserve-unknown-fields x-kubernetes-validations " +
    "x-kubernetes-list-type x-kubernetes-list-map-keys"
  ).split(" "),
)

/** Keywords that only make sense with one type. */
const home: Record<string, string> = {
  pattern: "string",
  minLength: "string",
  maxLength: "string",
  items: "array",
  properties: "object",
  required: "object",
  additionalProperties: "object",
  "x-kubernetes-list-type": "array",
}

const types = new Set(["object", "array", "string", "integer", "number", "boolean"])

export type Node = { readonly [keyword: string]: unknown }

export const children = (node: Node): ReadonlyArray<readonly [string, Node]> => [
  ...Object.entries((node["properties"] ?? {}) as Record<string, Node>),
  ...(node["items"] === undefined ? [] : [["[]", node["items"] as Node] as const]),
  ...(node["additionalProperties"] === undefined ? [] : [["{}", node["additionalProperties"] as Node] as const]),
]

/** Every node of a schema below `path`, with its path. */
export const nodes = (node: Node, path = ""): ReadonlyArray<readonly [string, Node]> => [
  [path, node],
  ...children(node).flatMap(([name, child]) => nodes(child, `${path}.${name}`)),
]

/** Which rules a node breaks, each in a few words. */
const violations = (node: Node): ReadonlyArray<string> => {
  const {
    type,
    properties = {},
    required = [],
  } = node as { type?: string; properties?: object; required?: ReadonlyArray<string> }
  const intOrString = node["x-kubernetes-int-or-string"] === true
  const found: Array<string> = Object.keys(node).flatMap((keyword) => (keywords.has(keyword) ? [] : [`has ${keyword}`]))
  const when = (broken: boolean, text: string) => void (broken && found.push(text))
  when(type === undefined && !intOrString, "has no type")
  when(type !== undefined && intOrString, "has a type and is int-or-string")
  when(type !== undefined && !types.has(type), `has the unknown type ${type}`)
  when(type === "array" && node["items"] === undefined, "is an array without items")
  when(
    node["properties"] !== undefined && node["additionalProperties"] !== undefined,
    "has properties and additionalProperties",
  )
  when(
    required.some((name) => !(name in properties)),
    "requires what it does not declare",
  )
  for (const [keyword, of] of Object.entries(home))
    when(
      node[keyword] !== undefined && type !== of && !(intOrString && of === "string"),
      `has ${keyword} and is not of the type ${of}`,
    )
  when(
    Array.isArray(node["enum"]) && !node["enum"].every((value) => typeof value === type),
    "has an enum of another type",
  )
  when(node["default"] !== undefined && !isValid(node, node["default"]), "has a default that is not valid")
  when(node["x-kubernetes-list-type"] === "map" && !hasMapKeys(node), "is a list map without required, scalar keys")
  return found
}

const isValid = (node: Node, value: unknown) =>
  typeof value === node["type"] &&
  (node["enum"] === undefined || (node["enum"] as ReadonlyArray<unknown>).includes(value))

const hasMapKeys = (node: Node) => {
  const item = node["items"] as { required?: ReadonlyArray<string>; properties?: Record<string, Node> }
  const keys = node["x-kubernetes-list-map-keys"]
  return (
    Array.isArray(keys) &&
    keys.length > 0 &&
    keys.every((key) => item.required?.includes(key) === true && item.properties?.[key]?.["type"] === "string")
  )
}

/** What is not structural about a schema, as `path: rule`. */
export const notStructural = (schema: Node): ReadonlyArray<string> =>
  nodes(schema).flatMap(([path, node]) => violations(node).map((violation) => `${path}: ${violation}`))

/** Paths of fields in `value` that the API server would drop. */
export const pruned = (schema: Node, value: unknown, path = ""): ReadonlyArray<string> => {
  if (Array.isArray(value)) return value.flatMap((item, at) => pruned(schema["items"] as Node, item, `${path}[${at}]`))
  if (!Predicate.isObject(value) || schema["x-kubernetes-preserve-unknown-fields"] === true) return []
  const properties = (schema["properties"] ?? {}) as Record<string, Node>
  return Object.entries(value).flatMap(([key, inner]) => {
    const child = properties[key] ?? (schema["additionalProperties"] as Node | undefined)
    return child === undefined ? [`${path}.${key}`] : pruned(child, inner, `${path}.${key}`)
  })
}
