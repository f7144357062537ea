/**
 * The objects in the text of a manifest, as `kubectl create -f` would create them: lists are taken apart, and what only the API server writes
 * (status, uid, resourceVersion, …) is left out, so that the output of `kubectl get -o yaml` is a manifest, too. Pure.
 */

import { Predicate, Result } from "effect"
import { readYaml, type Remark } from "../../kube/yaml/Yaml.ts"

export type Fields = Readonly<Record<string, unknown>>

export interface ManifestObject {
  /** Which document of the text it is from, counted from 1. */
  readonly document: number
  readonly object: Fields
  /** About the document; with the first of its objects. */
  readonly warnings: ReadonlyArray<Remark>
}

const isFields = (value: unknown): value is Fields => Predicate.isObject(value) && !Array.isArray(value)

const ofServer: ReadonlySet<string> = new Set([
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
])

const without = (object: Fields, names: ReadonlySet<string>): Fields =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.has(name)))

const asGiven = (object: Fields): Fields => {
  const { metadata } = object
  const rest = without(object, new Set(["status"]))
  return isFields(metadata) ? { ...rest, metadata: without(metadata, ofServer) } : rest
}

/** Items of a typed list may lack a type: `unstructuredJSONScheme.decodeToList` of apimachinery gives them that of the list. */
const itemsOf = (object: Fields): ReadonlyArray<unknown> => {
  const { items, kind, apiVersion } = object
  if (!Array.isArray(items)) return [object]
  const itemKind = Predicate.isString(kind) ? kind.replace(/List$/, "") : ""
  return items.flatMap((item: unknown) => {
    if (!isFields(item)) return [item]
    const typeless = itemKind !== "" && item["kind"] === undefined && item["apiVersion"] === undefined
    return itemsOf(typeless ? { apiVersion, kind: itemKind, ...item } : item)
  })
}

/** Each document's objects, or the mistake that makes the document unreadable. Empty documents have none. */
export const manifestObjects = (text: string): ReadonlyArray<Result.Result<ManifestObject, Remark>> =>
  readYaml(text).flatMap(
    ({ number, line, content, warnings }): ReadonlyArray<Result.Result<ManifestObject, Remark>> => {
      if (Result.isFailure(content)) return [Result.fail(content.failure)]
      if (content.success === null) return []
      return itemsOf(content.success as Fields).map((object, index) =>
        isFields(object)
          ? Result.succeed({ document: number, object: asGiven(object), warnings: index === 0 ? warnings : [] })
          : Result.fail({
              line,
              message: "is not a Kubernetes object; write a mapping with apiVersion, kind and metadata",
            }),
      )
    },
  )

/** `line 3: message` */
export const remarkText = ({ line, message }: Remark): string => `line ${line}: ${message}`
