/** Which Deployments of a cluster are Spark operators, whether they run, and for which namespaces, from their labels and arguments. */

import { Result } from "effect"
import type { Deployment } from "kubernetes-types/apps/v1"
import type { Namespace } from "kubernetes-types/core/v1"
import { parseLabelSelector } from "../../kube/selector/LabelSelector.ts"

export interface InstalledOperator {
  readonly kind: "firesteel" | "kubeflow" | "kubeflow-webhook"
  readonly namespace: string
  readonly name: string
  /** It has replicas. */
  readonly running: boolean
  /** Empty, and without a selector: all. */
  readonly namespaces: ReadonlyArray<string>
  /** Namespaces with these labels, too. */
  readonly namespaceSelector: string | undefined
  readonly args: ReadonlyArray<string>
  /** Its service account, in its own namespace. */
  readonly serviceAccount: string
}

/** The value of a flag with one or two dashes; the last one wins, as it does for both operators. */
export const flagValue = (args: ReadonlyArray<string>, flag: string): string | undefined =>
  args.reduce<string | undefined>((found, arg, index) => {
    const [, name, , value] = /^--?([a-zA-Z0-9-]+)(=(.*))?$/s.exec(arg) ?? []
    if (name !== flag) return found
    return value ?? args[index + 1]
  }, undefined)

/** As kubeflow's chart writes the empty name: with quotes that are part of the argument. */
const everyNamespace = '""'

const nameLabel = "app.kubernetes.io/name"
const chartLabel = "helm.sh/chart"

/** With nameOverride, Firesteel may have the name of kubeflow's operator, and in a registry of one's own any image; the chart is Firesteel's. */
const kindOf = (image: string, words: ReadonlyArray<string>, labels: Readonly<Record<string, string>>) => {
  const label = labels[nameLabel]
  const isOurs = label === "firesteel" || /^firesteel-\d/.test(labels[chartLabel] ?? "")
  if (isOurs || /(^|\/)firesteel(:|@|\/|$)/.test(image)) return "firesteel"
  if (!/spark-operator/.test(image) && label !== "spark-operator") return undefined
  return words.includes("webhook") && words.includes("start") ? "kubeflow-webhook" : "kubeflow"
}

/** The operator that a Deployment runs; undefined for any other Deployment. */
export const operatorOf = ({ metadata, spec }: Deployment): InstalledOperator | undefined => {
  const containers = spec?.template.spec?.containers ?? []
  for (const { image = "", command = [], args = [] } of containers) {
    const words = [...command, ...args]
    const kind = kindOf(image, words, metadata?.labels ?? {})
    if (kind === undefined) continue
    const namespaces = (flagValue(words, "namespaces") ?? flagValue(words, "namespace") ?? "").split(",")
    const names = namespaces.filter((name) => name !== "" && name !== everyNamespace)
    const selector = flagValue(words, "namespace-selector") || undefined
    // An empty name among them means all, whatever the selector.
    const all = namespaces.includes(everyNamespace) || (namespaces.length > 1 && namespaces.includes(""))
    return {
      kind,
      namespace: metadata?.namespace ?? "",
      name: metadata?.name ?? "",
      running: (spec?.replicas ?? 1) > 0,
      namespaces: all ? [] : names,
      namespaceSelector: all ? undefined : selector,
      args: words,
      serviceAccount: spec?.template.spec?.serviceAccountName ?? "default",
    }
  }
  return undefined
}

export const operatorsIn = (deployments: ReadonlyArray<Deployment>): ReadonlyArray<InstalledOperator> =>
  deployments.map(operatorOf).filter((operator) => operator !== undefined)

/** The namespaces that an operator manages now, in a cluster with these; undefined: all. */
export const managedBy = (
  { namespaces, namespaceSelector }: Pick<InstalledOperator, "namespaces" | "namespaceSelector">,
  existing: ReadonlyArray<Namespace>,
): ReadonlyArray<string> | undefined => {
  if (namespaceSelector === undefined) return namespaces.length === 0 ? undefined : namespaces
  const selects = Result.getOrElse(parseLabelSelector(namespaceSelector), () => () => false)
  const selected = existing.filter(({ metadata }) => selects(metadata?.labels ?? {}))
  return [...new Set([...namespaces, ...selected.map(({ metadata }) => metadata?.name ?? "")])]
}

/** The namespaces that both manage, as text; undefined if there are none. */
export const overlap = (
  a: ReadonlyArray<string> | undefined,
  b: ReadonlyArray<string> | undefined,
): string | undefined => {
  if (a === undefined && b === undefined) return "all namespaces"
  const both = a === undefined || b === undefined ? (a ?? b ?? []) : a.filter((namespace) => b.includes(namespace))
  return both.length === 0 ? undefined : both.join(", ")
}

/** Flags of kubeflow's controller that mean the same in Firesteel and that a check depends on. */
const sharedFlags = [
  "enable-batch-scheduler",
  "default-batch-scheduler",
  "kube-scheduler-names",
  "enable-ui-service",
  "ingress-url-format",
  "enable-driver-pdb",
]

/** The flags with which Firesteel would replace kubeflow's controller. */
export const inheritedFlags = (operators: ReadonlyArray<InstalledOperator>): ReadonlyArray<string> => {
  const controller = operators.find(({ kind }) => kind === "kubeflow")
  return sharedFlags.flatMap((flag) => {
    const value = controller && flagValue(controller.args, flag)
    return value === undefined ? [] : [`--${flag}=${value}`]
  })
}
