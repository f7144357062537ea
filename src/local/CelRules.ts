/** The `x-kubernetes-validations` of a schema: CEL expressions over `self` and, for transition rules, `oldSelf`. */
import { Environment, type ParseResult } from "@marcbachmann/cel-js"
import { Predicate, Result } from "effect"
import type { FieldError } from "./ApiError.ts"
import type { CelRule, StructuralSchema } from "./StructuralSchema.ts"

const environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true })

const compiled = new Map<string, Result.Result<ParseResult, string>>()
const compile = (expression: string): Result.Result<ParseResult, string> => {
  const known = compiled.get(expression)
  if (known !== undefined) return known
  const result = Result.try({
    try: () => environment.parse(expression),
    catch: (error) => (error instanceof Error ? error.message.split("\n")[0]! : String(error)),
  })
  compiled.set(expression, result)
  return result
}

/** Why the expression cannot be compiled; `undefined` when it can. */
export const celSyntaxProblem = (expression: string): string | undefined => {
  const result = compile(expression)
  return Result.isFailure(result) ? result.failure : undefined
}

/** CEL tells integers from doubles by the schema, JSON does not: integers become BigInt. Untouched values are shared. */
const toCel = (schema: StructuralSchema | undefined, value: unknown): unknown => {
  if (typeof value === "number") return schema?.type !== "number" && Number.isInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map((item) => toCel(schema?.items, item))
  if (!Predicate.isObject(value)) return value
  const result: { [key: string]: unknown } = {}
  for (const key in value) {
    const extra = schema?.additionalProperties
    result[key] = toCel(schema?.properties?.[key] ?? (typeof extra === "object" ? extra : undefined), value[key])
  }
  return result
}

const run = (expression: string, scope: Record<string, unknown>): Result.Result<unknown, string> =>
  Result.flatMap(compile(expression), (program) =>
    Result.try({
      try: (): unknown => program(scope),
      catch: (error) => (error instanceof Error ? error.message.split("\n")[0]! : String(error)),
    }),
  )

const reasonOf = (rule: CelRule): FieldError["reason"] => {
  switch (rule.reason) {
    case "FieldValueRequired":
    case "FieldValueForbidden":
    case "FieldValueDuplicate":
      return rule.reason
    default:
      return "FieldValueInvalid"
  }
}

const prefixes: Partial<Record<FieldError["reason"], (shown: string) => string>> = {
  FieldValueRequired: () => "Required value: ",
  FieldValueForbidden: () => "Forbidden: ",
  FieldValueDuplicate: (shown) => `Duplicate value: ${shown}: `,
}

/**
 * The broken rules of one schema node. A rule that speaks of `oldSelf` runs only when there is an old value; the message is the
 * rule's `messageExpression`, its `message`, or `failed rule: …`.
 */
export const celProblems = (
  schema: StructuralSchema,
  value: unknown,
  old: unknown,
  path: string,
): ReadonlyArray<FieldError> => {
  const rules = schema["x-kubernetes-validations"]
  if (rules === undefined) return []
  const scope = { self: toCel(schema, value), oldSelf: old === undefined ? undefined : toCel(schema, old) }
  const shown = JSON.stringify(Predicate.isObject(value) ? "object" : Array.isArray(value) ? "array" : value)
  return rules.flatMap((rule) => {
    if (/\boldSelf\b/.test(rule.rule) && old === undefined) return []
    const result = run(rule.rule, scope)
    if (Result.isSuccess(result) && result.success === true) return []
    const own = rule.messageExpression === undefined ? undefined : run(rule.messageExpression, scope)
    const said =
      own !== undefined && Result.isSuccess(own) && typeof own.success === "string" ? own.success : rule.message
    const detail = Result.isFailure(result)
      ? `rule evaluation error: ${result.failure}: rule: ${rule.rule}`
      : (said ?? `failed rule: ${rule.rule}`)
    const reason = reasonOf(rule)
    const message = `${prefixes[reason]?.(shown) ?? `Invalid value: ${shown}: `}${detail}`
    const field = `${path}${rule.fieldPath ?? ""}`.replace(/^\./, "")
    return [{ reason, field, message }]
  })
}
