/** What the verbs of the cluster share: storage, kinds, and generators of uids, name suffixes and cluster IPs. */

import { Result } from "effect"
import { type ApiError, notFound, unknownResource } from "./ApiError.ts"
import { type ApiObject, at } from "./ApiObject.ts"
import { inherit } from "./patch/Managers.ts"
import type { KindRegistry, ResourceKind } from "./ResourceKind.ts"
import { prune, type StructuralSchema } from "./schema/SchemaPruning.ts"
import { type Storage, key } from "./Storage.ts"

export interface ClusterState {
  readonly storage: Storage
  readonly kinds: KindRegistry
  /** By storage: the revision at which the definition of the kind last changed. Watches cannot start before it. */
  readonly redefined: Map<string, number>
  /** Pods must name a service account that exists, as in real clusters. */
  readonly requireServiceAccounts: boolean
  readonly nextUid: () => string
  readonly nextSuffix: () => string
  readonly allocateClusterIP: () => string
}

/** Kubernetes' alphabet for generated names: no vowels, no characters that look alike. */
const alphabet = "bcdfghjklmnpqrstvwxz2456789"
const suffixLength = 5
const suffixes = alphabet.length ** suffixLength

/** Generates uids and suffixes from a counter and a seed: unique within a cluster, and the same in every run with this seed. */
export const makeIdentity = (seed: number) => {
  const prefix = (seed >>> 0).toString(16).padStart(8, "0")
  let uids = 0
  let names = seed % suffixes
  let addresses = 0
  return {
    nextUid: () => `${prefix}-0000-4000-8000-${(++uids).toString(16).padStart(12, "0")}`,
    nextSuffix: () => {
      // A step coprime to the number of suffixes visits each of them once.
      names = (names + 5_039_999) % suffixes
      let rest = names
      return Array.from({ length: suffixLength }, () => {
        const letter = alphabet[rest % alphabet.length]
        rest = Math.floor(rest / alphabet.length)
        return letter
      }).join("")
    },
    allocateClusterIP: () => {
      addresses++
      return `10.96.${(addresses >> 8) & 255}.${addresses & 255}`
    },
  }
}

/** By stored object: what the schema that was last asked about leaves of it. */
const pruned = new WeakMap<ApiObject, { readonly schema: StructuralSchema; readonly rest: ApiObject }>()

/**
 * The object as its definition is now. It may have been stored under another: fields that this one lacks are stored until the object is
 * written again, and nobody sees them.
 */
const asDefined = (kind: ResourceKind, object: ApiObject): ApiObject => {
  const { custom, schema } = kind
  if (!custom || schema === undefined) return object
  const known = pruned.get(object)
  if (known?.schema === schema) return known.rest
  const { value, unknown } = prune(schema, object)
  const rest = unknown.length === 0 ? object : inherit(value as ApiObject, object, undefined)
  pruned.set(object, { schema, rest })
  return rest
}

/** The stored object, or 404; the namespace is ignored for kinds that are not namespaced. */
export const stored = (
  state: ClusterState,
  kind: ResourceKind,
  namespace: string | undefined,
  name: string,
): Result.Result<ApiObject, ApiError> => {
  // The definition of the kind was deleted while the request was in flight.
  if (state.kinds.ofStorage(kind.storage) === undefined) return Result.fail(unknownResource())
  const object = state.storage.get(kind.storage, key(kind.namespaced ? namespace : undefined, name))
  return object === undefined ? Result.fail(notFound(kind, name)) : Result.succeed(asDefined(kind, object))
}

/** The object as clients of this kind see it. */
export const shown = (kind: ResourceKind, object: ApiObject): ApiObject => {
  const defined = asDefined(kind, object)
  return kind.view?.show(defined) ?? defined
}

export const isTerminating = (namespace: ApiObject): boolean =>
  namespace.metadata.deletionTimestamp !== undefined || at(namespace, "status.phase") === "Terminating"
