/**
 * The objects of one attempt: server pod, headless Service and ConfigMaps as for every driver, and their companions. All but the pod have the
 * revision of the spec from which they were made, so that remains of an attempt that was never completed are recognized.
 */

import type { ConfigMap, Pod, Service } from "kubernetes-types/core/v1"
import type { ObjectMeta } from "kubernetes-types/meta/v1"
import type { SparkConnect } from "../api/connect/SparkConnect.ts"
import type { KubeObject, Resource } from "../kube/Resource.ts"
import { configMaps, resource, services } from "../kube/Resource.ts"
import type { Child } from "../spark/Child.ts"
import { children } from "../spark/Children.ts"
import { build, type BuildOptions } from "../spark/driver/Build.ts"
import * as Labels from "../spark/Labels.ts"
import { objectNames } from "../spark/Names.ts"
import type { Submission } from "../spark/submit/Submission.ts"
import { serverPodName } from "./Names.ts"
import { revisionOf } from "./Revision.ts"
import type { ValidConnect } from "./Validate.ts"

/** An object and where it is created. */
export interface Made<A extends KubeObject = KubeObject> {
  readonly resource: Resource<A>
  readonly object: A
}

export interface ServerObjects {
  /** The server cannot start without them. */
  readonly before: ReadonlyArray<Made>
  readonly pod: Pod
  /** It can do without them for a moment, such as a NetworkPolicy of its executors. */
  readonly after: ReadonlyArray<Made>
}

const withRevision = <A extends KubeObject>(object: A, revision: string): A => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...object.metadata?.annotations, [Labels.revisionAnnotation]: revision },
  } as ObjectMeta,
})

/** Total and pure: equal input gives equal objects. */
export const serverObjects = (
  valid: ValidConnect,
  submission: Submission,
  { master, sparkUser, traceContext }: BuildOptions,
): ServerObjects => {
  // The Service of a server leads to its UI as well, and its objects are found by their labels, whatever the parity.
  const options: BuildOptions = {
    master,
    ...(sparkUser === undefined ? {} : { sparkUser }),
    ...(traceContext === undefined ? {} : { traceContext }),
  }
  const { pod, service, configMaps: maps } = build(valid, submission, options)
  const revision = revisionOf(valid.connect.spec)
  const marked = <A extends KubeObject>(resource: Resource<A>, object: A): Made => ({
    resource,
    object: withRevision(object, revision),
  })
  const companion = ({ object, group, version, plural, kind }: Child): Made =>
    marked({ group, version, plural, kind }, object as KubeObject)
  const companions = children(valid, submission, options)
  return {
    before: [
      ...companions.filter(({ phase }) => phase === "before").map(companion),
      ...maps.map((map) => marked<ConfigMap>(configMaps, map)),
      marked<Service>(services, service),
    ],
    pod,
    after: companions.filter(({ phase }) => phase === "after").map(companion),
  }
}

const networkPolicies = resource<KubeObject>("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy")

/** Names of what is deleted with an attempt, besides the pod, the Service last; they follow from the resource and the submission alone. */
export const attemptObjects = (
  { metadata }: Pick<SparkConnect, "metadata">,
  submissionId: string,
): ReadonlyArray<readonly [Resource, string]> => {
  const names = objectNames({ metadata, spec: { driver: { podName: serverPodName({ metadata }) } } }, submissionId)
  return [
    [configMaps, names.confConfigMap],
    [configMaps, names.executorTemplateConfigMap],
    [networkPolicies, names.networkPolicy],
    [services, names.service],
  ]
}
