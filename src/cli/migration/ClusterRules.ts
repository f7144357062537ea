/** Obstacles in a cluster: running operators, their webhooks, definitions, service accounts of drivers. Pure. */

import { Predicate } from "effect"
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import { crds } from "../../api/Crds.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import { keyOf } from "../../runtime/Store.ts"
import type { ClusterFacts } from "./ClusterFacts.ts"
import { type Checked, type Finding, note, problem, warning } from "./Finding.ts"
import { flagValue, type InstalledOperator, operatorsIn, overlap } from "./Operators.ts"
import { webhookFindings, webhookKind } from "./WebhookRules.ts"

const listed = (namespaces: ReadonlyArray<string>) =>
  namespaces.length === 0 ? "all namespaces" : namespaces.join(", ")
const scaleDown = ({ namespace, name }: InstalledOperator) =>
  `kubectl -n ${namespace} scale deployment/${name} --replicas=0`

/** kubeflow's controller: alone, or together with Firesteel in the same namespaces. */
const operatorFindings = (
  operator: InstalledOperator,
  ours: ReadonlyArray<InstalledOperator>,
): ReadonlyArray<Finding> => {
  if (!operator.running) return [note("replicas", "is scaled to 0 and does nothing")]
  const both = ours.map(({ namespaces }) => overlap(namespaces, operator.namespaces)).find((it) => it !== undefined)
  const selector = operator.namespaceSelector
  return [
    both === undefined
      ? warning(
          "replicas",
          `manages ${listed(operator.namespaces)}; stop it before Firesteel starts there (${scaleDown(operator)}), or give each its own list (spark.jobNamespaces of both charts)`,
        )
      : problem(
          "replicas",
          `manages ${both}, and so does Firesteel: both would submit applications; ${scaleDown(operator)}, or give each its own list (spark.jobNamespaces of both charts)`,
        ),
    ...(selector === undefined
      ? []
      : [
          warning(
            "--namespace-selector",
            `"${selector}" has no equivalent; list the namespaces in spark.jobNamespaces`,
          ),
        ]),
  ]
}

const metricsFinding = ({ args }: InstalledOperator): Finding => {
  const prefix = flagValue(args, "metrics-prefix")
  const labels = flagValue(args, "metrics-labels")
  const keep = [
    ...(prefix ? [`prometheus.metrics.prefix=${prefix}`] : []),
    ...(labels ? [`prometheus.metrics.labels=${labels.replaceAll(",", "\\,")}`] : []),
  ]
  const set = keep.length === 0 ? "" : `; set ${keep.join(" and ")} to keep prefix and labels`
  return note(
    "metrics",
    `names are kept: spark_application_… and spark_app_… are exposed in addition to the new ones (prometheus.metrics.legacy: v1,v2; empty for none)${set}`,
  )
}

/** Follows names through nested objects. */
const at = (value: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>(
    (found, key) => (Predicate.isObject(found) ? (found as Readonly<Record<string, unknown>>)[key] : undefined),
    value,
  )

const applyCrds = "kubectl apply --server-side --force-conflicts -f crds/"

const statusFields = (version: unknown) =>
  Object.keys((at(version, "schema", "openAPIV3Schema", "properties", "status", "properties") ?? {}) as object)

const definitionFindings = (
  { metadata, spec, status }: CustomResourceDefinition,
  oursRuns: boolean,
): ReadonlyArray<Finding> => {
  const annotations = metadata?.annotations ?? {}
  const release = annotations["meta.helm.sh/release-name"]
  const name = metadata?.name ?? ""
  const stored = status?.storedVersions ?? []
  const ours = crds.find((crd) => crd.metadata.name === name)?.spec.versions[0]
  const foreign = stored.filter((version) => version !== ours?.name)
  const known = new Set(statusFields(spec.versions.find((version) => version.name === ours?.name)))
  const drops = statusFields(ours).some((field) => !known.has(field))
  return [
    ...(release !== undefined && annotations["helm.sh/resource-policy"] !== "keep"
      ? [
          problem(
            "metadata.annotations",
            `helm uninstall ${release} would delete it and every ${spec.names.kind}; kubectl annotate crd ${name} helm.sh/resource-policy=keep`,
          ),
        ]
      : []),
    ...(ours !== undefined && foreign.length > 0
      ? [
          problem(
            "status.storedVersions",
            `objects may be stored as ${foreign.join(", ")}; rewrite them and remove these versions from status.storedVersions, otherwise the new definition is rejected`,
          ),
        ]
      : []),
    ...(spec.conversion?.strategy === "Webhook"
      ? [
          warning(
            "spec.conversion",
            "uses a conversion webhook that is not served; set spec.conversion.strategy to None",
          ),
        ]
      : []),
    ...(drops
      ? [
          (oursRuns ? problem : warning)(
            "spec.versions",
            `is the definition of kubeflow's operator, so the API server drops parts of the status that Firesteel writes; ${applyCrds} first. It keeps all fields of the old one`,
          ),
        ]
      : []),
  ]
}

/** The drivers' service account belongs to kubeflow's chart and is deleted with it. */
const accountFindings = ({ serviceAccounts, applications }: ClusterFacts): ReadonlyArray<Checked> => {
  const used = new Set(
    applications.map(({ metadata: { namespace }, spec }) =>
      keyOf({ metadata: { namespace, name: spec?.driver?.serviceAccount ?? "default" } }),
    ),
  )
  return serviceAccounts.flatMap((account) => {
    const { namespace = "", name = "", annotations = {}, labels = {} } = account.metadata ?? {}
    const release = annotations["meta.helm.sh/release-name"]
    const theirs = labels["helm.sh/chart"]?.startsWith("spark-operator-") === true
    if (release === undefined || !theirs || !used.has(keyOf(account))) return []
    if (annotations["helm.sh/resource-policy"] === "keep") return []
    const message = `drivers use it, and helm uninstall ${release} would delete it with its Role and RoleBinding; annotate all three with helm.sh/resource-policy=keep, or uninstall when no driver is running`
    return [{ kind: "ServiceAccount", namespace, name, findings: [warning("metadata.annotations", message)] }]
  })
}

/** Everything except the applications themselves. */
export const checkCluster = (facts: ClusterFacts): ReadonlyArray<Checked> => {
  const operators = operatorsIn(facts.deployments)
  const ours = operators.filter(({ kind, running }) => kind === "firesteel" && running)
  const theirs = operators.filter(({ kind }) => kind === "kubeflow")
  const readDefinitions = facts.unread.every(({ what }) => what !== "customresourcedefinitions")
  const missing = crds.filter(({ metadata }) =>
    facts.definitions.every((found) => found.metadata?.name !== metadata.name),
  )
  return [
    ...theirs.map((operator) => ({
      kind: "Deployment",
      namespace: operator.namespace,
      name: operator.name,
      findings: [...operatorFindings(operator, ours), metricsFinding(operator)],
    })),
    ...facts.missingRights.map(({ operator, namespace, rights }) => ({
      kind: "Deployment",
      namespace: operator.namespace,
      name: operator.name,
      findings: [
        problem(
          "serviceAccountName",
          `${operator.serviceAccount} may not ${rights.join(", ")} in ${namespace}; the chart's spark.jobNamespaces and controller.rbac.create give it what it needs`,
        ),
      ],
    })),
    ...facts.webhooks.flatMap((configuration) => {
      const findings = webhookFindings(configuration, operators, facts)
      const kind = webhookKind(configuration)
      return findings.length === 0 ? [] : [{ kind, name: configuration.metadata?.name ?? "", findings }]
    }),
    ...facts.definitions.map((definition) => ({
      kind: "CustomResourceDefinition",
      name: definition.metadata?.name ?? "",
      findings: definitionFindings(definition, ours.length > 0),
    })),
    ...(readDefinitions ? missing : []).map(({ kind, metadata }) => ({
      kind,
      name: metadata.name,
      findings: [warning("", `does not exist; ${applyCrds}`)],
    })),
    ...accountFindings(facts),
    ...facts.unread.map(({ what, why }) => ({
      kind: "cluster",
      name: what,
      findings: [
        (what === sparkApplications.plural ? problem : warning)(
          "",
          `cannot be checked, because you are not allowed to read them: ${why}`,
        ),
      ],
    })),
  ]
}
