/** What stands in the way in a cluster: operators that run, their webhooks, definitions, accounts of drivers. Pure. */

import { Predicate } from "effect"
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import { group, sparkApplications } from "../../api/Kinds.ts"
import { keyOf } from "../../runtime/Store.ts"
import type { ClusterFacts } from "./ClusterFacts.ts"
import { type Checked, type Finding, note, problem, warning } from "./Finding.ts"
import { flagValue, type InstalledOperator, operatorsIn, overlap } from "./Operators.ts"
import { webhookFindings, webhookKind } from "./WebhookRules.ts"

const listed = (namespaces: ReadonlyArray<string>) =>
  namespaces.length === 0 ? "all namespaces" : namespaces.join(", ")
const scaleDown = ({ namespace, name }: InstalledOperator) =>
  `kubectl -n ${namespace} scale deployment/${name} --replicas=0`

/** kubeflow's controller: alone, or beside Firesteel in the same namespaces. */
const operatorFindings = (
  operator: InstalledOperator,
  ours: ReadonlyArray<InstalledOperator>,
): ReadonlyArray<Finding> => {
  if (!operator.running) return [note("replicas", "is scaled to 0: it starts nothing and changes nothing")]
  const both = ours.map(({ namespaces }) => overlap(namespaces, operator.namespaces)).find((it) => it !== undefined)
  const selector = operator.namespaceSelector
  return [
    both === undefined
      ? warning(
          "replicas",
          `works on ${listed(operator.namespaces)}; stop it before Firesteel starts there (${scaleDown(operator)}), or give each its own list (spark.jobNamespaces of both charts)`,
        )
      : problem(
          "replicas",
          `works on ${both}, and so does Firesteel: both would submit; ${scaleDown(operator)}, or give each its own list (spark.jobNamespaces of both charts)`,
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
  const set = keep.length === 0 ? "" : `; set ${keep.join(" and ")} to keep their prefix and labels`
  return note(
    "metrics",
    `names stay: spark_application_… and spark_app_… are exposed beside the new ones (prometheus.metrics.legacy: v1,v2; empty for none)${set}`,
  )
}

/** Follows names through nested objects. */
const at = (value: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>(
    (found, key) => (Predicate.isObject(found) ? (found as Readonly<Record<string, unknown>>)[key] : undefined),
    value,
  )

const applyCrds = "kubectl apply --server-side --force-conflicts -f crds/"

const definitionFindings = (
  { metadata, spec, status }: CustomResourceDefinition,
  oursRuns: boolean,
): ReadonlyArray<Finding> => {
  const annotations = metadata?.annotations ?? {}
  const release = annotations["meta.helm.sh/release-name"]
  const name = metadata?.name ?? ""
  const stored = status?.storedVersions ?? []
  const foreign = stored.filter((version) => version !== sparkApplications.version)
  const version = spec.versions.find((one) => one.name === sparkApplications.version)
  const ours = at(version, "schema", "openAPIV3Schema", "properties", "status", "properties", "attempts") !== undefined
  const isApplication = spec.names.kind === sparkApplications.kind
  return [
    ...(release !== undefined && annotations["helm.sh/resource-policy"] !== "keep"
      ? [
          problem(
            "metadata.annotations",
            `helm uninstall ${release} would delete it and every ${spec.names.kind}; kubectl annotate crd ${name} helm.sh/resource-policy=keep`,
          ),
        ]
      : []),
    ...(isApplication && foreign.length > 0
      ? [
          problem(
            "status.storedVersions",
            `objects may be stored as ${foreign.join(", ")}; rewrite them and take these versions out of status.storedVersions, else the new definition is refused`,
          ),
        ]
      : []),
    ...(spec.conversion?.strategy === "Webhook"
      ? [warning("spec.conversion", "converts by a webhook that nobody serves; set spec.conversion.strategy to None")]
      : []),
    ...(isApplication && !ours
      ? [
          (oursRuns ? problem : warning)(
            "spec.versions",
            `is that of kubeflow's operator, so the API server drops parts of the status that Firesteel writes; ${applyCrds} first. It has all that was there before`,
          ),
        ]
      : []),
  ]
}

/** The account of drivers goes with kubeflow's chart. */
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
    const message = `drivers run as it, and helm uninstall ${release} would delete it with its Role and RoleBinding; annotate all three with helm.sh/resource-policy=keep, or uninstall when no driver runs`
    return [{ kind: "ServiceAccount", namespace, name, findings: [warning("metadata.annotations", message)] }]
  })
}

/** Everything but the applications themselves. */
export const checkCluster = (facts: ClusterFacts): ReadonlyArray<Checked> => {
  const operators = operatorsIn(facts.deployments)
  const ours = operators.filter(({ kind, running }) => kind === "firesteel" && running)
  const theirs = operators.filter(({ kind }) => kind === "kubeflow")
  const hasApplications = facts.definitions.some(({ spec }) => spec.names.kind === sparkApplications.kind)
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
    ...(hasApplications || facts.unread.some(({ what }) => what === "customresourcedefinitions")
      ? []
      : [
          {
            kind: "CustomResourceDefinition",
            name: `sparkapplications.${group}`,
            findings: [warning("", `is not there; ${applyCrds}`)],
          },
        ]),
    ...accountFindings(facts),
    ...facts.unread.map(({ what, why }) => ({
      kind: "cluster",
      name: what,
      findings: [
        (what === sparkApplications.plural ? problem : warning)(
          "",
          `may not be read, so nothing is said of them: ${why}`,
        ),
      ],
    })),
  ]
}
