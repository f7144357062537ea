/** Label and field selectors as the API takes them, parsed once into predicates; those of labels are read as by the operator itself. */

import { Result } from "effect"
import { everything as everyLabel, parseLabelSelector } from "../../kube/selector/LabelSelector.ts"
import { type ApiError, badRequest } from "./ApiError.ts"
import { type ApiObject, at } from "./ApiObject.ts"
import type { ResourceKind } from "./ResourceKind.ts"

export type Selector = (object: ApiObject) => boolean

/** Everything matches. */
export const everything: Selector = () => true

/** The empty selector matches everything. */
export const labelSelector = (source: string | undefined): Result.Result<Selector, ApiError> =>
  source === undefined
    ? Result.succeed(everything)
    : Result.mapBoth(parseLabelSelector(source), {
        onFailure: badRequest,
        onSuccess: (matches): Selector =>
          matches === everyLabel ? everything : (object) => matches(object.metadata.labels ?? {}),
      })

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
