/** A resource of a manifest as the API server would store it, for commands that ask no server. Pure. */

import { Predicate } from "effect"
import { sparkApplicationCrd } from "../../api/application/CustomResource.ts"
import { crds } from "../../api/Crds.ts"
import { withDefaults, type StructuralSchema } from "../../local/apiserver/schema/SchemaPruning.ts"

/** Shown instead of the five characters that the API server adds to `generateName`. */
const suffix = "xxxxx"

/** apiserver's `names.SimpleNameGenerator`: what does not fit into 63 characters with the suffix is cut off. */
const longestBase = 58

/** Without a kind, or of an unknown one: that of an application. */
const schemaOf = (kind: unknown): StructuralSchema => {
  const { spec } = crds.find((crd) => crd.spec.names.kind === kind) ?? sparkApplicationCrd
  return spec.versions[0]!.schema.openAPIV3Schema as unknown as StructuralSchema
}

/** The name, or one made from `generateName`; `undefined` without either. */
export const nameOf = (metadata: unknown): string | undefined => {
  if (!Predicate.isObject(metadata)) return undefined
  const { name, generateName } = metadata as { readonly name?: unknown; readonly generateName?: unknown }
  if (name !== undefined && name !== null && name !== "") return String(name)
  return Predicate.isString(generateName) && generateName !== ""
    ? `${generateName.slice(0, longestBase)}${suffix}`
    : undefined
}

/** In a namespace, with a name and a uid, and without `null` in fields that cannot be null, by the definition of the kind. */
export const created = (object: unknown, namespace: string): unknown => {
  if (!Predicate.isObject(object)) return object
  const given = "metadata" in object && Predicate.isObject(object.metadata) ? object.metadata : {}
  const name = nameOf(given)
  const metadata = {
    uid: "00000000-0000-4000-8000-000000000000",
    ...given,
    namespace: ("namespace" in given && given.namespace) || namespace,
    ...(name === undefined ? {} : { name }),
  }
  return withDefaults(schemaOf("kind" in object ? object.kind : undefined), { ...object, metadata })
}
