/** The operator's watchdog over the progress of an application: the limits of the preset, and the settings that override them. */

import type { HealthChecks, HealthPreset } from "../../api/application/HealthChecks.ts"
import { usualPreset } from "./Presets.ts"

export interface WatchdogLimits {
  /** Seconds without the start or end of a job, stage or task; undefined: not watched. */
  readonly stalledSeconds: number | undefined
  /** Seconds since the newest micro-batch. */
  readonly batchSeconds: number | undefined
  /** Without a job the application is not stalled: it waits for clients. */
  readonly onlyBusy: boolean
  /** A stalled run ends as failed. */
  readonly restart: boolean
}

type Limits = Omit<WatchdogLimits, "restart">

const servesClients: Limits = { stalledSeconds: 1800, batchSeconds: undefined, onlyBusy: true }

const watchdogs: Readonly<Record<HealthPreset, Limits>> = {
  batch: { stalledSeconds: 1800, batchSeconds: undefined, onlyBusy: false },
  streaming: { stalledSeconds: 900, batchSeconds: 900, onlyBusy: false },
  connect: servesClients,
  interactive: servesClients,
  "policy-minimal": { stalledSeconds: undefined, batchSeconds: undefined, onlyBusy: true },
}

/** Undefined: progress is not watched. */
export const watchdogOf = ({ preset, watchdog }: HealthChecks): WatchdogLimits | undefined => {
  if (watchdog?.disabled === true) return undefined
  const usual = watchdogs[preset ?? usualPreset]
  const limits = {
    stalledSeconds: watchdog?.stalledSeconds ?? usual.stalledSeconds,
    batchSeconds: watchdog?.batchSeconds ?? usual.batchSeconds,
    onlyBusy: watchdog?.stalledSeconds === undefined && usual.onlyBusy,
    restart: watchdog?.restart === true,
  }
  return limits.stalledSeconds === undefined && limits.batchSeconds === undefined ? undefined : limits
}
