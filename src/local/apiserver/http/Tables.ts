/** Representations that clients request instead of whole objects: tables (`kubectl get`) and objects with only their metadata. */

import { type ApiObject, type Fields, withMetadata } from "../ApiObject.ts"
import { withManagedFields } from "../patch/ManagedFields.ts"
import type { ResourceKind } from "../ResourceKind.ts"

/** Each row contains the metadata of its object, or as `includeObject` says nothing or the whole object. */
export type IncludeObject = "None" | "Metadata" | "Object"

export const metadataOnly = (object: ApiObject): Fields => ({
  kind: "PartialObjectMetadata",
  apiVersion: "meta.k8s.io/v1",
  metadata: withManagedFields(object).metadata,
})

/** Columns read objects as they are stored. */
const cells = (kind: ResourceKind, object: ApiObject, now: number): ReadonlyArray<unknown> => {
  const stored = kind.view?.store(object) ?? object
  return kind.columns.map((column) => column.cell(stored, now))
}

/** A table of objects. `header` false leaves the column definitions out, as in all but the first line of a watch. */
export const table = (
  kind: ResourceKind,
  objects: ReadonlyArray<ApiObject>,
  metadata: Fields,
  now: number,
  include: IncludeObject = "Metadata",
  header = true,
): Fields => ({
  kind: "Table",
  apiVersion: "meta.k8s.io/v1",
  metadata,
  columnDefinitions: header
    ? kind.columns.map(({ name, type, format = "", description = "", priority = 0 }) => ({
        name,
        type,
        format,
        description,
        priority,
      }))
    : null,
  rows: objects.map((object) => ({
    cells: cells(kind, object, now),
    ...(include === "None" ? {} : { object: include === "Object" ? object : metadataOnly(object) }),
  })),
})

/** The object of a bookmark: its kind and a resource version, nothing else. */
export const bookmark = (
  apiVersion: string,
  kind: string,
  resourceVersion: string,
  initialEventsEnd: boolean,
): Fields =>
  withMetadata(
    { apiVersion, kind, metadata: { name: "", uid: "", resourceVersion, creationTimestamp: "" } },
    {
      name: undefined,
      uid: undefined,
      creationTimestamp: null,
      annotations: initialEventsEnd ? { "k8s.io/initial-events-end": "true" } : undefined,
    },
  )
