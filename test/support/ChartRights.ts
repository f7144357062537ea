/**
 * The operator's rights as the chart gives them: the rules of `charts/firesteel/files`, and a `Kube` that enforces them, as
 * the API server's RBAC does, and writes down what was asked for.
 */

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Stream } from "effect"
import type { PolicyRule } from "kubernetes-types/rbac/v1"
import { parse } from "yaml"
import type { KubeApi } from "../../src/kube/Kube.ts"
import { pods, type Resource } from "../../src/kube/Resource.ts"

const files = join(import.meta.dirname, "../../charts/firesteel/files")

/** The rules of one file of the chart, such as `rbac` or `rbac-pod-proxy`. */
const rulesOf = (name: string): ReadonlyArray<PolicyRule> => parse(readFileSync(join(files, `${name}.yaml`), "utf8"))

/** Which of them the chart adds for which flags of the operator. */
const features: ReadonlyArray<{ readonly file: string; readonly isOn: (flags: ReadonlyArray<string>) => boolean }> = [
  { file: "rbac", isOn: () => true },
  { file: "rbac-pod-groups", isOn: (flags) => isSet(flags, "--enable-batch-scheduler") },
  { file: "rbac-disruption-budgets", isOn: (flags) => isSet(flags, "--enable-driver-pdb") },
  { file: "rbac-namespaces", isOn: selects },
  {
    file: "rbac-pod-proxy",
    isOn: (flags) => flags.some((flag) => /^--spark-ui-access=(auto|proxy)$/.test(flag)),
  },
]

const hasValue = (flags: ReadonlyArray<string>, name: string) => flags.some((flag) => flag.startsWith(`${name}=`))
function selects(flags: ReadonlyArray<string>): boolean {
  return flags.some((flag) => flag.startsWith("--namespace-selector="))
}

const isSet = (flags: ReadonlyArray<string>, name: string) => flags.includes(name) || flags.includes(`${name}=true`)

export interface Rights {
  /** In every namespace that the operator watches. */
  readonly watched: ReadonlyArray<PolicyRule>
  /** In the namespace of the Lease. */
  readonly leases: ReadonlyArray<PolicyRule>
  /** In the namespace of the operator's ConfigMaps, of health checks and of prices. */
  readonly settings: ReadonlyArray<PolicyRule>
  /** In no namespace. */
  readonly cluster: ReadonlyArray<PolicyRule>
  /** Undefined: a ClusterRole; else Roles in these namespaces. */
  readonly namespaces: ReadonlyArray<string> | undefined
}

/** The rights that the chart gives an operator with these flags. */
export const rightsOf = (flags: ReadonlyArray<string>, standsForElection: boolean): Rights => ({
  watched: features.flatMap(({ file, isOn }) => (isOn(flags) ? rulesOf(file) : [])),
  leases: standsForElection ? rulesOf("rbac-leases") : [],
  settings: [
    ...(hasValue(flags, "--health-checks-config") ? rulesOf("rbac-health-checks") : []),
    ...(hasValue(flags, "--cost-prices") ? rulesOf("rbac-cost-prices") : []),
  ],
  cluster: [
    ...(isSet(flags, "--metrics-token-review") ? rulesOf("rbac-token-review") : []),
    // Of values with controller.costPrices.nodes.
    ...(hasValue(flags, "--cost-prices") ? rulesOf("rbac-nodes") : []),
  ],
  namespaces: selects(flags)
    ? undefined
    : flags
        .find((flag) => flag.startsWith("--namespaces="))
        ?.slice("--namespaces=".length)
        .split(","),
})

/** `create pods`, `patch sparkoperator.k8s.io/sparkapplications/status`. */
export type Access = string

/** Every access that the rules grant; rules of the chart have no wildcards. */
export const accesses = (rules: ReadonlyArray<PolicyRule>): ReadonlyArray<Access> =>
  rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => accessTo(verb, group, resource)))),
  )

const accessTo = (verb: string, group: string, resource: string): Access =>
  `${verb} ${group === "" ? "" : `${group}/`}${resource}`

export interface Witnessed {
  /** Everything that was asked for. */
  readonly asked: Set<Access>
  /** What the rights do not grant; with the namespace. */
  readonly denied: Set<string>
}

/** `kube` for one who has these rights; what they do not grant is written down, and done all the same. */
export const witnessing = (kube: KubeApi, rights: Rights, { asked, denied }: Witnessed): KubeApi => {
  const watched = new Set(accesses(rights.watched))
  const elsewhere = new Set(accesses([...rights.leases, ...rights.settings, ...rights.cluster]))
  const note = (verb: string, { group, plural }: Resource, namespace: string | undefined, subresource?: string) =>
    Effect.sync(() => {
      const access = accessTo(verb, group, subresource === undefined ? plural : `${plural}/${subresource}`)
      asked.add(access)
      const inScope =
        rights.namespaces === undefined || (namespace !== undefined && rights.namespaces.includes(namespace))
      if (!elsewhere.has(access) && !(watched.has(access) && inScope))
        denied.add(`${access} in ${namespace ?? "all namespaces"}`)
    })
  return {
    get: (resource, namespace, name) =>
      Effect.andThen(note("get", resource, namespace), kube.get(resource, namespace, name)),
    list: (resource, options) =>
      Effect.andThen(note("list", resource, options.namespace), kube.list(resource, options)),
    watch: (resource, options) =>
      Stream.unwrap(Effect.as(note("watch", resource, options.namespace), kube.watch(resource, options))),
    create: (resource, namespace, object) =>
      Effect.andThen(note("create", resource, namespace), kube.create(resource, namespace, object)),
    patch: (resource, namespace, name, patch) =>
      Effect.andThen(
        note("patch", resource, namespace, patch.subresource),
        kube.patch(resource, namespace, name, patch),
      ),
    delete: (resource, namespace, name, options) =>
      Effect.andThen(note("delete", resource, namespace), kube.delete(resource, namespace, name, options)),
    podProxy: (pod, path, longest) =>
      Effect.andThen(note("get", pods, pod.namespace, "proxy"), kube.podProxy(pod, path, longest)),
    podLog: (pod, options) =>
      Stream.unwrap(Effect.as(note("get", pods, pod.namespace, "log"), kube.podLog(pod, options))),
  }
}
