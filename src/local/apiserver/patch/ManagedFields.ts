/** `metadata.managedFields`: the managers of a version in the format that clients read, and what clients send of it. */

import { Predicate, Result } from "effect"
import { sameJson } from "../../../kube/json/SameJson.ts"
import { type ApiObject, type Fields, fields, withMetadata } from "../ApiObject.ts"
import { itemPath } from "./FieldOwnership.ts"
import { type Manager, managersOf } from "./Managers.ts"
import { mergeKey } from "./StrategicMerge.ts"

/** A way to write the owned part of a value. Every write of the cluster is written so, for its size. */
interface Notation {
  readonly leaf: (value: unknown) => unknown
  readonly name: (field: string) => string
  /** A list whose items have the key. */
  readonly items: (key: string, parts: ReadonlyArray<readonly [item: Fields, part: unknown]>) => unknown
}

/** The fields of `value` that are owned; `undefined` if there are none. */
const owned = (notation: Notation, owns: ReadonlySet<string>, value: unknown, path = "", field = ""): unknown => {
  const key = Array.isArray(value) ? mergeKey(field, value) : undefined
  if (Array.isArray(value) && key !== undefined && value.length > 0) {
    const parts: Array<readonly [Fields, unknown]> = []
    for (const item of value) {
      const part = owned(notation, owns, item, itemPath(path, key, item))
      if (part !== undefined) parts.push([fields(item), part])
    }
    return parts.length === 0 ? undefined : notation.items(key, parts)
  }
  if (!Predicate.isObject(value) || Object.keys(value).length === 0) {
    return owns.has(path) ? notation.leaf(value) : undefined
  }
  let result: { [name: string]: unknown } | undefined
  for (const name in value) {
    const part = owned(notation, owns, value[name], `${path}.${name}`, name)
    if (part !== undefined) (result ??= {})[notation.name(name)] = part
  }
  return result
}

/** Only names, as in `managedFields`. */
const fieldsV1: Notation = {
  leaf: () => ({}),
  name: (field) => `f:${field}`,
  items: (key, parts) =>
    Object.fromEntries(
      parts.map(([item, part]) => [`k:${JSON.stringify({ [key]: item[key] })}`, { ".": {}, ...fields(part) }]),
    ),
}

/** As a configuration that would be applied. */
const configuration: Notation = {
  leaf: (value) => value,
  name: (field) => field,
  items: (key, parts) => parts.map(([item, part]) => ({ ...fields(part), [key]: item[key] })),
}

/** `metadata.managedFields` of a version; empty if nothing is known. */
const managedFields = (object: ApiObject): ReadonlyArray<Fields> =>
  managersOf(object).map(({ manager, operation, apiVersion, time, subresource, owns }) => ({
    manager,
    operation,
    apiVersion,
    time,
    fieldsType: "FieldsV1",
    fieldsV1: owned(fieldsV1, owns, object) ?? {},
    ...(subresource === "" ? {} : { subresource }),
  }))

/** The object with its `metadata.managedFields`. */
export const withManagedFields = (object: ApiObject): ApiObject => {
  const entries = managedFields(object)
  return entries.length === 0 ? object : withMetadata(object, { managedFields: entries })
}

/** The paths that a value in the format `FieldsV1` names. */
const pathsOf = (entry: Fields, path = ""): ReadonlyArray<string> =>
  Object.keys(entry).length === 0
    ? [path]
    : Object.entries(entry).flatMap(([name, inner]) => {
        if (name.startsWith("f:")) return pathsOf(fields(inner), `${path}.${name.slice(2)}`)
        if (!name.startsWith("k:")) return []
        const item = JSON.parse(name.slice(2)) as Fields
        return pathsOf(fields(inner), itemPath(path, Object.keys(item)[0] ?? "", item))
      })

const decoded = (entry: Fields, object: ApiObject): Manager => {
  const { manager, operation, apiVersion, time, subresource, fieldsV1: named } = entry
  const owns = new Set(pathsOf(fields(named)))
  return {
    manager: String(manager ?? ""),
    apiVersion: String(apiVersion ?? ""),
    time: String(time ?? ""),
    subresource: String(subresource ?? ""),
    owns,
    ...(operation === "Apply"
      ? { operation, configuration: fields(owned(configuration, owns, object)) }
      : { operation: "Update" as const }),
  }
}

/**
 * The managers from which a write starts: those of the `metadata.managedFields` that the client sent, as when kubectl migrates to
 * server-side apply, and those of the stored version if it sent none or what is not in the format. `[{}]` forgets all managers.
 */
export const managersSent = (sent: unknown, before: ApiObject): ReadonlyArray<Manager> => {
  const known = managersOf(before)
  if (!Array.isArray(sent) || sent.length === 0 || sameJson(sent, managedFields(before))) return known
  if (sent.length === 1 && Object.keys(fields(sent[0])).length === 0) return []
  const read = Result.try(() => sent.map((entry) => decoded(fields(entry), before)))
  return Result.getOrElse(read, () => known)
}
