/** What the stored roles and bindings allow a user: the RBAC authorizer of the API server, without aggregated roles. Pure. */

import { type ApiObject, fields, list, text } from "./ApiObject.ts"
import { type Storage, key } from "./Storage.ts"

export interface User {
  readonly name: string | undefined
  readonly groups: ReadonlyArray<string>
}

export type Attributes =
  | { readonly verb: string; readonly path: string }
  | {
      readonly verb: string
      readonly namespace: string | undefined
      readonly group: string
      /** `pods`, `pods/log`. */
      readonly resource: string
      readonly name: string | undefined
    }

/** The user name of a service account. */
export const accountUser = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`

const isSubject = (subject: unknown, user: User, home: string | undefined): boolean => {
  const { kind, name, namespace = home } = fields(subject)
  if (kind === "Group") return user.groups.includes(String(name))
  if (kind === "ServiceAccount") return accountUser(String(namespace), String(name)) === user.name
  return kind === "User" && name === user.name
}

const names = (value: unknown, wanted: string): boolean => list(value).some((one) => one === "*" || one === wanted)

/** `/metrics`, `/debug/*` or `*`. */
const matchesPath = (pattern: unknown, path: string): boolean => {
  const wanted = text(pattern) ?? ""
  return wanted === path || (wanted.endsWith("*") && path.startsWith(wanted.slice(0, -1)))
}

const permits = (rule: unknown, attributes: Attributes): boolean => {
  const { verbs, nonResourceURLs, apiGroups, resources, resourceNames } = fields(rule)
  if (!names(verbs, attributes.verb)) return false
  if ("path" in attributes) return list(nonResourceURLs).some((pattern) => matchesPath(pattern, attributes.path))
  const [, subresource] = attributes.resource.split("/")
  const covers =
    names(resources, attributes.resource) || (subresource !== undefined && names(resources, `*/${subresource}`))
  const named = list(resourceNames).length === 0 || list(resourceNames).includes(attributes.name)
  return names(apiGroups, attributes.group) && covers && named
}

/** Why the request is allowed, in the API server's words; `undefined` if no binding allows it. */
export const allowedBy = (storage: Storage, user: User, attributes: Attributes): string | undefined => {
  if (user.groups.includes("system:masters")) return ""
  const namespace = "path" in attributes ? undefined : attributes.namespace
  const grants = (binding: ApiObject, kind: string): string | undefined => {
    const home = binding.metadata.namespace
    const { kind: roleKind, name } = fields(binding["roleRef"])
    const subject = list(binding["subjects"]).find((one) => isSubject(one, user, home))
    if (subject === undefined) return undefined
    const shelf = roleKind === "ClusterRole" ? "clusterroles" : "roles"
    const role = storage.get(
      `${shelf}.rbac.authorization.k8s.io`,
      key(roleKind === "ClusterRole" ? undefined : home, String(name)),
    )
    if (!list(role?.["rules"]).some((rule) => permits(rule, attributes))) return undefined
    const at = home === undefined ? binding.metadata.name : `${binding.metadata.name}/${home}`
    const { kind: who, name: whose } = fields(subject)
    return `RBAC: allowed by ${kind} "${at}" of ${String(roleKind)} "${String(name)}" to ${String(who)} "${String(whose)}"`
  }
  for (const binding of storage.all("clusterrolebindings.rbac.authorization.k8s.io").values()) {
    const reason = grants(binding, "ClusterRoleBinding")
    if (reason !== undefined) return reason
  }
  if (namespace === undefined) return undefined
  for (const binding of storage.all("rolebindings.rbac.authorization.k8s.io").values()) {
    const reason = binding.metadata.namespace === namespace ? grants(binding, "RoleBinding") : undefined
    if (reason !== undefined) return reason
  }
  return undefined
}
