/**
 * Label selectors as the API server takes them in `?labelSelector=`, and kubectl in `-l`: requirements separated by commas, all of which must
 * hold. The grammar, what is legal in keys and values, and the messages are those of `apimachinery/pkg/labels` (`Parse`).
 */

import { Result } from "effect"
import { isDnsSubdomain } from "../names/ObjectName.ts"
import { labelOperators } from "./Operators.ts"
import { read, type Reader, type Token } from "./SelectorTokens.ts"

export type LabelSelector = (labels: Readonly<Record<string, string>>) => boolean

/** Everything matches. */
export const everything: LabelSelector = () => true

const nameSyntax = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/

/** Whether this can be the key of a label. */
export const isLabelKey = (key: string): boolean => {
  const slash = key.indexOf("/")
  if (slash < 0) return nameSyntax.test(key)
  return isDnsSubdomain(key.slice(0, slash)) && nameSyntax.test(key.slice(slash + 1))
}

/** Whether this can be the value of a label; it may be empty. */
export const isLabelValue = (value: string): boolean => value === "" || nameSyntax.test(value)

/**
 * Parses `a=b,c==d,e!=f,g in (x,y),h notin (z),i,!j,k>1,l<9`; the empty selector matches everything. Requirements on a label that an object
 * lacks: `!=`, `notin` and `!` hold, all others do not. Fails with what is wrong.
 */
export const parseLabelSelector = (source: string): Result.Result<LabelSelector, string> =>
  Result.gen(function* () {
    const reader = read(source)
    const requirements: Array<LabelSelector> = []
    for (;;) {
      const next = reader.look()
      if (next.is === "end" && requirements.length === 0) return everything
      if (next.is !== "word" && next.is !== "!") {
        return yield* unexpected(next, "!, identifier, or 'end of string'")
      }
      requirements.push(yield* Result.mapError(requirement(reader), (error) => `unable to parse requirement: ${error}`))
      const after = reader.take()
      if (after.is === "end") return (labels) => requirements.every((holds) => holds(labels))
      if (after.is !== ",") return yield* unexpected(after, "',' or 'end of string'")
      const following = reader.look()
      if (following.is !== "word" && following.is !== "!") {
        return yield* unexpected(following, "identifier after ','")
      }
    }
  })

const unexpected = ({ text }: Token, expected: string): Result.Result<never, string> =>
  Result.fail(`found '${text}', expected: ${expected}`)

const { In, NotIn, Exists, DoesNotExist } = labelOperators

const operators: Readonly<Record<string, typeof In>> = {
  in: In,
  notin: NotIn,
  "=": In,
  "==": In,
  "!=": NotIn,
  ">": (value, [given]) => isInteger(value) && Number(value) > Number(given),
  "<": (value, [given]) => isInteger(value) && Number(value) < Number(given),
}

const isInteger = (text: string | undefined): text is string => text !== undefined && /^[+-]?\d+$/.test(text)

const requirement = (reader: Reader): Result.Result<LabelSelector, string> =>
  Result.gen(function* () {
    const negated = reader.look().is === "!"
    if (negated) reader.take()
    const key = reader.take()
    if (key.is !== "word") return yield* unexpected(key, "identifier")
    const name = key.text
    if (!isLabelKey(name)) return yield* Result.fail(illegal("key", name))
    const next = reader.look()
    // What follows `!key` other than a comma is a mistake that the list of requirements reports.
    if (negated) return (labels) => DoesNotExist(labels[name], [])
    if (next.is === "end" || next.is === ",") return (labels) => Exists(labels[name], [])
    const operator = reader.take()
    const holds = operators[operator.text]
    if (holds === undefined) return yield* unexpected(operator, "in, notin, =, ==, !=, gt, lt")
    const isSet = operator.text === "in" || operator.text === "notin"
    const values = yield* isSet ? valueSet(reader) : Result.map(exactValue(reader), (value) => [value])
    const wrong = values.find((value) => !isLabelValue(value))
    if (wrong !== undefined) return yield* Result.fail(illegal("value", wrong))
    if (!isSet && /[<>]/.test(operator.text) && !isInteger(values[0])) {
      return yield* Result.fail(`for 'Gt', 'Lt' operators, the value must be an integer`)
    }
    return (labels) => holds(labels[name], values)
  })

const illegal = (what: "key" | "value", text: string) =>
  `${JSON.stringify(text)} is not a legal label ${what}; use at most 63 letters, digits, - _ . with a letter or digit at both ends${what === "key" ? ", after an optional DNS name and /" : ""}`

const exactValue = (reader: Reader): Result.Result<string, string> => {
  const next = reader.look()
  if (next.is === "end" || next.is === ",") return Result.succeed("")
  const value = reader.take()
  return value.is === "word" ? Result.succeed(value.text) : unexpected(value, "identifier")
}

/** `(a,b)`; an item may be empty, the whole set may not. */
const valueSet = (reader: Reader): Result.Result<ReadonlyArray<string>, string> =>
  Result.gen(function* () {
    const open = reader.take()
    if (open.is !== "(") return yield* unexpected(open, "'('")
    if (reader.look().is === ")") {
      return yield* Result.fail("for 'in', 'notin' operators, values set can't be empty")
    }
    const values: Array<string> = []
    for (;;) {
      const next = reader.look()
      values.push(next.is === "word" ? reader.take().text : "")
      const after = reader.take()
      if (after.is === ")") return values
      if (after.is !== ",") return yield* unexpected(after, "',' or ')'")
    }
  })
