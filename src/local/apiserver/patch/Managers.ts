/**
 * Which manager set which fields of an object. That belongs to one version of an object but is kept outside of it, because only clients
 * outside this process read it. As on a real server, a write makes its manager the owner of what it changed; a server-side apply owns what
 * it mentions. Simplified: maps are not entries of their own, and a list is one field unless its items have a key.
 */

import { sameJson } from "../../../kube/json/SameJson.ts"
import { type ApiObject, type Fields, fields, without } from "../ApiObject.ts"
import { type Leaves, leavesOf } from "./FieldOwnership.ts"

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

/** How conflicts name a manager (`printManager` of apimachinery). */
export const printManager = ({ manager, operation, apiVersion, subresource }: Writer): string => {
  const name = subresource === "" ? `"${manager}"` : `"${manager}" with subresource "${subresource}"`
  return operation === "Apply" ? name : `${name} using ${apiVersion}`
}
