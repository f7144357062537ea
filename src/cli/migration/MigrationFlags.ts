/** The flags of `firesteel migrate check`: its own, and those of the operator that determine where to look and what a check depends on. */

import { Option, Struct } from "effect"
import type { FlagValues } from "../../settings/Flag.ts"
import { settingsFlags } from "../../settings/Settings.ts"
import { listOf, oneOf, optionalText, type ValueKind } from "../../settings/ValueKind.ts"

const file: ValueKind<string> = { allowed: "the path of a file", parse: Option.some }

const ownFlags = {
  filename: {
    kind: listOf(file, "files or directories separated by commas, or - for standard input"),
    default: "",
    short: "f",
    description:
      "Manifests to check instead of a cluster: a file, a directory, or - for standard input. May be given several times.",
  },
  values: {
    kind: optionalText("the path of a file"),
    default: "",
    description:
      "Values of kubeflow's Helm chart: reports what becomes of each, and the equivalent for this chart. Given alone, no cluster is checked.",
  },
  cluster: {
    kind: oneOf("auto", "true", "false"),
    default: "auto",
    description: "Whether a cluster is checked. auto: unless manifests or values are given.",
  },
  output: {
    kind: oneOf("text", "json", "values"),
    default: "text",
    short: "o",
    description: "text: for people; json: for programs; values: only the values for the chart of Firesteel, as YAML.",
  },
} as const

/** All flags of the check. */
export const migrationFlags = {
  ...ownFlags,
  ...Struct.pick(settingsFlags, [
    "kubeconfig",
    "context",
    "namespaces",
    "namespaceSelector",
    "submitter",
    "enableBatchScheduler",
    "defaultBatchScheduler",
    "kubeSchedulerNames",
    "enableUiService",
    "ingressUrlFormat",
    "uiRoute",
    "gatewayParentRefs",
    "enableDriverPdb",
    "historyUrlFormat",
    "eventLogDir",
    "eventLogClaim",
    "scheduledSparkApplicationTimestampPrecision",
  ]),
}

export interface MigrationOptions extends FlagValues<typeof migrationFlags> {}
