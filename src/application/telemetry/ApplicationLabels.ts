/** The labels of the applications in the cache: pods that lack a label take it from their application. */

import type { Identity, Labels } from "./ApplicationIdentity.ts"

export interface ApplicationLabels {
  readonly of: (namespace: string, name: string | undefined) => Labels
  readonly isKnown: (namespace: string, name: string | undefined) => boolean
  /** Returns whether this changes what its executors are counted under. Identities are one object for equal labels. */
  readonly set: (namespace: string, name: string, labels: Labels, identity: Identity) => boolean
  /** Returns whether the application was known. */
  readonly remove: (namespace: string, name: string) => boolean
}

export const make = (): ApplicationLabels => {
  const known = new Map<string, { readonly labels: Labels; readonly identity: Identity }>()
  const keyOf = (namespace: string, name: string) => `${namespace}/${name}`
  return {
    of: (namespace, name) => (name === undefined ? undefined : known.get(keyOf(namespace, name))?.labels),
    isKnown: (namespace, name) => name !== undefined && known.has(keyOf(namespace, name)),
    set: (namespace, name, labels, identity) => {
      const before = known.get(keyOf(namespace, name))
      known.set(keyOf(namespace, name), { labels, identity })
      return before?.identity !== identity
    },
    remove: (namespace, name) => known.delete(keyOf(namespace, name)),
  }
}
