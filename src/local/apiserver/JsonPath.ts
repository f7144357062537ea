/** JSONPath as far as printer columns use it: `.a.b`, `['a.b']`, `[0]`, `[-1]`, `[-1:]`, `[*]`, `[?(@.type=="Ready")]`, `\.` in names. */

import { Predicate } from "effect"
import { sameJson } from "../../kube/json/SameJson.ts"

type Step = (value: unknown) => ReadonlyArray<unknown>

const member =
  (name: string): Step =>
  (value) => {
    if (name === "*") return Array.isArray(value) ? value : Predicate.isObject(value) ? Object.values(value) : []
    return Predicate.isObject(value) && value[name] !== undefined ? [value[name]] : []
  }

const index =
  (place: number): Step =>
  (value) => {
    const item: unknown = Array.isArray(value) ? value.at(place) : undefined
    return item === undefined ? [] : [item]
  }

const slice =
  (from: number, to: number | undefined): Step =>
  (value) =>
    Array.isArray(value) ? value.slice(from, to) : []

const literal = (source: string): unknown => {
  const quoted = /^(["'])(.*)\1$/.exec(source)
  if (quoted !== null) return quoted[2]
  if (source === "true" || source === "false") return source === "true"
  return Number.isNaN(Number(source)) ? source : Number(source)
}

const filter = (path: string, operator: string, wanted: unknown): Step => {
  const inner = jsonPath(path)
  return (value) =>
    (Array.isArray(value) ? value : []).filter((item: unknown) => {
      const [found] = inner(item)
      if (operator === "==") return sameJson(found, wanted)
      if (operator === "!=") return !sameJson(found, wanted)
      return operator === ">" ? Number(found) > Number(wanted) : Number(found) < Number(wanted)
    })
}

const token =
  /^(?:\.?\[\?\(@(?<path>[^=!<>]+?)\s*(?<operator>==|!=|>|<)\s*(?<wanted>.+?)\)\]|\.?\[(?<index>-?\d+)\]|\.?\[(?<from>-?\d*):(?<to>-?\d*)\]|\.?\[\*\](?<all>)|\.?\[(?<quote>["'])(?<quoted>.+?)\k<quote>\]|\.(?<name>(?:\\.|[^.[\\])+))/

const steps = new Map<string, ReadonlyArray<Step>>()

const parse = (path: string): ReadonlyArray<Step> => {
  const found: Array<Step> = []
  let rest = path.replace(/^\{(.*)\}$/, "$1").replace(/^\$/, "")
  if (rest !== "" && !/^[.[]/.test(rest)) rest = `.${rest}`
  while (rest !== "" && rest !== ".") {
    const match = token.exec(rest)
    const groups = match?.groups
    // A path that cannot be parsed selects nothing.
    if (match === null || groups === undefined) return [() => []]
    if (groups["path"] !== undefined) {
      found.push(filter(groups["path"], groups["operator"] ?? "==", literal(groups["wanted"] ?? "")))
    } else if (groups["index"] !== undefined) found.push(index(Number(groups["index"])))
    else if (groups["from"] !== undefined) found.push(slice(Number(groups["from"]), Number(groups["to"]) || undefined))
    else if (groups["all"] !== undefined) found.push(member("*"))
    else found.push(member(groups["quoted"] ?? (groups["name"] ?? "").replace(/\\(.)/g, "$1")))
    rest = rest.slice(match[0].length)
  }
  return found
}

/** The values that a path selects in an object, in order; none when the path does not exist there. */
export const jsonPath = (path: string): ((value: unknown) => ReadonlyArray<unknown>) => {
  let compiled = steps.get(path)
  if (compiled === undefined) {
    compiled = parse(path)
    steps.set(path, compiled)
  }
  const way = compiled
  return (value) => way.reduce<ReadonlyArray<unknown>>((values, step) => values.flatMap(step), [value])
}
