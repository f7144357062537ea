/** JSON merge patch (RFC 7386) and JSON patch (RFC 6902): pure functions over JSON that share what they do not change. */

import { Predicate, Result } from "effect"
import { sameJson } from "../../../kube/json/SameJson.ts"
import type { Fields } from "../ApiObject.ts"

/** RFC 7386: `null` removes a field, objects merge, anything else replaces. */
export const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (!Predicate.isObject(patch)) return patch
  const result: { [field: string]: unknown } = Predicate.isObject(target) ? { ...target } : {}
  for (const key in patch) {
    if (patch[key] === null) delete result[key]
    else if (patch[key] !== undefined) result[key] = mergePatch(result[key], patch[key])
  }
  return result
}

const tokens = (pointer: string): ReadonlyArray<string> =>
  pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"))

const read = (document: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((inner, token) => {
    if (Array.isArray(inner)) return inner[Number(token)]
    return Predicate.isObject(inner) ? inner[token] : undefined
  }, document)

type Edit = "add" | "replace" | "remove"

const editList = (items: ReadonlyArray<unknown>, token: string, edit: Edit, value: unknown): unknown => {
  const index = token === "-" && edit === "add" ? items.length : /^\d+$/.test(token) ? Number(token) : -1
  if (index < 0 || index > items.length || (edit !== "add" && index === items.length)) return undefined
  return items.toSpliced(index, edit === "add" ? 0 : 1, ...(edit === "remove" ? [] : [value]))
}

/** The document after one edit, or `undefined` when the path does not exist. */
const change = (document: unknown, path: ReadonlyArray<string>, edit: Edit, value: unknown): unknown => {
  const [token, ...rest] = path
  if (token === undefined) return edit === "remove" ? undefined : value
  if (Array.isArray(document)) {
    if (rest.length === 0) return editList(document, token, edit, value)
    const inner = change(document[Number(token)], rest, edit, value)
    return inner === undefined ? undefined : document.with(Number(token), inner)
  }
  if (!Predicate.isObject(document)) return undefined
  if (rest.length > 0) {
    const inner = change(document[token], rest, edit, value)
    return inner === undefined ? undefined : { ...document, [token]: inner }
  }
  if (edit !== "add" && document[token] === undefined) return undefined
  const { [token]: _, ...others } = document
  return edit === "remove" ? others : { ...document, [token]: value }
}

/** RFC 6902, all or nothing; the error names the operation and its path. */
export const jsonPatch = (document: unknown, patch: unknown): Result.Result<unknown, string> => {
  if (!Array.isArray(patch)) return Result.fail("a JSON patch is a list of operations")
  let current = document
  for (const operation of patch as ReadonlyArray<Fields>) {
    const { op, path, from, value } = operation
    const failed = Result.fail(`${String(op)} operation does not apply: doc is missing path: ${String(path)}`)
    if (typeof path !== "string" || (path !== "" && !path.startsWith("/"))) return failed
    const target = tokens(path)
    if (op === "test") {
      if (!sameJson(read(current, target) ?? null, value)) {
        return Result.fail(`testing value ${path} failed: test failed`)
      }
      continue
    }
    let next: unknown
    if (op === "add" || op === "replace") next = change(current, target, op, value)
    else if (op === "remove") next = change(current, target, op, undefined)
    else if (op === "copy" || op === "move") {
      const source = tokens(String(from))
      const moved = read(current, source)
      const rest = op === "move" ? change(current, source, "remove", undefined) : current
      next = moved === undefined ? undefined : change(rest, target, "add", moved)
    } else return Result.fail(`Unexpected kind: ${String(op)}`)
    if (next === undefined) return failed
    current = next
  }
  return Result.succeed(current)
}
