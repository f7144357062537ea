/** Discovery documents: the served versions, groups, resources, and the aggregated form of newer clients. */

import type { Fields } from "../ApiObject.ts"
import { type KindRegistry, type ResourceKind, groupVersion } from "../ResourceKind.ts"

const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
const verbsOf = (kind: ResourceKind) => (kind.question === true ? ["create"] : verbs)
const subresourceVerbs = (name: string) => (name === "status" ? ["get", "patch", "update"] : ["get"])

export const serverVersion: Fields = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.0+firesteel",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-01-01T00:00:00Z",
  goVersion: "none",
  compiler: "none",
  platform: "local/embedded",
}

export const apiVersions = (address: string): Fields => ({
  kind: "APIVersions",
  versions: ["v1"],
  serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: address }],
})

/** The versions of every group but the core group, in the order they are served. */
const groups = (kinds: KindRegistry): ReadonlyMap<string, ReadonlyArray<string>> => {
  const found = new Map<string, Array<string>>()
  for (const { group, version } of kinds.all()) {
    const versions = found.get(group) ?? []
    if (!versions.includes(version)) versions.push(version)
    found.set(group, versions)
  }
  found.delete("")
  return found
}

const described = (group: string, versions: ReadonlyArray<string>): Fields => {
  const listed = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions: listed, preferredVersion: listed[0] }
}

export const apiGroupList = (kinds: KindRegistry): Fields => ({
  kind: "APIGroupList",
  apiVersion: "v1",
  groups: [...groups(kinds)].map(([group, versions]) => described(group, versions)),
})

/** `undefined` when the group is not served. */
export const apiGroup = (kinds: KindRegistry, group: string): Fields | undefined => {
  const versions = groups(kinds).get(group)
  return versions === undefined ? undefined : { kind: "APIGroup", apiVersion: "v1", ...described(group, versions) }
}

const entry = (kind: ResourceKind): ReadonlyArray<Fields> => [
  {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: verbsOf(kind),
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
  },
  ...kind.subresources.map((name) => ({
    name: `${kind.plural}/${name}`,
    singularName: "",
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: subresourceVerbs(name),
  })),
]

const kindsOf = (kinds: KindRegistry, group: string, version: string) =>
  kinds.all().filter((kind) => kind.group === group && kind.version === version)

/** `undefined` when the version is not served. */
export const apiResourceList = (kinds: KindRegistry, group: string, version: string): Fields | undefined => {
  const served = kindsOf(kinds, group, version)
  const [first] = served
  if (first === undefined) return undefined
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: groupVersion(first),
    resources: served.flatMap(entry),
  }
}

const aggregatedResource = (kind: ResourceKind): Fields => {
  const responseKind = { group: kind.group, version: kind.version, kind: kind.kind }
  return {
    resource: kind.plural,
    responseKind,
    scope: kind.namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.singular,
    verbs: verbsOf(kind),
    shortNames: kind.shortNames,
    categories: kind.categories,
    subresources: kind.subresources.map((subresource) => ({
      subresource,
      responseKind,
      verbs: subresourceVerbs(subresource),
    })),
  }
}

/** `apidiscovery.k8s.io/v2`: everything at `/api` (the core group) or at `/apis` (the others) in one document. */
export const aggregatedDiscovery = (kinds: KindRegistry, core: boolean, version: string): Fields => ({
  kind: "APIGroupDiscoveryList",
  apiVersion: `apidiscovery.k8s.io/${version}`,
  metadata: {},
  items: (core ? [["", ["v1"]] as const] : [...groups(kinds)]).map(([group, versions]) => ({
    metadata: group === "" ? {} : { name: group },
    versions: versions.map((one) => ({
      version: one,
      resources: kindsOf(kinds, group, one).map(aggregatedResource),
      freshness: "Current",
    })),
  })),
})
