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
      return Result.fail(badRequest(`${found}, expected: ',' or 'end of string'`))
    }
    tests.push(test)
  }
  return Result.succeed((object) => {
    const labels = object.metadata.labels ?? {}
    return tests.every((test) => test(labels))
  })
}

/** Parses `metadata.name=x,status.phase!=Running`; only paths that the kind declares are allowed. */
export const fieldSelector = (kind: ResourceKind, source: string | undefined): Result.Result<Selector, ApiError> => {
  if (source === undefined || source.trim() === "") return Result.succeed(everything)
  const tests: Array<Selector> = []
  for (const clause of source.split(",")) {
    const parsed = /^\s*([^=!]+?)\s*(==|=|!=)(.*)$/.exec(clause)
    if (parsed === null) return Result.fail(badRequest(`invalid selector: '${source}'; can't understand '${clause}'`))
    const path = parsed[1]!
    const wanted = parsed[3]!.trim()
    if (path !== "metadata.name" && path !== "metadata.namespace" && !kind.selectable.includes(path)) {
      return Result.fail(
        badRequest(
          kind.custom || kind.selectable.length > 0
            ? `field label not supported: ${path}`
            : `"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
        ),
      )
    }
    const same = (object: ApiObject) => String(at(object, path) ?? "") === wanted
    tests.push(parsed[2] === "!=" ? (object) => !same(object) : same)
  }
  return Result.succeed((object) => tests.every((test) => test(object)))
}
