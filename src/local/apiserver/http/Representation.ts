/** The representation that a client accepts: whole objects, tables or metadata; and the text of each. */

import { type ApiObject, type Fields, defined } from "../ApiObject.ts"
import type { ObjectList, WatchLine } from "../Reads.ts"
import { type ResourceKind, groupVersion } from "../ResourceKind.ts"
import { type IncludeObject, bookmark, metadataOnly, table } from "./Tables.ts"
import { wireText } from "./WireText.ts"

export type Representation = "Object" | "Table" | "Metadata"

export interface Wanted {
  readonly as: Representation
  readonly include: IncludeObject
}

/** The first media type of `Accept` that this server can make; whole objects if none. */
export const wanted = (accept: string | undefined, includeObject: string | null): Wanted => {
  const include = includeObject === "None" || includeObject === "Object" ? includeObject : "Metadata"
  for (const type of (accept ?? "").split(",")) {
    if (!type.trim().startsWith("application/json")) continue
    if (type.includes("as=Table") && type.includes("v=v1;")) return { as: "Table", include }
    if (type.includes("as=Table") && !type.includes("v1beta1")) return { as: "Table", include }
    if (type.includes("as=PartialObjectMetadata")) return { as: "Metadata", include }
    if (!type.includes("as=")) return { as: "Object", include }
  }
  return { as: "Object", include }
}

export const objectText = (kind: ResourceKind, object: ApiObject, { as, include }: Wanted, now: number): string => {
  if (as === "Object") return wireText(object)
  if (as === "Metadata") return JSON.stringify(metadataOnly(object))
  const { resourceVersion } = object.metadata
  return JSON.stringify(table(kind, [object], { resourceVersion }, now, include))
}

export const listText = (kind: ResourceKind, list: ObjectList, { as, include }: Wanted, now: number): string => {
  const { resourceVersion, remainingItemCount } = list
  const metadata = defined({ resourceVersion, continue: list.continue, remainingItemCount })
  if (as === "Table") return JSON.stringify(table(kind, list.items, metadata, now, include))
  if (as === "Metadata") {
    const items = list.items.map(metadataOnly)
    return JSON.stringify({ kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata, items })
  }
  const head = JSON.stringify({ kind: kind.listKind, apiVersion: groupVersion(kind), metadata })
  return `${head.slice(0, -1)},"items":[${list.items.map(wireText).join(",")}]}`
}

/** The text of one line of a watch, without the line break. `first`: of this watch. */
export const watchText = (
  kind: ResourceKind,
  line: WatchLine,
  { as, include }: Wanted,
  now: number,
  first: boolean,
): string => {
  if (line.type !== "BOOKMARK") {
    if (as === "Object") return `{"type":"${line.type}","object":${wireText(line.object)}}`
    const { resourceVersion } = line.object.metadata
    const object: Fields =
      as === "Metadata"
        ? metadataOnly(line.object)
        : table(kind, [line.object], { resourceVersion }, now, include, first)
    return JSON.stringify({ type: line.type, object })
  }
  const { resourceVersion, initialEventsEnd } = line
  const object =
    as === "Object"
      ? bookmark(groupVersion(kind), kind.kind, resourceVersion, initialEventsEnd)
      : bookmark("meta.k8s.io/v1", "PartialObjectMetadata", resourceVersion, initialEventsEnd)
  if (as !== "Table") return JSON.stringify({ type: "BOOKMARK", object })
  const rows = [{ cells: [], object }]
  return JSON.stringify({
    type: "BOOKMARK",
    object: { ...table(kind, [], { resourceVersion }, now, include, first), rows },
  })
}
