/**
 * A kind that the cluster serves: its names in paths and in `kubectl`, its scope, its schema and its table columns. Kinds that
 * are views of the same objects (several versions, or events in two groups) share one `storage`.
 */

import type { ApiObject } from "./ApiObject.ts"
import type { StructuralSchema } from "./schema/SchemaPruning.ts"

export interface Column {
  readonly name: string
  readonly type: "string" | "integer" | "number" | "boolean" | "date"
  readonly format?: string
  readonly description?: string
  /** Above 0: shown only with `-o wide`. */
  readonly priority?: number
  /** `now` in milliseconds since the epoch. */
  readonly cell: (object: ApiObject, now: number) => unknown
}

export interface ResourceKind {
  /** `""` for the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly listKind: string
  readonly shortNames: ReadonlyArray<string>
  readonly categories: ReadonlyArray<string>
  readonly namespaced: boolean
  /** `status` separates writes of the status; the others are only listed for discovery here, and served elsewhere. */
  readonly subresources: ReadonlyArray<string>
  /** Answered on creation and never stored: supports no other verb. */
  readonly question?: true
  /** `pods`, `sparkapplications.sparkoperator.k8s.io`: where the objects are stored. */
  readonly storage: string
  /** From a CustomResourceDefinition: pruned, defaulted and validated by its schema; without strategic merge patches. */
  readonly custom: boolean
  readonly schema?: StructuralSchema
  readonly columns: ReadonlyArray<Column>
  /** Dotted paths that a field selector may name, besides `metadata.name` and `metadata.namespace`. */
  readonly selectable: ReadonlyArray<string>
  /** Converts between the stored and the shown form of an object. Absent: they are the same. */
  readonly view?: { readonly show: (stored: ApiObject) => ApiObject; readonly store: (shown: ApiObject) => ApiObject }
}

/** `apps/v1`, or `v1` for the core group. */
export const groupVersion = (kind: ResourceKind): string =>
  kind.group === "" ? kind.version : `${kind.group}/${kind.version}`

/** The served kinds; custom kinds are added and removed with their definitions. */
export interface KindRegistry {
  readonly find: (group: string, version: string, plural: string) => ResourceKind | undefined
  /** By `apiVersion` and `kind` as in owner references; any version of the group matches. */
  readonly ofObject: (apiVersion: string, kind: string) => ResourceKind | undefined
  /** One kind per storage. */
  readonly ofStorage: (storage: string) => ResourceKind | undefined
  readonly all: () => ReadonlyArray<ResourceKind>
  /** Changes with every registration; documents made from the kinds may be cached until then. */
  readonly revision: () => number
  readonly replace: (storage: string, kinds: ReadonlyArray<ResourceKind>) => void
}

export const makeKindRegistry = (builtIn: ReadonlyArray<ResourceKind>): KindRegistry => {
  const byStorage = new Map<string, ReadonlyArray<ResourceKind>>()
  let all: ReadonlyArray<ResourceKind> = []
  let byPath = new Map<string, ResourceKind>()
  let byKind = new Map<string, ResourceKind>()
  let revision = 0
  const index = () => {
    all = [...byStorage.values()].flat()
    byPath = new Map(all.map((kind) => [`${kind.group}/${kind.version}/${kind.plural}`, kind]))
    byKind = new Map(all.map((kind) => [`${kind.group}/${kind.kind}`, kind]))
    revision++
  }
  for (const kind of builtIn) byStorage.set(kind.storage, [...(byStorage.get(kind.storage) ?? []), kind])
  index()
  return {
    find: (group, version, plural) => byPath.get(`${group}/${version}/${plural}`),
    ofObject: (apiVersion, kind) => byKind.get(`${apiVersion.includes("/") ? apiVersion.split("/")[0] : ""}/${kind}`),
    ofStorage: (storage) => byStorage.get(storage)?.[0],
    all: () => all,
    revision: () => revision,
    replace: (storage, kinds) => {
      if (kinds.length === 0) byStorage.delete(storage)
      else byStorage.set(storage, kinds)
      index()
    },
  }
}
