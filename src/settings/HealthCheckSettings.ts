/** Settings of the health checks of drivers and executors. */

import type { FlagValues } from "./Flag.ts"
import { objectKey, toggle } from "./ValueKind.ts"

export const flags = {
  healthChecksConfig: {
    kind: objectKey,
    default: "",
    description:
      "ConfigMap, as namespace/name, with the default and the templates of spec.healthChecks, see health-checks.md. Changes to it apply without a restart. Empty: none.",
  },
  followProbes: {
    kind: toggle,
    default: "true",
    description:
      "Whether Events about pods are watched: about failed probes, so that failures are counted and a driver that was killed by a probe is reported as such; and about volumes and sandboxes, so that a driver that does not start is reported with the cause.",
  },
} as const

export interface HealthCheckSettings {
  /** `namespace/name` of the ConfigMap; undefined: there is none. */
  readonly config: string | undefined
  /** Whether Events about failed probes, and about pods that do not start, are watched. */
  readonly followProbes: boolean
}

export const fromValues = ({ healthChecksConfig, followProbes }: FlagValues<typeof flags>): HealthCheckSettings => ({
  config: healthChecksConfig,
  followProbes,
})
