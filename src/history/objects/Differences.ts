/** Whether an object in the cluster is what it should be, and the patch that makes it so. Pure. */

import type { Deployment } from "kubernetes-types/apps/v1"
import type { ConfigMap } from "kubernetes-types/core/v1"
import type { KubeObject } from "../../kube/Resource.ts"
import { isPartOf } from "../../runtime/StatusParts.ts"
import { patchOf as accessPatch } from "../../spark/access/AppliedKeys.ts"
import { type Made, revisionOf } from "./Objects.ts"

type Contents = Pick<Deployment, "spec"> & Pick<ConfigMap, "data">

const contentsOf = (object: KubeObject): Contents => {
  const { spec, data } = object as Contents
  return { ...(spec === undefined ? {} : { spec }), ...(data === undefined ? {} : { data }) }
}

/** Whether the operator has applied this revision, and what it set has not been changed or removed since. The API server adds defaults. */
export const isUnchanged = (existing: KubeObject, { object }: Made): boolean =>
  revisionOf(existing) === revisionOf(object) && hasContents(existing, { object })

/** Whether everything that the operator sets is there as it sets it. The API server may write a value otherwise, such as 1 for 1000m. */
export const hasContents = (existing: KubeObject, { object }: Pick<Made, "object">): boolean =>
  isPartOf(contentsOf(object), contentsOf(existing))

/** Of the keys of metadata and data that are not in `desired` but in `existing`. */
const removed = (existing: object = {}, desired: object = {}): Readonly<Record<string, null>> =>
  Object.fromEntries(
    Object.keys(existing)
      .filter((key) => !(key in desired))
      .map((key) => [key, null]),
  )

export type Patch = { readonly type: "merge" | "json"; readonly body: unknown }

/** The pod template is replaced as a whole, since a merge would keep what it no longer has. */
const deploymentPatch = (existing: Deployment, { metadata, spec }: Deployment): Patch => ({
  type: "json",
  body: [
    { op: "replace", path: "/metadata/resourceVersion", value: existing.metadata?.resourceVersion },
    { op: "add", path: "/metadata/labels", value: { ...existing.metadata?.labels, ...metadata?.labels } },
    {
      op: "add",
      path: "/metadata/annotations",
      value: { ...existing.metadata?.annotations, ...metadata?.annotations },
    },
    { op: "add", path: "/spec/replicas", value: spec?.replicas },
    { op: "add", path: "/spec/strategy", value: spec?.strategy },
    { op: "add", path: "/spec/template", value: spec?.template },
  ],
})

/** The patch that makes `made` of the existing object. */
export const patchOf = (existing: KubeObject, { resource, object }: Made): Patch => {
  if (resource.kind === "Deployment") return deploymentPatch(existing as Deployment, object as Deployment)
  if (resource.kind !== "ConfigMap") return { type: "merge", body: accessPatch(existing, object) }
  const { data } = object as ConfigMap
  const { labels, annotations } = object.metadata ?? {}
  const body = { metadata: { labels, annotations }, data: { ...removed((existing as ConfigMap).data, data), ...data } }
  return { type: "merge", body }
}
