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
      "Whether the kubelets' Events about failed probes are watched, so that failures are counted and a driver that was killed by a probe is reported as such.",
  },
} as const

export interface HealthCheckSettings {
  /** `namespace/name` of the ConfigMap; undefined: there is none. */
  readonly config: string | undefined
  /** Whether Events about failed probes are watched. */
  readonly followProbes: boolean
}

export const fromValues = ({ healthChecksConfig, followProbes }: FlagValues<typeof flags>): HealthCheckSettings => ({
  config: healthChecksConfig,
  followProbes,
})
