/** The flags that `firesteel migrate check` has of its own; those of the operator that a check depends on come beside them. */

import { Option, Struct } from "effect"
import type { Flag, FlagValues } from "../../settings/Flag.ts"
import { listOf, oneOf, optionalText, type ValueKind } from "../../settings/ValueKind.ts"

const file: ValueKind<string> = { allowed: "the path of a file", parse: Option.some }

const migrationFlags = {
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
      "Values of kubeflow's Helm chart: what becomes of each, and the same for this chart. Alone, no cluster is looked at.",
  },
  cluster: {
    kind: oneOf("auto", "true", "false"),
    default: "auto",
    description: "Whether a cluster is looked at. auto: unless manifests or values are given.",
  },
  output: {
    kind: oneOf("text", "json", "values"),
    default: "text",
    short: "o",
    description: "text for people, json for programs, values: only the values for the chart of Firesteel, as YAML.",
  },
} as const

/** The operator's own settings that say where to look and what an application may ask for. */
const operatorOptions = [
  "kubeconfig",
  "context",
  "namespaces",
  "submitter",
  "enableBatchScheduler",
  "defaultBatchScheduler",
  "kubeSchedulerNames",
  "enableUiService",
  "ingressUrlFormat",
  "enableDriverPdb",
] as const

interface OperatorOptions {
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
  readonly namespaces: ReadonlyArray<string>
  readonly submitter: "native" | "job" | "auto"
  readonly enableBatchScheduler: boolean
  readonly defaultBatchScheduler: string | undefined
  readonly kubeSchedulerNames: ReadonlyArray<string>
  readonly enableUiService: boolean
  readonly ingressUrlFormat: string | undefined
  readonly enableDriverPdb: boolean
}

/** All flags of the check, out of those of the operator. */
export const migrationFlagsWith = <F extends { readonly [K in keyof OperatorOptions]: Flag<OperatorOptions[K]> }>(
  operator: F,
) => ({ ...migrationFlags, ...Struct.pick(operator, operatorOptions) })

export interface MigrationOptions extends FlagValues<typeof migrationFlags>, OperatorOptions {}
