/**
 * Strategic merge patch for the built-in kinds: like a merge patch, but lists of objects merge by a key instead of being
 * replaced. The keys are those of Kubernetes' Go types (`patchMergeKey`), by field name; the directives `$patch`,
 * `$setElementOrder`, `$deleteFromPrimitiveList` and `$retainKeys` are honoured.
 */

import { Predicate } from "effect"
import { sameJson } from "../../../kube/json/SameJson.ts"
import { type Fields, list, text } from "../ApiObject.ts"

const mergeKeys: Readonly<Record<string, string>> = {
  containers: "name",
  initContainers: "name",
  ephemeralContainers: "name",
  volumes: "name",
  env: "name",
  imagePullSecrets: "name",
  secrets: "name",
  resourceClaims: "name",
  volumeMounts: "mountPath",
  volumeDevices: "devicePath",
  hostAliases: "ip",
  podIPs: "ip",
  hostIPs: "ip",
  topologySpreadConstraints: "topologyKey",
  taints: "key",
  conditions: "type",
  addresses: "type",
  ownerReferences: "uid",
}

/** Lists of plain values that merge as sets. */
const sets = new Set(["finalizers"])

/** The key by which a list merges, if any; `ports` are keyed by `containerPort` in a container and by `port` in a Service. */
export const mergeKey = (field: string, items: ReadonlyArray<unknown>): string | undefined => {
  if (field !== "ports") return mergeKeys[field]
  return items.some((item) => Predicate.isObject(item) && item["port"] !== undefined) ? "port" : "containerPort"
}

const isDirective = (key: string) => key.startsWith("$")

const ordered = (items: ReadonlyArray<Fields>, key: string, order: ReadonlyArray<unknown>): ReadonlyArray<Fields> => {
  if (order.length === 0) return items
  const wanted = order.map((one) => (Predicate.isObject(one) ? one[key] : one))
  const place = (item: Fields) => {
    const index = wanted.findIndex((value) => sameJson(value, item[key]))
    return index < 0 ? wanted.length : index
  }
  return items.toSorted((a, b) => place(a) - place(b))
}

const mergeList = (
  key: string,
  target: ReadonlyArray<unknown>,
  patch: ReadonlyArray<unknown>,
): ReadonlyArray<Fields> => {
  if (patch.some((item) => Predicate.isObject(item) && item["$patch"] === "replace")) {
    return patch.filter((item): item is Fields => Predicate.isObject(item) && item["$patch"] === undefined)
  }
  let result = target.filter(Predicate.isObject) as ReadonlyArray<Fields>
  for (const item of patch) {
    if (!Predicate.isObject(item)) continue
    const index = result.findIndex((existing) => sameJson(existing[key], item[key]))
    if (item["$patch"] === "delete") result = result.filter((_, place) => place !== index)
    else if (index < 0) result = [...result, strategicMerge(undefined, item) as Fields]
    else result = result.with(index, strategicMerge(result[index], item) as Fields)
  }
  return result
}

/** `target` with a strategic merge patch applied. */
export const strategicMerge = (target: unknown, patch: unknown): unknown => {
  if (!Predicate.isObject(patch)) return patch
  if (patch["$patch"] === "delete") return {}
  const clean = Object.fromEntries(Object.entries(patch).filter(([key]) => !isDirective(key)))
  if (patch["$patch"] === "replace") return clean
  const result: { [field: string]: unknown } = Predicate.isObject(target) ? { ...target } : {}

  const retained = patch["$retainKeys"]
  if (Array.isArray(retained)) for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key]

  for (const [directive, gone] of Object.entries(patch)) {
    const field = /^\$deleteFromPrimitiveList\/(.+)$/.exec(directive)?.[1]
    if (field !== undefined) result[field] = list(result[field]).filter((item) => !list(gone).includes(item))
  }
  for (const [field, value] of Object.entries(clean)) {
    if (value === null) delete result[field]
    else if (Array.isArray(value)) {
      const key = mergeKey(field, value)
      if (key !== undefined) result[field] = mergeList(key, list(result[field]), value)
      else result[field] = sets.has(field) ? [...new Set([...list(result[field]), ...value])] : value
    } else result[field] = strategicMerge(result[field], value)
  }
  for (const [directive, order] of Object.entries(patch)) {
    const field = /^\$setElementOrder\/(.+)$/.exec(directive)?.[1]
    const items = field === undefined ? undefined : result[field]
    if (field === undefined || !Array.isArray(items)) continue
    const key = text(mergeKey(field, items))
    if (key !== undefined) result[field] = ordered(items as ReadonlyArray<Fields>, key, list(order))
  }
  return result
}
