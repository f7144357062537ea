/**
 * What the embedded cluster stores: immutable JSON with Kubernetes metadata. Objects are replaced, never changed, so that
 * history, snapshots and watchers share them without copies. Functions that read untyped JSON by path are here, too.
 */

import { Predicate } from "effect"

export type Fields = { readonly [field: string]: unknown }

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export interface Metadata extends Fields {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly creationTimestamp: string
  readonly generation?: number
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: { readonly [key: string]: string }
  readonly annotations?: { readonly [key: string]: string }
  readonly finalizers?: ReadonlyArray<string>
  readonly ownerReferences?: ReadonlyArray<OwnerReference>
}

export interface ApiObject extends Fields {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
}

/** The JSON object `value`, or an empty one when it is anything else. */
export const fields = (value: unknown): Fields => (Predicate.isObject(value) ? value : {})

export const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

export const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

/** The value under a dotted path such as `status.phase`; keys that contain dots cannot be reached. */
export const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((inner, key) => (Predicate.isObject(inner) ? inner[key] : undefined), value)

/** `object` with other metadata; `undefined` removes a field. */
export const withMetadata = (object: ApiObject, change: { readonly [K in keyof Metadata]?: unknown }): ApiObject => ({
  ...object,
  metadata: defined({ ...object.metadata, ...change }) as unknown as Metadata,
})

/** The fields of `object` that are not `undefined`. */
export const defined = (object: Fields): Fields => {
  const result: { [field: string]: unknown } = {}
  for (const key in object) if (object[key] !== undefined) result[key] = object[key]
  return result
}

export const without = (object: Fields, ...names: ReadonlyArray<string>): Fields => {
  const result: { [field: string]: unknown } = {}
  for (const key in object) if (!names.includes(key)) result[key] = object[key]
  return result
}
