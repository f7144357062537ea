/** Label and field selectors as the API takes them, parsed once into predicates. */

import { Result } from "effect"
import { type ApiError, badRequest } from "./ApiError.ts"
import { type ApiObject, at } from "./ApiObject.ts"
import type { ResourceKind } from "./ResourceKind.ts"

export type Selector = (object: ApiObject) => boolean
type Labels = { readonly [key: string]: string }

/** Everything matches. */
export const everything: Selector = () => true

const key = String.raw`[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?`
const value = String.raw`([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?`
const exists = new RegExp(`^(!?)\\s*(${key})$`)
const equality = new RegExp(`^(${key})\\s*(==|=|!=|>|<)\\s*(${value})$`)
const surplus = new RegExp(`^${key}\\s*(?:==|=|!=)\\s*${value}\\s*(==|=|!=)`.replaceAll("([", "(?:["))
const membership = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`)

const requirement = (clause: string): ((labels: Labels) => boolean) | undefined => {
  const member = membership.exec(clause)
  if (member !== null) {
    const name = member[1]!
    const values = new Set(member[4]!.split(",").map((one) => one.trim()))
    return member[3] === "in"
      ? (labels) => labels[name] !== undefined && values.has(labels[name])
      : (labels) => labels[name] === undefined || !values.has(labels[name])
  }
  const equal = equality.exec(clause)
  if (equal !== null) {
    const name = equal[1]!
    const wanted = equal[4]!
    if (equal[3] === "!=") return (labels) => labels[name] !== wanted
    if (equal[3] === ">") return (labels) => Number(labels[name]) > Number(wanted)
    if (equal[3] === "<") return (labels) => Number(labels[name]) < Number(wanted)
    return (labels) => labels[name] === wanted
  }
  const existing = exists.exec(clause)
  if (existing === null) return undefined
  const name = existing[2]!
  return existing[1] === "!" ? (labels) => labels[name] === undefined : (labels) => labels[name] !== undefined
}

/** Parses `a=b,c!=d,e in (x,y),f notin (z),g,!h`; the empty selector matches everything. */
export const labelSelector = (source: string | undefined): Result.Result<Selector, ApiError> => {
  if (source === undefined || source.trim() === "") return Result.succeed(everything)
  const tests: Array<(labels: Labels) => boolean> = []
  for (const clause of source.split(/,(?![^(]*\))/)) {
    const test = requirement(clause.trim())
    if (test === undefined) {
      // Of `a=b=c` the parser reads `a=b` and fails at the rest.
      const rest = surplus.exec(clause.trim())?.[1]
      const found = rest === undefined ? `unable to parse requirement: found '${clause.trim()}'` : `found '${rest}'`
      const expected = clause.trim() === "" && tests.length > 0 ? "identifier after ','" : "',' or 'end of string'"
      return Result.fail(badRequest(`${found}, expected: ${expected}`))
    }
    tests.push(test)
  }
  return Result.succeed((object) => {
    const labels = object.metadata.labels ?? {}
    return tests.every((test) => test(labels))
  })
}

/** Terms end at commas; a backslash escapes the character after it. */
const terms = (source: string): ReadonlyArray<string> => source.match(/(?:\\[^]|[^,\\]|\\$)+/g) ?? []

/** The value of a term, or why it is not one (`fields.UnescapeValue`). */
const unescaped = (value: string): Result.Result<string, ApiError> => {
  const wrong = /^(?:\\[\\,=]|[^\\=])*(\\(?![\\,=])[^]?|=)/.exec(value)?.[1]
  if (wrong === undefined) return Result.succeed(value.replaceAll(/\\([^])/g, "$1"))
  // Go prints the number of the character.
  const what =
    wrong === "=" ? `unescaped character in value: ${"=".charCodeAt(0)}` : `invalid escape sequence: ${wrong}`
  return Result.fail(badRequest(`invalid field selector: ${what}`))
}

/**
 * Parses `metadata.name=x,status.phase!=Running`; only paths that the kind declares are allowed. Empty terms count for nothing, as those of
 * clients that end each term with a comma (`fields.ParseSelector`).
 */
export const fieldSelector = (kind: ResourceKind, source: string | undefined): Result.Result<Selector, ApiError> =>
  Result.gen(function* () {
    const tests: Array<Selector> = []
    for (const term of terms(source ?? "")) {
      const [, path, operator, value] = /^([^]*?)(!=|==|=)([^]*)$/.exec(term) ?? []
      if (path === undefined || operator === undefined || value === undefined) {
        return yield* Result.fail(badRequest(`invalid selector: '${source}'; can't understand '${term}'`))
      }
      const wanted = yield* unescaped(value)
      if (path !== "metadata.name" && path !== "metadata.namespace" && !kind.selectable.includes(path)) {
        const message =
          kind.custom || kind.selectable.length > 0
            ? `field label not supported: ${path}`
            : `"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`
        return yield* Result.fail(badRequest(message))
      }
      const same = (object: ApiObject) => String(at(object, path) ?? "") === wanted
      tests.push(operator === "!=" ? (object) => !same(object) : same)
    }
    return tests.length === 0 ? everything : (object: ApiObject) => tests.every((test) => test(object))
  })
