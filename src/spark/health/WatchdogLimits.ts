/** The operator's watch over the progress of an application: the limits of its preset, and what is said over them. */

import type { HealthChecks, HealthPreset } from "../../api/application/HealthChecks.ts"
import { usualPreset } from "./Presets.ts"

export interface WatchdogLimits {
  /** Seconds in which nothing began or ended; undefined: not watched. */
  readonly stalledSeconds: number | undefined
  /** Seconds since the newest micro-batch. */
  readonly batchSeconds: number | undefined
  /** Waiting without a job is no stall: somebody may connect. */
  readonly onlyBusy: boolean
  /** A stalled run ends as failed. */
  readonly restart: boolean
}

type Limits = Omit<WatchdogLimits, "restart">

const servesPeople: Limits = { stalledSeconds: 1800, batchSeconds: undefined, onlyBusy: true }

const watchdogs: Readonly<Record<HealthPreset, Limits>> = {
  batch: { stalledSeconds: 1800, batchSeconds: undefined, onlyBusy: false },
  streaming: { stalledSeconds: 900, batchSeconds: 900, onlyBusy: false },
  connect: servesPeople,
  interactive: servesPeople,
  "policy-minimal": { stalledSeconds: undefined, batchSeconds: undefined, onlyBusy: true },
}

/** Undefined: nothing is watched. */
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
