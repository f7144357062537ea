/** The built-in kinds that the embedded cluster serves: only what the operator, Spark and everyday use of `kubectl` need. */

import { type ApiObject, type Fields, defined, without } from "../ApiObject.ts"
import type { ResourceKind } from "../ResourceKind.ts"
import { columnsOfStorage } from "./BuiltInColumns.ts"
import { builtInSchema } from "./BuiltInSchemas.ts"

interface Traits {
  readonly shortNames?: ReadonlyArray<string>
  readonly inAll?: boolean
  readonly clusterScoped?: boolean
  readonly subresources?: ReadonlyArray<string>
  readonly question?: true
  readonly selectable?: ReadonlyArray<string>
  readonly storage?: string
  readonly view?: ResourceKind["view"]
}

const kind = (group: string, version: string, plural: string, name: string, traits: Traits = {}): ResourceKind => {
  const storage = traits.storage ?? (group === "" ? plural : `${plural}.${group}`)
  const schema = builtInSchema(group, version, name)
  return {
    group,
    version,
    plural,
    kind: name,
    singular: name.toLowerCase(),
    listKind: `${name}List`,
    shortNames: traits.shortNames ?? [],
    categories: traits.inAll === true ? ["all"] : [],
    namespaced: traits.clusterScoped !== true,
    subresources: traits.subresources ?? [],
    ...(traits.question === undefined ? {} : { question: traits.question }),
    storage,
    custom: false,
    ...(schema === undefined ? {} : { schema }),
    columns: columnsOfStorage(storage),
    selectable: traits.selectable ?? [],
    ...(traits.view === undefined ? {} : { view: traits.view }),
  }
}

/** Pairs of field names: core/v1 Event and events.k8s.io/v1 Event. */
const eventFields: ReadonlyArray<readonly [core: string, events: string]> = [
  ["involvedObject", "regarding"],
  ["message", "note"],
  ["reportingComponent", "reportingController"],
  ["source", "deprecatedSource"],
  ["count", "deprecatedCount"],
  ["firstTimestamp", "deprecatedFirstTimestamp"],
  ["lastTimestamp", "deprecatedLastTimestamp"],
]

const renamed = (object: ApiObject, apiVersion: string, names: ReadonlyArray<readonly [string, string]>): ApiObject => {
  const moved: Fields = Object.fromEntries(names.map(([from, to]) => [to, object[from]]))
  return { ...defined({ ...without(object, ...names.map(([from]) => from)), ...moved }), apiVersion } as ApiObject
}

const eventsView: ResourceKind["view"] = {
  show: (stored) => renamed(stored, "events.k8s.io/v1", eventFields),
  store: (shown) =>
    renamed(
      shown,
      "v1",
      eventFields.map(([core, events]) => [events, core]),
    ),
}

const eventSelectors = [
  "involvedObject.kind",
  "involvedObject.namespace",
  "involvedObject.name",
  "involvedObject.uid",
  "involvedObject.apiVersion",
  "involvedObject.resourceVersion",
  "involvedObject.fieldPath",
  "reason",
  "reportingComponent",
  "source",
  "type",
]

const rbac = (plural: string, name: string, clusterScoped: boolean) =>
  kind("rbac.authorization.k8s.io", "v1", plural, name, { clusterScoped })

/** Answered by `Reviews.ts`. */
const review = (group: string, plural: string, name: string) =>
  kind(group, "v1", plural, name, { clusterScoped: true, question: true })

export const builtInKinds: ReadonlyArray<ResourceKind> = [
  kind("", "v1", "pods", "Pod", {
    shortNames: ["po"],
    inAll: true,
    subresources: ["status", "log", "proxy"],
    selectable: ["status.phase", "spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "status.podIP"],
  }),
  kind("", "v1", "services", "Service", { shortNames: ["svc"], inAll: true, subresources: ["status"] }),
  kind("", "v1", "configmaps", "ConfigMap", { shortNames: ["cm"] }),
  kind("", "v1", "secrets", "Secret", { selectable: ["type"] }),
  kind("", "v1", "events", "Event", { shortNames: ["ev"], selectable: eventSelectors }),
  kind("", "v1", "namespaces", "Namespace", {
    shortNames: ["ns"],
    clusterScoped: true,
    subresources: ["status"],
    selectable: ["status.phase"],
  }),
  kind("", "v1", "nodes", "Node", { shortNames: ["no"], clusterScoped: true, subresources: ["status"] }),
  kind("", "v1", "serviceaccounts", "ServiceAccount", { shortNames: ["sa"] }),
  kind("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", {
    shortNames: ["pvc"],
    subresources: ["status"],
  }),
  kind("events.k8s.io", "v1", "events", "Event", { shortNames: ["ev"], storage: "events", view: eventsView }),
  kind("coordination.k8s.io", "v1", "leases", "Lease"),
  kind("batch", "v1", "jobs", "Job", { inAll: true, subresources: ["status"] }),
  kind("apps", "v1", "deployments", "Deployment", {
    shortNames: ["deploy"],
    inAll: true,
    subresources: ["status"],
  }),
  kind("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", {
    shortNames: ["pdb"],
    subresources: ["status"],
  }),
  kind("networking.k8s.io", "v1", "ingresses", "Ingress", { shortNames: ["ing"], subresources: ["status"] }),
  kind("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", { shortNames: ["netpol"] }),
  rbac("roles", "Role", false),
  rbac("rolebindings", "RoleBinding", false),
  rbac("clusterroles", "ClusterRole", true),
  rbac("clusterrolebindings", "ClusterRoleBinding", true),
  review("authentication.k8s.io", "tokenreviews", "TokenReview"),
  review("authorization.k8s.io", "subjectaccessreviews", "SubjectAccessReview"),
  kind("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", {
    shortNames: ["crd", "crds"],
    clusterScoped: true,
    subresources: ["status"],
  }),
]
