/**
 * `metadata.managedFields`: which manager set which fields of an object. They belong to one version of an object but are kept outside of it,
 * because only clients outside this process read them. As on a real server, a write makes its manager the owner of what it changed; a
 * server-side apply owns what it mentions. Simplified: maps are not entries of their own, and a list is one field unless its items have a key.
 */

import { Predicate, Result } from "effect"
import { type ApiObject, type Fields, fields, sameJson, without } from "../ApiObject.ts"
import { itemPath, type Leaves, leavesOf } from "./FieldOwnership.ts"
import { mergeKey } from "./StrategicMerge.ts"

/** Who writes, and how. Two writers are the same manager if all but the time is equal. */
export interface Writer {
  readonly manager: string
  readonly operation: "Apply" | "Update"
  readonly apiVersion: string
  readonly subresource: string
  /** RFC 3339 */
  readonly time: string
  /** Of a server-side apply: the parts of its configuration that can be owned. */
  readonly configuration?: Fields
}

export interface Manager extends Writer {
  /** Paths as in `leavesOf`. */
  readonly owns: ReadonlySet<string>
}

const versions = new WeakMap<object, ReadonlyArray<Manager>>()

export const managersOf = (object: ApiObject): ReadonlyArray<Manager> => versions.get(object) ?? []

/** Records the managers of a version; returns it. */
export const managedBy = <A extends ApiObject>(object: A, managers: ReadonlyArray<Manager>): A => {
  versions.set(object, managers)
  return object
}

/** A version that was made without a write of a client has the managers of the one before it. */
export const inherit = <A extends ApiObject>(object: A, given: ApiObject, previous: ApiObject | undefined): A =>
  managedBy(object, versions.get(given) ?? (previous === undefined ? [] : managersOf(previous)))

/** What the server sets itself (`stripMeta` of structured-merge-diff's callers). */
const unmanaged = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "name",
  "namespace",
  "resourceVersion",
  "selfLink",
  "uid",
]

const manageable = (object: ApiObject | undefined): Leaves =>
  object === undefined
    ? new Map()
    : leavesOf({
        ...without(object, "apiVersion", "kind"),
        metadata: without(fields(object["metadata"]), ...unmanaged),
      })

export const isSame = (a: Writer, b: Writer): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  a.subresource === b.subresource &&
  (a.operation === "Apply" || a.apiVersion === b.apiVersion)

/** The managers after `writer` made `after` from `before`, which had the managers `previous`; those that own nothing are left out. */
export const managersAfter = (
  before: ApiObject | undefined,
  after: ApiObject,
  writer: Writer,
  previous: ReadonlyArray<Manager> = before === undefined ? [] : managersOf(before),
): ReadonlyArray<Manager> => {
  const old = manageable(before)
  const now = manageable(after)
  const changed = new Set([...now].filter(([path, value]) => !sameJson(old.get(path), value)).map(([path]) => path))
  const others = previous
    .filter((one) => !isSame(one, writer))
    .map((one) => reduced(one, (path) => now.has(path) && !changed.has(path)))
  const own = previous.find((one) => isSame(one, writer))
  const wanted =
    writer.configuration === undefined ? [...(own?.owns ?? []), ...changed] : leavesOf(writer.configuration).keys()
  const owns = new Set([...wanted].filter((path) => now.has(path)))
  const same = own !== undefined && sameSet(own.owns, owns)
  const result: ReadonlyArray<Manager> = [...others, { ...writer, owns, time: same ? own.time : writer.time }]
  return result.filter((one) => one.owns.size > 0)
}

const reduced = (manager: Manager, keeps: (path: string) => boolean): Manager => {
  const owns = new Set([...manager.owns].filter(keeps))
  return owns.size === manager.owns.size ? manager : { ...manager, owns }
}

const sameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
  a.size === b.size && [...a].every((one) => b.has(one))

/** Whether two lists of managers say the same. */
export const sameManagers = (a: ReadonlyArray<Manager>, b: ReadonlyArray<Manager>): boolean =>
  a.length === b.length && a.every((one) => b.some((other) => isSame(one, other) && sameSet(one.owns, other.owns)))

/** The fields of `value` that are owned, in the format `FieldsV1`; `undefined` if there are none. */
const fieldsV1 = (value: unknown, owns: ReadonlySet<string>, path = "", field = ""): Fields | undefined => {
  const key = Array.isArray(value) ? mergeKey(field, value) : undefined
  const result: { [name: string]: unknown } = {}
  if (Array.isArray(value) && key !== undefined && value.length > 0) {
    for (const item of value) {
      const inner = fieldsV1(item, owns, itemPath(path, key, item))
      if (inner !== undefined) result[`k:${JSON.stringify({ [key]: fields(item)[key] })}`] = { ".": {}, ...inner }
    }
  } else if (Predicate.isObject(value) && Object.keys(value).length > 0) {
    for (const name in value) {
      const inner = fieldsV1((value as Fields)[name], owns, `${path}.${name}`, name)
      if (inner !== undefined) result[`f:${name}`] = inner
    }
  } else if (owns.has(path)) return {}
  return Object.keys(result).length === 0 ? undefined : result
}

/** `metadata.managedFields` of a version; empty if nothing is known. */
export const managedFields = (object: ApiObject): ReadonlyArray<Fields> =>
  managersOf(object).map(({ manager, operation, apiVersion, time, subresource, owns }) => ({
    manager,
    operation,
    apiVersion,
    time,
    fieldsType: "FieldsV1",
    fieldsV1: fieldsV1(object, owns) ?? {},
    ...(subresource === "" ? {} : { subresource }),
  }))

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

/** The part of `value` that is owned. */
const ownedPart = (value: unknown, owns: ReadonlySet<string>, path = "", field = ""): unknown => {
  const key = Array.isArray(value) ? mergeKey(field, value) : undefined
  if (Array.isArray(value) && key !== undefined && value.length > 0) {
    const items = value.flatMap((item) => {
      const inner = ownedPart(item, owns, itemPath(path, key, item))
      return inner === undefined ? [] : [{ ...fields(inner), [key]: fields(item)[key] }]
    })
    return items.length === 0 ? undefined : items
  }
  if (!Predicate.isObject(value) || Object.keys(value).length === 0) return owns.has(path) ? value : undefined
  const inner = Object.entries(value)
    .map(([name, one]) => [name, ownedPart(one, owns, `${path}.${name}`, name)] as const)
    .filter(([, one]) => one !== undefined)
  return inner.length === 0 ? undefined : Object.fromEntries(inner)
}

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
      ? { operation, configuration: fields(ownedPart(object, owns)) }
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

/** How conflicts name a manager (`printManager` of apimachinery). */
export const printManager = ({ manager, operation, apiVersion, subresource }: Writer): string => {
  const name = subresource === "" ? `"${manager}"` : `"${manager}" with subresource "${subresource}"`
  return operation === "Apply" ? name : `${name} using ${apiVersion}`
}
