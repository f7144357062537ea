/** Settings of the progress readings, which the operator takes from the Spark UI of running drivers. */

import type { FlagValues } from "./Flag.ts"
import { duration, integer, oneOf } from "./ValueKind.ts"

export const flags = {
  sparkUiAccess: {
    kind: oneOf("auto", "direct", "proxy", "off"),
    default: "auto",
    description:
      "How the operator reads the progress of running drivers, see progress.md: direct (at the pod's address), proxy (through the API server), auto (direct, or proxy where the pod's address cannot be reached), off (not at all).",
  },
  sparkUiInterval: {
    kind: duration,
    default: "5s",
    description: "Shortest time between two progress readings of one application; the longest is twelve times as long.",
  },
  sparkUiRate: {
    kind: integer(1, 10_000),
    default: "20",
    description:
      "Progress readings per second over all applications. The more applications, the less often each is read.",
  },
  sparkUiConcurrency: {
    kind: integer(1, 1000),
    default: "16",
    description: "Drivers that are read at the same time.",
  },
} as const

export interface ProgressSettings {
  readonly access: "auto" | "direct" | "proxy"
  /** Seconds between two readings of one driver, at least. */
  readonly shortest: number
  /** Readings per second, over all applications. */
  readonly rate: number
  /** Readings at the same time. */
  readonly concurrency: number
}

/** Undefined: progress is not read. */
export const fromValues = (values: FlagValues<typeof flags>): ProgressSettings | undefined =>
  values.sparkUiAccess === "off"
    ? undefined
    : {
        access: values.sparkUiAccess,
        shortest: values.sparkUiInterval,
        rate: values.sparkUiRate,
        concurrency: values.sparkUiConcurrency,
      }
