/**
 * Webhooks of kubeflow's operator during a change of operators. Drivers that it has started still need its pod webhook for executors that
 * they request later; pods of Firesteel must not pass through it, because it would add volumes and containers that they already have. A
 * label that only pods of kubeflow's operator have distinguishes them, so that the webhook can be narrowed to them. Pure.
 */

import type { Pod } from "kubernetes-types/core/v1"
import { group } from "../../api/Kinds.ts"
import { keyOf } from "../../runtime/Store.ts"
import * as Labels from "../../spark/Labels.ts"
import type { ClusterFacts } from "./ClusterFacts.ts"
import { type Finding, note, problem, warning } from "./Finding.ts"
import { flagValue, type InstalledOperator } from "./Operators.ts"

type WebhookConfiguration = ClusterFacts["webhooks"][number]
type Webhook = NonNullable<WebhookConfiguration["webhooks"]>[number]

const isForPods = ({ rules = [] }: Webhook) =>
  rules.some((rule) => "resources" in rule && Array.isArray(rule.resources) && rule.resources.includes("pods"))

const isNarrowed = ({ objectSelector }: Webhook) =>
  objectSelector?.matchLabels?.[Labels.mutatedBy] !== undefined ||
  objectSelector?.matchExpressions?.some(({ key }) => key === Labels.mutatedBy) === true

/** The kind, which is missing from the items of a list. */
export const webhookKind = ({ kind, webhooks = [] }: WebhookConfiguration): string =>
  kind ??
  (webhooks.some(({ name }) => name.startsWith("mutat"))
    ? "MutatingWebhookConfiguration"
    : "ValidatingWebhookConfiguration")

/** In 2.x the webhook has its own Deployment, in 1.x the operator serves it. */
const serves = ({ running, kind, args }: InstalledOperator) =>
  running && (kind === "kubeflow-webhook" || (kind === "kubeflow" && flagValue(args, "enable-webhook") === "true"))

const isOver = ({ status }: Pod) => status?.phase === "Succeeded" || status?.phase === "Failed"

/** How many drivers still need the webhook: those with the label, and others that Firesteel has not taken over yet. */
interface Needing {
  readonly marked: number
  readonly unmarked: number
}

const needing = ({ drivers, applications }: Pick<ClusterFacts, "drivers" | "applications">): Needing => {
  const foreign = new Set(
    applications
      .filter(({ status }) => status?.submissionID !== undefined && status.runSpecHash === undefined)
      .map(keyOf),
  )
  const isMarked = ({ metadata }: Pod) => metadata?.labels?.[Labels.mutatedBy] === "true"
  const isForeign = ({ metadata = {} }: Pod) => {
    const { namespace = "", labels = {} } = metadata
    return foreign.has(keyOf({ metadata: { namespace, name: labels[Labels.appName] ?? "" } }))
  }
  const alive = drivers.filter((pod) => !isOver(pod))
  return {
    marked: alive.filter(isMarked).length,
    unmarked: alive.filter((pod) => !isMarked(pod) && isForeign(pod)).length,
  }
}

const running = (count: number, one: string, several: string) =>
  count === 1 ? `a running driver ${one}` : `${count} running drivers ${several}`

/** A step of a JSON patch that restricts the webhook to pods with the label. */
const narrowing = (at: number, { objectSelector }: Webhook) => {
  const path = `/webhooks/${at}/objectSelector/matchLabels`
  return objectSelector?.matchLabels === undefined
    ? { op: "add", path, value: { [Labels.mutatedBy]: "true" } }
    : { op: "add", path: `${path}/${Labels.mutatedBy.replace("/", "~1")}`, value: "true" }
}

/** The webhook for pods while its Deployment runs. */
const servedFindings = (
  at: number,
  webhook: Webhook,
  configuration: string,
  operators: ReadonlyArray<InstalledOperator>,
  { marked, unmarked }: Needing,
): ReadonlyArray<Finding> => {
  const remove = `kubectl delete ${configuration}`
  const need = `${running(marked, "needs", "need")} it for new executors`
  if (isNarrowed(webhook)) {
    const then = marked === 0 ? `no driver needs it; ${remove}` : `${need}; after they have ended, ${remove}`
    return [note("webhooks", `ignores pods of Firesteel; ${then}`)]
  }
  const withoutLabel =
    unmarked === 0
      ? ""
      : `; ${running(unmarked, "has", "have")} no label ${Labels.mutatedBy}: let them end first if they may request executors`
  const severity = operators.some(({ kind, running }) => kind === "firesteel" && running) ? problem : warning
  const harm = "it adds to pods of Firesteel what they already have, and those with volumes are rejected"
  const narrow = `kubectl patch ${configuration} --type=json -p '${JSON.stringify([narrowing(at, webhook)])}'`
  return [
    severity(
      "webhooks",
      marked === 0
        ? `${harm}${withoutLabel}; after stopping kubeflow's operator, ${remove}`
        : `${harm}, but ${need}${withoutLabel}; narrow it: ${narrow}`,
    ),
  ]
}

/** Nothing for webhooks of others. */
export const webhookFindings = (
  configuration: WebhookConfiguration,
  operators: ReadonlyArray<InstalledOperator>,
  facts: Pick<ClusterFacts, "drivers" | "applications">,
): ReadonlyArray<Finding> => {
  const all = configuration.webhooks ?? []
  const own = all.filter(({ name }) => name.includes(group))
  if (own.length === 0) return []
  const named = `${webhookKind(configuration).toLowerCase()} ${configuration.metadata?.name ?? ""}`
  if (!operators.some(serves)) {
    return own.some(({ failurePolicy }) => failurePolicy !== "Ignore")
      ? [
          problem(
            "webhooks",
            `it is not served, so the API server rejects every request that needs it; kubectl delete ${named}`,
          ),
        ]
      : [warning("webhooks", `it is no longer served; kubectl delete ${named}`)]
  }
  const at = all.findIndex(isForPods)
  const forPods = all[at]
  return forPods === undefined
    ? [
        note(
          "webhooks",
          `validates and changes applications, which Firesteel does not need; after stopping kubeflow's operator, kubectl delete ${named}`,
        ),
      ]
    : servedFindings(at, forPods, named, operators, needing(facts))
}
