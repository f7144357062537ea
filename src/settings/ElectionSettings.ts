/** Whether this process stands for election as leader, and as whom: from the settings and what a pod knows of itself. */

import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { Result } from "effect"
import type { Problem } from "../api/Problem.ts"
import type { ElectionSettings } from "../runtime/LeaderElection.ts"
import type { Environment } from "./Flag.ts"
import type { Settings } from "./Settings.ts"

/** Undefined: this operator runs alone. Fails with what is missing or does not fit together. */
export const candidacyOf = (
  settings: Settings,
  environment: Environment,
): Result.Result<ElectionSettings | undefined, ReadonlyArray<Problem>> => {
  if (!stands(settings, environment)) return Result.succeed(undefined)
  const namespace = settings.leaderElectResourceNamespace ?? (environment["POD_NAMESPACE"] || undefined)
  const {
    leaderElectLeaseDuration: durationSeconds,
    leaderElectRenewDeadline: renewDeadlineSeconds,
    leaderElectRetryPeriod: retrySeconds,
  } = settings
  const problems: ReadonlyArray<Problem | undefined> = [
    namespace === undefined
      ? {
          field: "--leader-elect-resource-namespace",
          message: "is needed where POD_NAMESPACE is not set; or use --leader-elect=false for a single replica",
        }
      : undefined,
    renewDeadlineSeconds < durationSeconds
      ? undefined
      : { field: "--leader-elect-renew-deadline", message: "must be shorter than --leader-elect-lease-duration" },
    retrySeconds < renewDeadlineSeconds / 2
      ? undefined
      : { field: "--leader-elect-retry-period", message: "must be less than half of --leader-elect-renew-deadline" },
  ]
  const found = problems.filter((problem) => problem !== undefined)
  if (namespace === undefined || found.length > 0) return Result.fail(found)
  return Result.succeed({
    namespace,
    name: settings.leaderElectResourceName ?? "firesteel",
    identity: identityOf(environment),
    durationSeconds,
    renewDeadlineSeconds,
    retrySeconds,
  })
}

const stands = ({ leaderElect, kubeconfig }: Settings, environment: Environment): boolean =>
  leaderElect === "auto"
    ? kubeconfig === undefined && !environment["KUBECONFIG"] && Boolean(environment["KUBERNETES_SERVICE_HOST"])
    : leaderElect === "true"

/**
 * A pod keeps its identity when its container is started again: the one before is dead then, so it need not be waited for. Without the
 * pod's uid every process is another.
 */
const identityOf = (environment: Environment): string =>
  `${environment["POD_NAME"] || hostname()}_${environment["POD_UID"] || randomUUID()}`
