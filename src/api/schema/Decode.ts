/**
 * Decodes untyped JSON by a schema, to the value or to the list of all its problems, each with the path of its field and what would be right.
 * Nothing is transformed: the result is the input object, including fields that this version does not know.
 */

import { Predicate, Result, Schema, type SchemaAST, type SchemaIssue } from "effect"
import type { Problem } from "../Problem.ts"
import { expectedOf, openApiOf } from "./Field.ts"

/** The maximum number of characters of a wrong value in a message. */
const maxShownLength = 80

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return "a list"
  if (Predicate.isObject(value)) return "an object"
  const text = JSON.stringify(value)
  return text.length <= maxShownLength ? text : `${text.slice(0, maxShownLength)}…"`
}

/** What a value must be, in words: `a string`, `one of Java, Python, Scala, R`. */
const expected = (ast: SchemaAST.AST): string => {
  switch (ast._tag) {
    case "String":
      return "a string"
    case "Number":
      return openApiOf(ast).type === "integer" ? "a whole number" : "a number"
    case "Boolean":
      return "true or false"
    case "Null":
      return "null"
    case "Arrays":
      return "a list"
    case "Objects":
      return "an object"
    case "Literal":
      return /^[A-Za-z]\w*$/.test(String(ast.literal)) ? String(ast.literal) : JSON.stringify(ast.literal)
    case "Union":
      return ast.types.length === 1
        ? expected(ast.types[0]!)
        : isEnumOfStrings(ast)
          ? `one of ${ast.types.map(expected).join(", ")}`
          : ast.types.map(expected).join(" or ")
    default:
      return expectedOf(ast) ?? "a different value"
  }
}

const isEnumOfStrings = (ast: SchemaAST.AST) =>
  ast._tag === "Union" && ast.types.every((type) => type._tag === "Literal" && Predicate.isString(type.literal))

/** The remedy for a common mistake in YAML: `3.5` and `true` are not strings, `"3"` is not a number. */
const remedy = (ast: SchemaAST.AST, value: unknown): string => {
  const text = ast._tag === "String" || openApiOf(ast)["x-kubernetes-int-or-string"] || isEnumOfStrings(ast)
  if (text && (Predicate.isNumber(value) || Predicate.isBoolean(value))) return "; put it in quotes"
  if (ast._tag === "Number" && Predicate.isString(value) && /^-?[0-9]+$/.test(value)) return "; remove the quotes"
  if (ast._tag === "Boolean" && (value === "true" || value === "false")) return "; remove the quotes"
  return ""
}

const mismatch = (ast: SchemaAST.AST, input: unknown) =>
  `expected ${expected(ast)}, got ${shown(input)}${remedy(ast, input)}`

const fieldName = (path: ReadonlyArray<PropertyKey>): string =>
  path.reduce<string>((field, key) => {
    if (Predicate.isNumber(key)) return `${field}[${key}]`
    const name = String(key)
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) return `${field}[${JSON.stringify(name)}]`
    return field === "" ? name : `${field}.${name}`
  }, "")

const problems = (issue: SchemaIssue.Issue, path: ReadonlyArray<PropertyKey>): ReadonlyArray<Problem> => {
  const problem = (message: string): ReadonlyArray<Problem> => [{ field: fieldName(path), message }]
  switch (issue._tag) {
    case "Pointer":
      return problems(issue.issue, [...path, ...issue.path])
    case "Composite":
      return issue.issues.flatMap((inner) => problems(inner, path))
    case "Filter":
    case "Encoding":
      return problems(issue.issue, path)
    case "MissingKey": {
      const description = issue.annotations?.description
      return problem(description === undefined ? "is required" : `is required: ${description}`)
    }
    case "InvalidType":
    case "AnyOf":
    case "OneOf":
      return problem(mismatch(issue.ast, issue.input))
    case "UnexpectedKey":
      return problem("is not a known field")
    case "InvalidValue":
    case "Forbidden":
      return problem(issue.annotations?.message ?? "has a value that is not allowed")
  }
}

/** Whether the issue is about a value of the right type, such as an invalid memory size. */
const isAboutValue = (issue: SchemaIssue.Issue): boolean => {
  switch (issue._tag) {
    case "Pointer":
      return isAboutValue(issue.issue)
    case "Composite":
      return issue.issues.every(isAboutValue)
    default:
      return issue._tag === "Filter"
  }
}

/** A decoded object: `value` is set if everything in it has the right type, even if some values are invalid. */
export interface Reading<A> {
  readonly value: A | undefined
  /** In the order of the schema's fields; empty if the object satisfies the schema. */
  readonly problems: ReadonlyArray<Problem>
}

/** A reader of objects of this schema. Because no schema of `src/api` transforms anything, a value that satisfies it is the input itself. */
export const reader = <A>(schema: Schema.Codec<A>): ((input: unknown) => Reading<A>) => {
  const decode = Schema.decodeUnknownResult(schema, { errors: "all", reportInput: true })
  return (input) =>
    Result.match(decode(input), {
      onFailure: ({ issue }) => ({
        value: isAboutValue(issue) ? (input as A) : undefined,
        problems: problems(issue, []),
      }),
      onSuccess: () => ({ value: input as A, problems: [] }),
    })
}
