/** The fields of an object by path, conflicts of a server-side apply about them, and what an apply takes back. */

import { Predicate } from "effect"
import { sameJson } from "../../../kube/json/SameJson.ts"
import { ApiError } from "../ApiError.ts"
import { fields } from "../ApiObject.ts"
import { mergeKey } from "./StrategicMerge.ts"

/** Values by path, paths as in the API server's messages: `.spec.containers[name="main"].image`. */
export type Leaves = ReadonlyMap<string, unknown>

/** The path of an item of a list with a key. */
export const itemPath = (path: string, key: string, item: unknown) =>
  `${path}[${key}=${JSON.stringify(fields(item)[key])}]`

/** The fields of `value` by path; lists count as one value unless their items have a key, and what is empty is a value, too. */
export const leavesOf = (value: unknown): Leaves => {
  const found = new Map<string, unknown>()
  const visit = (inner: unknown, path: string, field: string): void => {
    const key = Array.isArray(inner) ? mergeKey(field, inner) : undefined
    if (Array.isArray(inner) && key !== undefined && inner.length > 0) {
      for (const item of inner) visit(item, itemPath(path, key, item), "")
    } else if (Predicate.isObject(inner) && Object.keys(inner).length > 0) {
      for (const name in inner) if (inner[name] !== undefined) visit(inner[name], `${path}.${name}`, name)
    } else found.set(path, inner)
  }
  visit(value, "", "")
  return found
}

/** The fields that another manager owns. */
export interface Held {
  /** As messages name it, in quotes. */
  readonly manager: string
  readonly paths: ReadonlySet<string>
}

/** The error of an apply that would change fields of other managers; `undefined` if there are none. */
export const applyConflict = (live: Leaves, wanted: Leaves, held: ReadonlyArray<Held>): ApiError | undefined => {
  const lost = held.flatMap(({ manager, paths }) => {
    const changed = [...paths].filter((path) => wanted.has(path) && !sameJson(wanted.get(path), live.get(path)))
    return changed.length === 0 ? [] : [{ manager, changed: changed.toSorted() }]
  })
  const causes = lost.flatMap(({ manager, changed }) =>
    changed.map((field) => ({ reason: "FieldManagerConflict", message: `conflict with ${manager}`, field })),
  )
  if (causes.length === 0) return undefined
  const conflicts = lost.map(({ manager, changed }) => `conflicts with ${manager}:\n- ${changed.join("\n- ")}`)
  const message =
    causes.length === 1
      ? `Apply failed with 1 conflict: ${causes[0]!.message}: ${causes[0]!.field}`
      : `Apply failed with ${causes.length} conflicts: ${conflicts.join("\n")}`
  return new ApiError({ code: 409, reason: "Conflict", message, details: { causes } })
}

/** `live` without the fields of `before` that are missing in `next`, except those that others own (`isHeld`). */
export const forget = (
  live: unknown,
  before: unknown,
  next: unknown,
  isHeld: (path: string) => boolean,
  path = "",
): unknown => {
  if (!Predicate.isObject(live) || !Predicate.isObject(before)) return live
  const wanted = fields(next)
  const result: { [field: string]: unknown } = { ...live }
  for (const key in before) {
    const value = live[key]
    const applied = before[key]
    const here = `${path}.${key}`
    if (Predicate.isObject(value) && Predicate.isObject(applied)) {
      const rest = forget(value, applied, wanted[key], isHeld, here)
      if (wanted[key] === undefined && Object.keys(fields(rest)).length === 0) delete result[key]
      else result[key] = rest
    } else if (Array.isArray(value) && Array.isArray(applied) && mergeKey(key, applied) !== undefined) {
      const kept = forgetItems(key, value, applied, Array.isArray(wanted[key]) ? wanted[key] : [], isHeld, here)
      if (wanted[key] === undefined && kept.length === 0) delete result[key]
      else result[key] = kept
    } else if (wanted[key] === undefined && !isHeld(here)) delete result[key]
  }
  return result
}

const forgetItems = (
  field: string,
  live: ReadonlyArray<unknown>,
  before: ReadonlyArray<unknown>,
  next: ReadonlyArray<unknown>,
  isHeld: (path: string) => boolean,
  path: string,
): ReadonlyArray<unknown> => {
  const key = mergeKey(field, before)!
  const named = (items: ReadonlyArray<unknown>, item: unknown) =>
    items.find((one) => sameJson(fields(one)[key], fields(item)[key]))
  return live.flatMap((item) => {
    const applied = named(before, item)
    if (applied === undefined) return [item]
    const here = itemPath(path, key, item)
    const kept = named(next, item)
    return kept === undefined && !isHeld(here) ? [] : [forget(item, applied, kept ?? item, isHeld, here)]
  })
}
