/**
 * The built-in Kubernetes resources that Firesteel reads or writes, and the fields that all objects share.
 * A `Resource` locates the objects of one kind in the paths of the API; its type parameter is the shape of such an object.
 */

import type { TokenReview } from "kubernetes-types/authentication/v1"
import type { SubjectAccessReview } from "kubernetes-types/authorization/v1"
import type { Job } from "kubernetes-types/batch/v1"
import type { Lease } from "kubernetes-types/coordination/v1"
import type { ConfigMap, Event, Namespace, ObjectReference, Pod, Service } from "kubernetes-types/core/v1"
import type { ObjectMeta } from "kubernetes-types/meta/v1"
import type { Fields } from "./protobuf/Fields.ts"

/** The fields of every object of the API. Objects are plain immutable JSON; timestamps stay RFC 3339 strings. */
export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: ObjectMeta
}

export interface Resource<A extends KubeObject = KubeObject> {
  /** `""` for the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  /** All that is read of an object, if that is less than the whole: lists may come without the rest. */
  readonly fields?: Fields
  /** Phantom: the shape of one object. Never set. */
  readonly _object?: A
}

/** The resource with objects of shape `A` at these coordinates of the API. */
export const resource = <A extends KubeObject>(
  group: string,
  version: string,
  plural: string,
  kind: string,
): Resource<A> => ({
  group,
  version,
  plural,
  kind,
})

export const pods = resource<Pod>("", "v1", "pods", "Pod")
export const services = resource<Service>("", "v1", "services", "Service")
export const configMaps = resource<ConfigMap>("", "v1", "configmaps", "ConfigMap")
export const namespaces = resource<Namespace>("", "v1", "namespaces", "Namespace")
export const jobs = resource<Job>("batch", "v1", "jobs", "Job")
export const events = resource<Event>("", "v1", "events", "Event")
export const leases = resource<Lease>("coordination.k8s.io", "v1", "leases", "Lease")
export const tokenReviews = resource<TokenReview>("authentication.k8s.io", "v1", "tokenreviews", "TokenReview")
export const subjectAccessReviews = resource<SubjectAccessReview>(
  "authorization.k8s.io",
  "v1",
  "subjectaccessreviews",
  "SubjectAccessReview",
)

/** `apps/v1`, or `v1` for the core group: the `apiVersion` of the resource's objects. */
export const apiVersion = (resource: Resource): string =>
  resource.group === "" ? resource.version : `${resource.group}/${resource.version}`

/** The object as what an Event is about. */
export const referenceTo = <A extends KubeObject>(of: Resource<A>, { metadata = {} }: A): ObjectReference => ({
  apiVersion: apiVersion(of),
  kind: of.kind,
  ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
  ...(metadata.name ? { name: metadata.name } : {}),
  ...(metadata.uid ? { uid: metadata.uid } : {}),
  ...(metadata.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}),
})
