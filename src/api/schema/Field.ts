/**
 * The vocabulary for schemas of custom resources. A field is a schema with a description for `kubectl explain`. Each rule on a value is
 * written once, as an Effect check that carries the equivalent OpenAPI keywords in the annotation `openApi`, so that the operator and the
 * API server always check the same.
 */

import { Predicate, Schema, type SchemaAST } from "effect"

/** The content of the annotation `openApi`: keywords of a Kubernetes structural schema that are merged into the node. */
export interface OpenApiKeywords {
  readonly type?: string
  readonly format?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly "x-kubernetes-int-or-string"?: true
  readonly "x-kubernetes-preserve-unknown-fields"?: true
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map"
  readonly "x-kubernetes-list-map-keys"?: ReadonlyArray<string>
  readonly "x-kubernetes-validations"?: ReadonlyArray<{
    readonly rule: string
    readonly message?: string
    readonly messageExpression?: string
  }>
}

const openApi = (keywords: OpenApiKeywords) => ({ openApi: keywords })

/** All keywords of a schema and its checks; the CEL rules of several checks are concatenated. */
export const openApiOf = (ast: SchemaAST.AST): OpenApiKeywords => {
  const all = [ast.annotations, ...(ast.checks ?? []).map((check) => check.annotations)].flatMap((annotations) =>
    annotations?.["openApi"] === undefined ? [] : [annotations["openApi"] as OpenApiKeywords],
  )
  const rules = all.flatMap((keywords) => keywords["x-kubernetes-validations"] ?? [])
  return Object.assign({}, ...all, rules.length === 0 ? {} : { "x-kubernetes-validations": rules })
}

/** What a value of the schema must be, in words: the annotation `expected` of the schema or of its last check that has one. */
export const expectedOf = (ast: SchemaAST.AST): string | undefined => {
  const all = [ast.annotations, ...(ast.checks ?? []).map((check) => check.annotations)]
  const texts = all.map((annotations) => annotations?.["expected"])
  return texts.findLast((text) => typeof text === "string")
}

/** A key that must be present. */
export const required = <S extends Schema.Top>(schema: S, description: string): S["Rebuild"] =>
  schema.pipe(Schema.annotateKey({ description }))

/** A key that may be omitted. The API server sets it to `byDefault` if given. */
export const optional = <S extends Schema.Top>(
  schema: S,
  description: string,
  byDefault?: S["Type"],
): Schema.optionalKey<S> =>
  Schema.optionalKey(schema).pipe(
    Schema.annotateKey(byDefault === undefined ? { description } : { description, default: byDefault }),
  )

/** A string that matches a regular expression (RE2 syntax, anchored). `expected` completes the message "… is not". */
export const pattern = (expression: RegExp, expected: string, limits: { readonly maxLength?: number } = {}) =>
  Schema.String.check(
    Schema.makeFilter<string>(
      (text) =>
        (expression.test(text) && text.length <= (limits.maxLength ?? Infinity)) ||
        `${JSON.stringify(text)} is not ${expected}`,
      { expected, ...openApi({ pattern: expression.source, ...limits }) },
    ),
  )

/** A whole number between two inclusive bounds. */
export const integer = (format: "int32" | "int64", minimum?: number, maximum?: number) => {
  const limit = format === "int32" ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER
  const [low, high] = [minimum ?? -limit - 1, maximum ?? limit]
  const range =
    minimum === undefined
      ? `a whole number of at most ${format === "int32" ? 32 : 64} bits`
      : maximum === undefined
        ? `a whole number of at least ${minimum}`
        : `a whole number from ${minimum} to ${maximum}`
  return Schema.Number.check(
    Schema.makeFilter<number>(
      (value) => (Number.isInteger(value) && value >= low && value <= high) || `${value} is not ${range}`,
      openApi({
        type: "integer",
        format,
        ...(minimum === undefined ? {} : { minimum }),
        ...(maximum === undefined ? {} : { maximum }),
      }),
    ),
  )
}

/**
 * A rule over several fields of one object. `rule` is the CEL expression that the API server evaluates, and `holds` is the same rule for
 * the operator. `field` is the field of the object for which a violation is reported.
 */
export const rule = <A>(options: {
  readonly rule: string
  readonly holds: (value: A) => boolean
  readonly message: string
  readonly field: string
}) =>
  Schema.makeFilter<A>(
    (value) => options.holds(value) || { path: [options.field], issue: options.message },
    openApi({ "x-kubernetes-validations": [{ rule: options.rule, message: options.message }] }),
  )

/**
 * A rule that only the API server evaluates, so that a mistake is rejected when the resource is applied. The validation in `src/spark`
 * reports the same mistake in more detail, and also in resources that are older than the rule. The message is a text or a CEL expression.
 */
export const serverRule = <A>(rule: string, message: string | { readonly expression: string }) => {
  const said = typeof message === "string" ? { message } : { messageExpression: message.expression }
  return Schema.makeFilter<A>(() => true, openApi({ "x-kubernetes-validations": [{ rule, ...said }] }))
}

/**
 * A type of Kubernetes itself. The TypeScript type is Kubernetes' own, so that values can be copied to pods unchanged. The compiler ensures
 * that the schema has all of its fields and no others.
 */
export const embedded =
  <A>() =>
  (fields: {
    readonly [K in keyof A]-?: Record<never, never> extends Pick<A, K> ? Schema.optionalKey<Schema.Top> : Schema.Top
  }): Schema.Codec<A> =>
    Schema.Struct(fields as Schema.Struct.Fields) as unknown as Schema.Codec<A>

/** An object of Kubernetes that is passed on unchecked: the API server keeps all of its fields. */
export const anyObject = <A extends object>(): Schema.Codec<A> =>
  Schema.declare<A>((value): value is A => Predicate.isObject(value) && !Array.isArray(value), {
    expected: "an object",
    ...openApi({ type: "object", "x-kubernetes-preserve-unknown-fields": true }),
  })

/** A number or a string, such as a port or a quantity. */
export const IntOrString = Schema.declare<number | string>(
  (value): value is number | string => Number.isInteger(value) || Predicate.isString(value),
  { expected: "a whole number or a string", ...openApi({ "x-kubernetes-int-or-string": true }) },
)

/** A list whose items are identified by some of their keys, so that several writers can each own items. */
export const listMap = <S extends Schema.Top>(item: S, ...keys: ReadonlyArray<string>) =>
  Schema.Array(item).annotate(openApi({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys }))
