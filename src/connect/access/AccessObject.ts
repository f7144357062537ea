/**
 * The objects through which clients reach a server: they belong to the resource and not to an attempt, so they stay while servers come and go.
 * Each has a hash of its content, by which a change is recognized.
 */

import type { ObjectMeta } from "kubernetes-types/meta/v1"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import { sparkConnects } from "../../api/Kinds.ts"
import type { KubeObject, Resource } from "../../kube/Resource.ts"
import { withAppliedKeys } from "../../spark/access/AppliedKeys.ts"
import { fingerprint } from "../../spark/Fingerprint.ts"
import * as Labels from "../../spark/Labels.ts"
import { ownerReference } from "../../spark/Workload.ts"

type StringMap = Readonly<Record<string, string>>

export interface AccessObject {
  readonly resource: Resource
  readonly name: string
  /** Apart from secrets, which are random and made once. */
  readonly object: KubeObject
  readonly hash: string
}

/** `Service/analysts-server`, as in `status.access`. */
export const keyOf = ({ resource, name }: Pick<AccessObject, "resource" | "name">): string => `${resource.kind}/${name}`

/** Metadata with the owner, and with the labels by which the operator finds the object, which win over the user's. */
export const accessMetadata = (
  { metadata }: SparkConnect,
  name: string,
  own: { readonly labels?: StringMap | undefined; readonly annotations?: StringMap | undefined } = {},
): ObjectMeta => ({
  name,
  namespace: metadata.namespace,
  labels: { ...own.labels, [Labels.connectName]: metadata.name, [Labels.createdBy]: "true" },
  ...(Object.keys(own.annotations ?? {}).length === 0 ? {} : { annotations: { ...own.annotations } }),
  ownerReferences: [ownerReference(sparkConnects, metadata)],
})

/** The object under its name, with the names of what it has and the hash of its content. */
export const accessObject = (resource: Resource, content: KubeObject): AccessObject => {
  const object = withAppliedKeys(content)
  return { resource, name: object.metadata?.name ?? "", object, hash: fingerprint(object) }
}
