/** The `x-kubernetes-validations` of a schema: CEL expressions over `self` and, for transition rules, `oldSelf`. */

import { Environment, type ParseResult } from "@marcbachmann/cel-js"
import { Predicate, Result } from "effect"
import type { FieldError } from "../ApiError.ts"
import type { CelRule, StructuralSchema } from "./SchemaPruning.ts"

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

/** Why the expression cannot be compiled; `undefined` if it can. */
export const celSyntaxProblem = (expression: string): string | undefined => {
  const result = compile(expression)
  return Result.isFailure(result) ? result.failure : undefined
}

/** CEL distinguishes integers from doubles by the schema, JSON does not: integers become BigInt. Unchanged values are shared. */
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
  FieldValueDuplicate: (shown) => `Duplicate value: ${shown}`,
}

const inner = (schema: StructuralSchema, key: string): StructuralSchema | undefined => {
  const found = schema.properties?.[key] ?? schema.additionalProperties
  return typeof found === "object" ? found : undefined
}

const knownRules = new WeakMap<StructuralSchema, boolean>()

/** Whether the schema, or anything inside it, has a rule. */
export const hasRules = (schema: StructuralSchema): boolean => {
  let found = knownRules.get(schema)
  if (found === undefined) {
    // A recursive schema has no further rules inside.
    knownRules.set(schema, false)
    const { additionalProperties, items, properties = {} } = schema
    const parts = [...Object.values(properties), ...(items === undefined ? [] : [items])]
    if (typeof additionalProperties === "object") parts.push(additionalProperties)
    found = (schema["x-kubernetes-validations"] ?? []).length > 0 || parts.some(hasRules)
    knownRules.set(schema, found)
  }
  return found
}

/**
 * The broken rules of the schema and of everything inside it. A rule that mentions `oldSelf` runs only if there is an old value;
 * the message is the rule's `messageExpression`, its `message`, or `failed rule: …`.
 */
export const celProblems = (
  schema: StructuralSchema,
  value: unknown,
  old: unknown,
  path: string,
): ReadonlyArray<FieldError> => {
  if (!hasRules(schema) || value === null) return []
  const found: Array<FieldError> = [...brokenRules(schema, value, old, path)]
  const { items } = schema
  if (Array.isArray(value) && items !== undefined) {
    value.forEach((item, index) => {
      found.push(...celProblems(items, item, Array.isArray(old) ? old[index] : undefined, `${path}[${index}]`))
    })
  } else if (Predicate.isObject(value)) {
    const before = Predicate.isObject(old) ? old : {}
    for (const key in value) {
      const part = inner(schema, key)
      if (part !== undefined && value[key] !== undefined) {
        found.push(...celProblems(part, value[key], before[key], path === "" ? key : `${path}.${key}`))
      }
    }
  }
  return found
}

const brokenRules = (
  schema: StructuralSchema,
  value: unknown,
  old: unknown,
  path: string,
): ReadonlyArray<FieldError> => {
  const rules = schema["x-kubernetes-validations"]
  if (rules === undefined) return []
  const scope = { self: toCel(schema, value), oldSelf: old === undefined ? undefined : toCel(schema, old) }
  // Kubernetes shows plain values only.
  const shown = typeof value === "object" ? "" : `${JSON.stringify(value)}: `
  return rules.flatMap((rule) => {
    if (/\boldSelf\b/.test(rule.rule) && old === undefined) return []
    const result = run(rule.rule, scope)
    if (Result.isSuccess(result) && result.success === true) return []
    const own = rule.messageExpression === undefined ? undefined : run(rule.messageExpression, scope)
    const ownMessage =
      own !== undefined && Result.isSuccess(own) && typeof own.success === "string" ? own.success : rule.message
    const detail = Result.isFailure(result)
      ? `rule evaluation error: ${result.failure}: rule: ${rule.rule}`
      : (ownMessage ?? `failed rule: ${rule.rule}`)
    const reason = reasonOf(rule)
    const message = `${prefixes[reason]?.(shown) ?? `Invalid value: ${shown}`}${detail}`
    const field = `${path}${rule.fieldPath ?? ""}`.replace(/^\./, "")
    return [{ reason, field, message }]
  })
}
