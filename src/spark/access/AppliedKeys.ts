/**
 * Which labels, annotations and fields of the spec of an object come from the operator: an annotation of the object remembers their names, so
 * that what its owner no longer requests is removed, and what cloud controllers and users have added stays. Pure.
 */

import { Option, Schema } from "effect"
import type { KubeObject } from "../../kube/Resource.ts"
import * as Labels from "../Labels.ts"

const parts = ["annotations", "labels", "spec"] as const
type Part = (typeof parts)[number]

const Names = Schema.optionalKey(Schema.Array(Schema.String))
const Applied = Schema.Struct({ annotations: Names, labels: Names, spec: Names })
const read = Schema.decodeUnknownOption(Schema.fromJsonString(Applied))

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (object: KubeObject, part: Part): Fields =>
  (part === "spec" ? (object as { readonly spec?: Fields }).spec : object.metadata?.[part]) ?? {}

/** The object with the names of what it has. */
export const withAppliedKeys = <A extends KubeObject>(object: A): A => {
  const names = parts.map((part) => [part, Object.keys(fieldsOf(object, part)).toSorted()] as const)
  const applied = JSON.stringify(Object.fromEntries(names.filter(([, keys]) => keys.length > 0)))
  const annotations = { ...object.metadata?.annotations, [Labels.appliedAnnotation]: applied }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** An object whose annotation is missing or was damaged has nothing that is known to be the operator's. */
const appliedTo = (object: KubeObject): typeof Applied.Type =>
  Option.getOrElse(read(object.metadata?.annotations?.[Labels.appliedAnnotation]), () => ({}))

const isMap = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value)

const absent = (keys: ReadonlyArray<string>, desired: Fields): Fields =>
  Object.fromEntries(keys.filter((key) => !(key in desired)).map((key) => [key, null]))

/** The desired fields; maps among them replace those that there are, with `null` for each key that is not desired. */
const replacing = (existing: Fields, desired: Fields): Fields =>
  Object.fromEntries(
    Object.entries(desired).map(([key, value]) => {
      const before = existing[key]
      return [key, isMap(value) && isMap(before) ? { ...absent(Object.keys(before), value), ...value } : value]
    }),
  )

/** A merge patch that makes the desired object of the existing one. */
export const patchOf = (existing: KubeObject, desired: KubeObject): object => {
  const applied = appliedTo(existing)
  const changed = (part: Part): Fields => {
    const [before, after] = [fieldsOf(existing, part), fieldsOf(desired, part)]
    return { ...absent(applied[part] ?? [], after), ...replacing(before, after) }
  }
  return { metadata: { labels: changed("labels"), annotations: changed("annotations") }, spec: changed("spec") }
}
