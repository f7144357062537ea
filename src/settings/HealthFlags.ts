/** The flags about health checks of drivers and executors: where their default and their templates stand, whether failures are followed. */

import { objectKey, toggle } from "./ValueKind.ts"

export const healthFlags = {
  healthChecksConfig: {
    kind: objectKey,
    default: "",
    description:
      "ConfigMap, as namespace/name, with the default and the templates of spec.healthChecks, see health-checks.md. Followed without a restart. Empty: none.",
  },
  followProbes: {
    kind: toggle,
    default: "true",
    description:
      "Whether the kubelets' Events about failed probes are watched, so that they are counted, and drivers that a probe has killed say so.",
  },
} as const
