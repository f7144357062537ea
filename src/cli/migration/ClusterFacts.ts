/**
 * The objects of a cluster that matter for a change of operators. Reads only. What the user is not allowed to read is reported, and the
 * rest is checked nevertheless; a cluster that does not respond is an error.
 */

import { Effect, Schema } from "effect"
import type {
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
} from "kubernetes-types/admissionregistration/v1"
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import type { Deployment } from "kubernetes-types/apps/v1"
import type { Namespace, Pod, ServiceAccount } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import { group, ownGroup, scheduledSparkApplications, sparkApplications, sparkConnects } from "../../api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { type KubeApi, listAll } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { type KubeObject, namespaces, pods, type Resource } from "../../kube/Resource.ts"
import * as Labels from "../../spark/Labels.ts"
import { missingRights, type MissingRights } from "./OperatorAccess.ts"
import { type InstalledOperator, managedBy, operatorsIn } from "./Operators.ts"

/** A cluster that does not respond, in one line. */
export class UnreadableCluster extends Schema.TaggedError<UnreadableCluster>()("UnreadableCluster", {
  message: Schema.String,
}) {}

export interface ClusterFacts {
  readonly applications: ReadonlyArray<SparkApplication>
  readonly schedules: ReadonlyArray<ScheduledSparkApplication>
  readonly connects: ReadonlyArray<SparkConnect>
  readonly drivers: ReadonlyArray<Pod>
  /** Pods of Connect servers. */
  readonly servers: ReadonlyArray<Pod>
  /** Empty where no operator selects any by their labels. */
  readonly namespaces: ReadonlyArray<Namespace>
  readonly deployments: ReadonlyArray<Deployment>
  readonly definitions: ReadonlyArray<CustomResourceDefinition>
  readonly webhooks: ReadonlyArray<MutatingWebhookConfiguration | ValidatingWebhookConfiguration>
  readonly serviceAccounts: ReadonlyArray<ServiceAccount>
  /** Rights that an installed Firesteel lacks. */
  readonly missingRights: ReadonlyArray<MissingRights>
  /** Resources that the user is not allowed to read, with the message of the API server. */
  readonly unread: ReadonlyArray<{ readonly what: string; readonly why: string }>
}

const resource = <A extends KubeObject>(group: string, version: string, plural: string, kind: string): Resource<A> => ({
  group,
  version,
  plural,
  kind,
})

const deployments = resource<Deployment>("apps", "v1", "deployments", "Deployment")
const serviceAccounts = resource<ServiceAccount>("", "v1", "serviceaccounts", "ServiceAccount")
const definitions = resource<CustomResourceDefinition>(
  "apiextensions.k8s.io",
  "v1",
  "customresourcedefinitions",
  "CustomResourceDefinition",
)
const admission = "admissionregistration.k8s.io"
const mutating = resource<MutatingWebhookConfiguration>(
  admission,
  "v1",
  "mutatingwebhookconfigurations",
  "MutatingWebhookConfiguration",
)
const validating = resource<ValidatingWebhookConfiguration>(
  admission,
  "v1",
  "validatingwebhookconfigurations",
  "ValidatingWebhookConfiguration",
)

/** Reads the namespaces that an operator with these settings manages, and the operators and definitions of the whole cluster. */
export const clusterFacts = Effect.fnUntraced(function* (
  kube: KubeApi,
  where: Pick<InstalledOperator, "namespaces" | "namespaceSelector">,
): Effect.fn.Return<ClusterFacts, UnreadableCluster> {
  const unread: Array<{ what: string; why: string }> = []
  const pages = <A extends KubeObject>(resource: Resource<A>, namespace: string | undefined, labelSelector?: string) =>
    Effect.map(listAll(kube, resource, { namespace, labelSelector }), ({ items }) => items)
  /** A kind that the cluster does not know has no objects. */
  const orNothing = <A>(what: string, answer: Effect.Effect<ReadonlyArray<A>, KubeError>) =>
    Effect.catch(answer, ({ reason, message }) => {
      if (reason === "Forbidden") unread.push({ what, why: message })
      return reason === "Forbidden" || reason === "NotFound"
        ? Effect.succeed<ReadonlyArray<A>>([])
        : Effect.fail(new UnreadableCluster({ message: `the cluster cannot be read: ${message}` }))
    })
  const all = <A extends KubeObject>(resource: Resource<A>, namespace?: string, labelSelector?: string) =>
    orNothing<A>(resource.plural, pages(resource, namespace, labelSelector))
  const deployed = yield* all(deployments)
  const operators = operatorsIn(deployed)
  // Their labels matter only where they select anything.
  const selects = [where, ...operators].some(({ namespaceSelector }) => namespaceSelector !== undefined)
  const existing = selects ? yield* all(namespaces) : []
  const scopes = managedBy(where, existing) ?? [undefined]
  const inScopes = <A extends KubeObject>(resource: Resource<A>, labelSelector?: string) =>
    Effect.map(
      Effect.forEach(scopes, (namespace) => all(resource, namespace, labelSelector), { concurrency: 4 }),
      (found) => found.flat(),
    )
  const applications = yield* inScopes(sparkApplications)
  const schedules = yield* inScopes(scheduledSparkApplications)
  const connects = yield* inScopes(sparkConnects)
  const ours = operators.filter(({ kind, running }) => kind === "firesteel" && running)
  const inUse = [...new Set([...applications, ...schedules, ...connects].map(({ metadata }) => metadata.namespace))]
  return {
    applications,
    schedules,
    connects,
    drivers: yield* inScopes(pods, `${Labels.launchedBy}=true,${Labels.sparkRole}=${Labels.driverRole}`),
    servers: yield* inScopes(pods, `${Labels.sparkRole}=${Labels.connectServerRole}`),
    serviceAccounts: yield* inScopes(serviceAccounts),
    namespaces: existing,
    deployments: deployed,
    definitions: (yield* all(definitions)).filter(({ spec }) => spec.group === group || spec.group === ownGroup),
    webhooks: [...(yield* all(mutating)), ...(yield* all(validating))],
    missingRights: yield* orNothing("localsubjectaccessreviews", missingRights(kube, ours, existing, inUse)),
    unread,
  }
})
