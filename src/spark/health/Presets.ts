/**
 * What each preset probes, how often and with which timeouts: one table, from which all probes are made. The numbers suit a healthy but
 * busy JVM: long full collections and throttled CPUs must not look like a dead process, and slow starts (downloading packages, creating
 * the context) have the ten minutes of the startup probe.
 */

import type { HealthPreset, HealthTarget } from "../../api/application/HealthChecks.ts"

export type ProbeKind = "startup" | "readiness" | "liveness"
export const probeKinds: ReadonlyArray<ProbeKind> = ["startup", "readiness", "liveness"]

export type Role = "driver" | "executor"

export interface ProbePreset {
  readonly target: HealthTarget
  readonly periodSeconds: number
  readonly failureThreshold: number
  /** For a container that has its core; scaled for less. */
  readonly timeoutSeconds: number
  /** Made only where the spec names this probe. */
  readonly offered?: true
}

export interface RolePreset extends Readonly<Record<ProbeKind, ProbePreset>> {
  /** How long the pod may take to stop: a micro-batch, or the queries of sessions, can end. */
  readonly graceSeconds?: number
}

const probe = (
  target: HealthTarget,
  periodSeconds: number,
  failureThreshold: number,
  timeoutSeconds: number,
): ProbePreset => ({ target, periodSeconds, failureThreshold, timeoutSeconds })
const offered = (preset: ProbePreset): ProbePreset => ({ ...preset, offered: true })

/** Executors without clients: Spark itself notices when one is lost, so they have no probes unless the spec names them. */
const quietExecutor: RolePreset = {
  startup: offered(probe("blockManager", 5, 120, 5)),
  readiness: offered(probe("blockManager", 10, 6, 10)),
  liveness: offered(probe("blockManager", 60, 30, 15)),
}

export const presets: Readonly<Record<HealthPreset, Readonly<Record<Role, RolePreset>>>> = {
  batch: {
    driver: {
      startup: probe("rpc", 5, 120, 5),
      readiness: offered(probe("rpc", 10, 6, 10)),
      liveness: offered(probe("ui", 30, 10, 15)),
    },
    executor: quietExecutor,
  },
  streaming: {
    driver: {
      startup: probe("rpc", 5, 120, 5),
      readiness: probe("ui", 10, 6, 10),
      liveness: probe("metrics", 30, 10, 15),
      graceSeconds: 120,
    },
    executor: {
      startup: probe("blockManager", 5, 120, 5),
      readiness: probe("blockManager", 10, 6, 10),
      liveness: offered(probe("blockManager", 60, 30, 15)),
    },
  },
  connect: {
    driver: {
      startup: probe("connect", 10, 30, 5),
      readiness: probe("connect", 10, 3, 10),
      liveness: probe("metrics", 30, 10, 15),
      graceSeconds: 60,
    },
    executor: quietExecutor,
  },
  interactive: {
    driver: {
      startup: probe("application", 5, 120, 5),
      readiness: probe("application", 10, 3, 10),
      liveness: probe("metrics", 30, 10, 15),
      graceSeconds: 60,
    },
    executor: quietExecutor,
  },
  "policy-minimal": {
    driver: {
      startup: probe("rpc", 10, 180, 10),
      readiness: probe("rpc", 30, 10, 30),
      liveness: probe("rpc", 60, 60, 30),
    },
    executor: {
      startup: probe("blockManager", 10, 180, 10),
      readiness: probe("blockManager", 30, 10, 30),
      liveness: probe("blockManager", 60, 60, 30),
    },
  },
}

/** The preset where none is chosen. */
export const usualPreset: HealthPreset = "batch"

/** Seconds that liveness and readiness probes wait where there is no startup probe. */
export const delayWithoutStartup = 30

/**
 * Seconds that a pod may take to stop when it hands over its blocks first: the image's `decom.sh` waits up to 60 for it, and then the
 * executor still has to end.
 */
export const decommissionGraceSeconds = 90
