/**
 * Everything that can be set on the operator, as command-line flags and environment variables, decoded once at start-up into groups.
 * `docs/settings.md` and `--help` are generated from the table.
 */

import { Result } from "effect"
import type { Problem } from "../api/Problem.ts"
import type { ElectionSettings } from "../runtime/LeaderElection.ts"
import type { Environment } from "../telemetry/otlp/OtlpEnvironment.ts"
import * as Console from "./ConsoleSettings.ts"
import * as Cost from "./CostSettings.ts"
import * as Election from "./ElectionSettings.ts"
import { type FlagsRead, type FlagValues, readFlags } from "./Flag.ts"
import * as HealthChecks from "./HealthCheckSettings.ts"
import * as History from "./HistorySettings.ts"
import { kubeflowReplacement } from "./KubeflowFlags.ts"
import * as Kube from "./KubeSettings.ts"
import * as Log from "./LogSettings.ts"
import * as Metrics from "./MetricsSettings.ts"
import * as Pods from "./PodSettings.ts"
import * as Policy from "./PolicySettings.ts"
import * as Progress from "./ProgressSettings.ts"
import * as Routes from "./RouteSettings.ts"
import * as Schedules from "./ScheduleSettings.ts"
import { bindAddress, durationOrNone, integer, labelSelector, listOf, namespace } from "./ValueKind.ts"

const { kubeconfig, context, ...requestFlags } = Kube.flags

export const settingsFlags = {
  kubeconfig,
  context,
  namespaces: {
    kind: listOf(namespace, "names of namespaces separated by commas"),
    default: "",
    description: "Namespaces whose applications are run. Empty: all.",
  },
  namespaceSelector: {
    kind: labelSelector,
    default: "",
    description:
      "Label selector of further namespaces whose applications are run, followed as labels change. With it, an empty list of namespaces means none but these. Empty: none.",
  },
  statusWorkers: {
    kind: integer(1, 1000),
    default: "20",
    description: "Applications whose status is reconciled at the same time, and as many schedules.",
  },
  submissionWorkers: {
    kind: integer(1, 1000),
    default: "10",
    description:
      "Applications that are submitted at the same time, and schedules that start a run. They never delay status updates.",
  },
  ...requestFlags,
  shutdownGrace: {
    kind: durationOrNone,
    default: "10s",
    description: "How long work in progress may take to finish after SIGTERM.",
  },
  ...Election.flags,
  ...Pods.flags,
  ...History.flags,
  ...Policy.flags,
  ...Schedules.flags,
  ...Progress.flags,
  ...HealthChecks.flags,
  ...Cost.flags,
  ...Metrics.flags,
  healthProbeBindAddress: {
    kind: bindAddress,
    default: ":8081",
    description: "Address that serves /healthz and /readyz. 0: no endpoint.",
  },
  ...Console.flags,
  ...Log.flags,
} as const

/** The table's values before they are grouped. */
export type SettingsValues = FlagValues<typeof settingsFlags>

/** All settings. Durations are numbers of seconds. */
export interface Settings {
  /** Empty, and without a selector: all namespaces. */
  readonly namespaces: ReadonlyArray<string>
  /** With it, an empty list of namespaces means those that it selects; otherwise they are added to the list. */
  readonly namespaceSelector: string | undefined
  readonly kube: Kube.KubeSettings
  readonly log: Log.LogSettings
  /** Applications that are reconciled at the same time, by lane of the queue. */
  readonly workers: { readonly status: number; readonly submission: number }
  /** How long work in progress may take to finish after SIGTERM. */
  readonly drainSeconds: number
  readonly metrics: Metrics.MetricsSettings
  /** `0`: no endpoint. */
  readonly healthProbeBindAddress: string
  readonly console: Console.ConsoleSettings
  /** Undefined: this operator runs alone. */
  readonly election: ElectionSettings | undefined
  /** Undefined: the progress of drivers is not read. */
  readonly progress: Progress.ProgressSettings | undefined
  readonly healthChecks: HealthChecks.HealthCheckSettings
  readonly cost: Cost.CostSettings
  readonly policy: Policy.PolicySettings
  readonly pods: Pods.PodSettings
  readonly history: History.HistorySettings
  readonly schedules: Schedules.ScheduleSettings
}

/**
 * Settings from the command line (without the command's name) and the environment; the command line wins over `FIRESTEEL_*`
 * variables, these over the defaults. Fails with all problems at once, those between several flags included.
 */
export const decodeSettings = (
  args: ReadonlyArray<string>,
  environment: Environment,
): Result.Result<Settings, ReadonlyArray<Problem>> =>
  settingsFrom(readFlags(settingsFlags, args, environment, kubeflowReplacement), environment)

/** The same from flags that have been read already, by this table or by one that has other defaults. */
export const settingsFrom = (
  { values, problems }: FlagsRead<typeof settingsFlags>,
  environment: Environment,
): Result.Result<Settings, ReadonlyArray<Problem>> => {
  const all = [
    ...problems,
    ...Console.problems(values),
    ...History.problems(values),
    ...Metrics.problems(values),
    ...Pods.problems(values),
    ...Routes.problems(values),
    ...Election.problems(values, environment),
  ]
  return all.length === 0 ? Result.succeed(grouped(values as SettingsValues, environment)) : Result.fail(all)
}

const grouped = (values: SettingsValues, environment: Environment): Settings => ({
  namespaces: values.namespaces,
  namespaceSelector: values.namespaceSelector,
  kube: Kube.fromValues(values),
  log: Log.fromValues(values),
  workers: { status: values.statusWorkers, submission: values.submissionWorkers },
  drainSeconds: values.shutdownGrace,
  metrics: Metrics.fromValues(values),
  healthProbeBindAddress: values.healthProbeBindAddress,
  console: Console.fromValues(values),
  election: Election.fromValues(values, environment),
  progress: Progress.fromValues(values),
  healthChecks: HealthChecks.fromValues(values),
  cost: Cost.fromValues(values),
  policy: Policy.fromValues(values),
  pods: Pods.fromValues(values),
  history: History.fromValues(values),
  schedules: Schedules.fromValues(values),
})
