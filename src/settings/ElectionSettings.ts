/**
 * Settings of leader election: whether this process takes part, and with which identity. The flags have the names that Kubernetes' own
 * components give them.
 */

import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import type { Problem } from "../api/Problem.ts"
import type { ElectionSettings } from "../runtime/LeaderElection.ts"
import type { Environment } from "../telemetry/otlp/OtlpEnvironment.ts"
import type { FlagValues } from "./Flag.ts"
import { duration, oneOf, optionalText } from "./ValueKind.ts"

export const flags = {
  leaderElect: {
    kind: { ...oneOf("auto", "true", "false"), switch: true },
    default: "auto",
    description:
      "Whether only the replica that holds a Lease runs applications. auto: yes in a pod, no with a kubeconfig; see install.md.",
  },
  leaderElectResourceName: {
    kind: optionalText("the name of a Lease"),
    default: "firesteel",
    description: "Name of the Lease. Operators with different names are independent of each other.",
  },
  leaderElectResourceNamespace: {
    kind: optionalText("the name of a namespace"),
    default: "",
    description: "Namespace of the Lease. Empty: that of the pod, from $POD_NAMESPACE.",
  },
  leaderElectLeaseDuration: {
    kind: duration,
    default: "15s",
    description: "How long the other replicas wait after the last renewal by a leader that did not stop cleanly.",
  },
  leaderElectRenewDeadline: {
    kind: duration,
    default: "10s",
    description:
      "How long a leader that cannot renew its Lease continues to work before it pauses. Shorter than the lease duration.",
  },
  leaderElectRetryPeriod: {
    kind: duration,
    default: "2s",
    description: "Time between two attempts to get or renew the Lease. Less than half of the renew deadline.",
  },
} as const

/** Values that do not fit are left out, and are not checked against others. */
type Values = Partial<FlagValues<typeof flags>> & { readonly kubeconfig?: string | undefined }

const takesPart = ({ leaderElect, kubeconfig }: Values, environment: Environment): boolean =>
  leaderElect === "auto"
    ? kubeconfig === undefined && !environment["KUBECONFIG"] && Boolean(environment["KUBERNETES_SERVICE_HOST"])
    : leaderElect === "true"

const namespaceOf = (values: Values, environment: Environment): string | undefined =>
  values.leaderElectResourceNamespace ?? (environment["POD_NAMESPACE"] || undefined)

/** What is missing and which times contradict each other; nothing for a process that takes no part. */
export const problems = (values: Values, environment: Environment): ReadonlyArray<Problem> => {
  if (!takesPart(values, environment)) return []
  const {
    leaderElectLeaseDuration: lease = Number.POSITIVE_INFINITY,
    leaderElectRenewDeadline: renew,
    leaderElectRetryPeriod: retry = 0,
  } = values
  const rules: ReadonlyArray<readonly [broken: boolean, field: string, message: string]> = [
    [
      namespaceOf(values, environment) === undefined,
      "--leader-elect-resource-namespace",
      "is required where POD_NAMESPACE is not set; or use --leader-elect=false for a single replica",
    ],
    [
      renew !== undefined && renew >= lease,
      "--leader-elect-renew-deadline",
      "must be shorter than --leader-elect-lease-duration",
    ],
    [
      renew !== undefined && retry >= renew / 2,
      "--leader-elect-retry-period",
      "must be less than half of --leader-elect-renew-deadline",
    ],
  ]
  return rules.flatMap(([broken, field, message]) => (broken ? [{ field, message }] : []))
}

/** Undefined: this operator runs alone. The values have no `problems`. */
export const fromValues = (
  values: FlagValues<typeof flags> & { readonly kubeconfig: string | undefined },
  environment: Environment,
): ElectionSettings | undefined =>
  takesPart(values, environment)
    ? {
        namespace: namespaceOf(values, environment) ?? "",
        name: values.leaderElectResourceName ?? flags.leaderElectResourceName.default,
        identity: identityOf(environment),
        durationSeconds: values.leaderElectLeaseDuration,
        renewDeadlineSeconds: values.leaderElectRenewDeadline,
        retrySeconds: values.leaderElectRetryPeriod,
      }
    : undefined

/**
 * A pod keeps its identity when its container is restarted: the previous process is gone by then, so its Lease need not expire first.
 * Without the pod's uid every process has a new identity.
 */
const identityOf = (environment: Environment): string =>
  `${environment["POD_NAME"] || hostname()}_${environment["POD_UID"] || randomUUID()}`
