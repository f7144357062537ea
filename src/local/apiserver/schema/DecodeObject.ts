/**
 * Decodes the body of a write to an object of the kind: checks the type that it claims, prunes unknown fields and reports them as
 * the client requested (`fieldValidation`), fills in defaults, and checks types as Kubernetes' decoders do.
 */

import { Predicate, Result } from "effect"
import { type ApiError, badRequest } from "../ApiError.ts"
import { type ApiObject, type Fields, fields, text, without } from "../ApiObject.ts"
import { type ResourceKind, groupVersion } from "../ResourceKind.ts"
import { builtInRules } from "./BuiltInRules.ts"
import { metadataSchema } from "./BuiltInSchemas.ts"
import { printed } from "./GoValues.ts"
import { prune, type StructuralSchema, withDefaults } from "./SchemaPruning.ts"
import { problems } from "./SchemaValidation.ts"

export type FieldValidation = "Strict" | "Warn" | "Ignore"

export interface Decoded {
  readonly object: ApiObject
  /** For `Warning` headers. */
  readonly warnings: ReadonlyArray<string>
}

const typed = (kind: ResourceKind, body: Fields): Result.Result<Fields, ApiError> => {
  const wanted = groupVersion(kind)
  const { apiVersion, kind: name } = body
  if (kind.custom && (!name || !apiVersion)) {
    const missing = `Object '${name ? "apiVersion" : "Kind"}' is missing in '${JSON.stringify(body)}'`
    return Result.fail(badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): ${missing}`))
  }
  if (apiVersion && apiVersion !== wanted) {
    if (!kind.custom) {
      const unknown = `no kind "${text(name) ?? kind.kind}" is registered for version "${text(apiVersion)}"`
      return Result.fail(
        badRequest(`${kind.kind} in version "${text(apiVersion)}" cannot be handled as a ${kind.kind}: ${unknown}`),
      )
    }
    const message = `the API version in the data (${text(apiVersion)}) does not match the expected API version (${wanted})`
    return Result.fail(badRequest(message))
  }
  if (name && name !== kind.kind) {
    return Result.fail(
      badRequest(
        `${text(name)} in version "${kind.version}" cannot be handled as a ${kind.kind}: no kind "${text(name)}" is registered`,
      ),
    )
  }
  return Result.succeed({ ...body, apiVersion: wanted, kind: kind.kind })
}

/** The part of any kind that the API server reads into types of its own; of built-in kinds it is everything. */
const justMetadata: StructuralSchema = { properties: { metadata: metadataSchema } }

const collections: ReadonlySet<string> = new Set(["labels", "annotations", "finalizers", "ownerReferences"])

/** Metadata as Go writes it: without collections that are empty. */
const withoutEmpty = (metadata: Fields): Fields =>
  without(metadata, ...Object.keys(metadata).filter((key) => collections.has(key) && isEmpty(metadata[key])))

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : Predicate.isObject(value) && Object.keys(value).length === 0

/**
 * Decodes a whole object for a write. Fails with 400 if it is not an object, claims another type, has fields of the wrong type
 * in `metadata` (and anywhere, for built-in kinds), or has unknown fields under `Strict`.
 */
export const decode = (
  kind: ResourceKind,
  body: unknown,
  validation: FieldValidation = "Warn",
): Result.Result<Decoded, ApiError> =>
  Result.gen(function* () {
    const cannot = (why: string) =>
      Result.fail(badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${why}`))
    if (!Predicate.isObject(body)) {
      return yield* Result.fail(
        badRequest("couldn't get version/kind; json parse error: the body is not a JSON object"),
      )
    }
    const claimed = yield* typed(kind, body)
    const metadata = prune(metadataSchema, claimed["metadata"] ?? {}, false)
    const whole = kind.schema === undefined ? { value: claimed, unknown: [] } : prune(kind.schema, claimed)
    const unknown = [...metadata.unknown.map((path) => `metadata.${path}`), ...whole.unknown]
    if (validation === "Strict" && unknown.length > 0) {
      const list = unknown.map((path) => `unknown field "${path}"`).join(", ")
      return yield* cannot(`strict decoding error: ${list}`)
    }
    const object = {
      ...fields(kind.schema === undefined ? whole.value : withDefaults(kind.schema, whole.value)),
      metadata: withDefaults(metadataSchema, withoutEmpty(fields(metadata.value))),
    } as unknown as ApiObject
    const [wrong] = kind.custom
      ? problems(metadataSchema, object.metadata, undefined, "metadata")
      : kind.schema === undefined
        ? []
        : problems(kind.schema, object, undefined)
    if (wrong !== undefined) {
      const actual = /^Invalid value: "(\w+)".* of type ([\w,]+):/.exec(wrong.message)
      return yield* cannot(
        actual === null
          ? `json: ${wrong.field}: ${wrong.message}`
          : `json: cannot unmarshal ${actual[1] === "integer" ? "number" : actual[1]} into Go struct field ${kind.kind}.${wrong.field} of type ${actual[2]}`,
      )
    }
    let unreadable = builtInRules[kind.storage]?.unreadable?.(object)
    const refuse = (why: string) => void (unreadable ??= why)
    const read = printed((kind.custom ? undefined : kind.schema) ?? justMetadata, object, refuse)
    if (unreadable !== undefined) return yield* cannot(unreadable)
    const warnings = validation === "Warn" ? unknown.map((path) => `unknown field "${path}"`) : []
    return { object: read as ApiObject, warnings }
  })
