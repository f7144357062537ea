/** Obstacles in a cluster: running operators, their webhooks, definitions, service accounts of drivers. Pure. */

import type { Namespace } from "kubernetes-types/core/v1"
import { crds } from "../../api/Crds.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import { chartAccounts } from "./AccountRules.ts"
import type { ClusterFacts } from "./ClusterFacts.ts"
import { applyCrds, definitionFindings } from "./DefinitionRules.ts"
import { type Checked, type Finding, note, problem, warning } from "./Finding.ts"
import { flagValue, type InstalledOperator, managedBy, operatorsIn, overlap } from "./Operators.ts"
import { webhookFindings, webhookKind } from "./WebhookRules.ts"

const listed = (namespaces: ReadonlyArray<string> | undefined) =>
  namespaces === undefined ? "all namespaces" : namespaces.length === 0 ? "no namespace yet" : namespaces.join(", ")
const scaleDown = ({ namespace, name }: InstalledOperator) =>
  `kubectl -n ${namespace} scale deployment/${name} --replicas=0`

/** kubeflow's controller: alone, or together with Firesteel in the same namespaces. */
const operatorFindings = (
  operator: InstalledOperator,
  ours: ReadonlyArray<InstalledOperator>,
  namespaces: ReadonlyArray<Namespace>,
): ReadonlyArray<Finding> => {
  if (!operator.running) return [note("replicas", "is scaled to 0 and does nothing")]
  const managed = managedBy(operator, namespaces)
  const both = ours.map((one) => overlap(managedBy(one, namespaces), managed)).find((it) => it !== undefined)
  const selector = operator.namespaceSelector
  return [
    both === undefined
      ? warning(
          "replicas",
          `manages ${listed(managed)}; stop it before Firesteel starts there (${scaleDown(operator)}), or give each its own list (spark.jobNamespaces of both charts)`,
        )
      : problem(
          "replicas",
          `manages ${both}, and so does Firesteel: both would submit applications; ${scaleDown(operator)}, or give each its own list (spark.jobNamespaces of both charts)`,
        ),
    ...(selector === undefined
      ? []
      : [
          note(
            "--namespace-selector",
            `"${selector}" selects namespaces; spark.jobNamespaceSelector of the chart is the same`,
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

/** Everything except applications, schedules and Connect servers themselves. */
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
      findings: [...operatorFindings(operator, ours, facts.namespaces), metricsFinding(operator)],
    })),
    ...facts.missingRights.map(({ operator, namespace, rights }) => ({
      kind: "Deployment",
      namespace: operator.namespace,
      name: operator.name,
      findings: [
        problem(
          "serviceAccountName",
          `${operator.serviceAccount} may not ${rights.join(", ")} in ${namespace}; the chart's spark.jobNamespaces, spark.jobNamespaceSelector and controller.rbac.create give it what it needs`,
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
    ...chartAccounts(facts),
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
