/**
 * Whether an installed Firesteel has the rights that it needs: the API server reviews each right of its service account (a review stores
 * nothing). The chart grants these rights; a manual installation may lack one, or a namespace.
 */

import { Effect } from "effect"
import type { LocalSubjectAccessReview } from "kubernetes-types/authorization/v1"
import type { Namespace } from "kubernetes-types/core/v1"
import { scheduledSparkApplications, sparkApplications, sparkConnects, sparkHistoryServers } from "../../api/Kinds.ts"
import type { KubeApi } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import type { Resource } from "../../kube/Resource.ts"
import { flagValue, type InstalledOperator, managedBy } from "./Operators.ts"

interface Right {
  readonly group: string
  readonly resource: string
  readonly name?: string
  readonly subresource?: string
  readonly verb: string
}

const applications = { group: sparkApplications.group, resource: sparkApplications.plural }
const schedules = { group: scheduledSparkApplications.group, resource: scheduledSparkApplications.plural }
const histories = { group: sparkHistoryServers.group, resource: sparkHistoryServers.plural }
const connects = { group: sparkConnects.group, resource: sparkConnects.plural }

/** All of these are needed to run any application, Connect server or history server, or to follow any schedule; the complete list is `charts/firesteel/files/rbac.yaml`. */
const rights: ReadonlyArray<Right> = [
  { ...applications, verb: "list" },
  { ...applications, verb: "watch" },
  { ...applications, subresource: "status", verb: "patch" },
  { ...applications, verb: "create" },
  { ...schedules, verb: "list" },
  { ...schedules, verb: "watch" },
  { ...schedules, subresource: "status", verb: "patch" },
  { ...connects, verb: "list" },
  { ...connects, verb: "watch" },
  { ...connects, subresource: "status", verb: "patch" },
  { ...histories, verb: "list" },
  { ...histories, verb: "watch" },
  { ...histories, subresource: "status", verb: "patch" },
  { group: "apps", resource: "deployments", verb: "create" },
  { group: "", resource: "pods", verb: "list" },
  { group: "", resource: "pods", verb: "create" },
  { group: "", resource: "pods", verb: "delete" },
  { group: "", resource: "services", verb: "create" },
  { group: "", resource: "configmaps", verb: "create" },
  { group: "", resource: "events", verb: "create" },
]

/** Flags that name a ConfigMap, which the operator follows. */
const configMapFlags = ["health-checks-config", "cost-prices"]

/** What an operator needs to follow the ConfigMaps of its settings, with their namespaces. */
const settingsRights = ({ args }: InstalledOperator): ReadonlyArray<readonly [namespace: string, Right]> =>
  configMapFlags.flatMap((flag) => {
    const [namespace, name] = (flagValue(args, flag) ?? "").split("/")
    return namespace === undefined || name === undefined
      ? []
      : (["list", "watch"] as const).map(
          (verb) => [namespace, { group: "", resource: "configmaps", name, verb }] as const,
        )
  })
/** Besides them, for an operator that selects namespaces by their labels. */
const selectorRights: ReadonlyArray<Right> = [
  { group: "", resource: "namespaces", verb: "list" },
  { group: "", resource: "namespaces", verb: "watch" },
]

export interface MissingRights {
  readonly operator: InstalledOperator
  readonly namespace: string
  /** `create pods`, `patch sparkapplications/status` */
  readonly rights: ReadonlyArray<string>
}

const reviews: Resource<LocalSubjectAccessReview> = {
  group: "authorization.k8s.io",
  version: "v1",
  plural: "localsubjectaccessreviews",
  kind: "LocalSubjectAccessReview",
}

const review = (
  { namespace: home, serviceAccount }: InstalledOperator,
  namespace: string,
  right: Right,
): LocalSubjectAccessReview => ({
  apiVersion: "authorization.k8s.io/v1",
  kind: "LocalSubjectAccessReview",
  metadata: { namespace },
  spec: {
    user: `system:serviceaccount:${home}:${serviceAccount}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${home}`, "system:authenticated"],
    resourceAttributes: { namespace, ...right },
  },
})

const nameOf = ({ verb, resource, subresource, name }: Right) =>
  `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}${name === undefined ? "" : ` ${name}`}`

/**
 * The rights that each operator lacks in its namespaces, for an operator of all namespaces in those of `otherwise`; and in those of the
 * ConfigMaps that its settings name.
 */
export const missingRights = (
  kube: KubeApi,
  operators: ReadonlyArray<InstalledOperator>,
  namespaces: ReadonlyArray<Namespace>,
  otherwise: ReadonlyArray<string>,
): Effect.Effect<ReadonlyArray<MissingRights>, KubeError> => {
  const needed = operators.flatMap((operator) => {
    const ofNamespaces = operator.namespaceSelector === undefined ? rights : [...rights, ...selectorRights]
    const all = [
      ...(managedBy(operator, namespaces) ?? otherwise).flatMap((namespace) =>
        ofNamespaces.map((right) => [namespace, right] as const),
      ),
      ...settingsRights(operator),
    ]
    return Array.from(
      Map.groupBy(all, ([namespace]) => namespace),
      ([namespace, pairs]) => ({ operator, namespace, rights: pairs.map(([, right]) => right) }),
    )
  })
  const lacking = ({ operator, namespace, rights: these }: (typeof needed)[number]) =>
    Effect.map(
      Effect.forEach(these, (right) =>
        Effect.map(kube.create(reviews, namespace, review(operator, namespace, right)), ({ status }) =>
          status?.allowed === true ? [] : [nameOf(right)],
        ),
      ),
      (found) => ({ operator, namespace, rights: found.flat() }),
    )
  return Effect.map(Effect.forEach(needed, lacking, { concurrency: 4 }), (all) =>
    all.filter(({ rights }) => rights.length > 0),
  )
}
