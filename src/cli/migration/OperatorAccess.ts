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
import { type InstalledOperator, managedBy } from "./Operators.ts"

interface Right {
  readonly group: string
  readonly resource: string
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

const nameOf = ({ verb, resource, subresource }: Right) =>
  `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`

/** The rights that each operator lacks in its namespaces; for an operator of all namespaces, in those of `otherwise`. */
export const missingRights = (
  kube: KubeApi,
  operators: ReadonlyArray<InstalledOperator>,
  namespaces: ReadonlyArray<Namespace>,
  otherwise: ReadonlyArray<string>,
): Effect.Effect<ReadonlyArray<MissingRights>, KubeError> => {
  const pairs = operators.flatMap((operator) =>
    (managedBy(operator, namespaces) ?? otherwise).map((namespace) => ({ operator, namespace })),
  )
  const lacking = ({ operator, namespace }: (typeof pairs)[number]) =>
    Effect.map(
      Effect.forEach(operator.namespaceSelector === undefined ? rights : [...rights, ...selectorRights], (right) =>
        Effect.map(kube.create(reviews, namespace, review(operator, namespace, right)), ({ status }) =>
          status?.allowed === true ? [] : [nameOf(right)],
        ),
      ),
      (found) => ({ operator, namespace, rights: found.flat() }),
    )
  return Effect.map(Effect.forEach(pairs, lacking, { concurrency: 4 }), (all) =>
    all.filter(({ rights }) => rights.length > 0),
  )
}
