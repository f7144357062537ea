/** The flag about health checks of drivers and executors: where their default and their templates stand. */
import { objectKey } from "./ValueKind.ts"

export const healthFlags = {
  healthChecksConfig: {
    kind: objectKey,
    default: "",
    description:
      "ConfigMap, as namespace/name, with the default and the templates of spec.healthChecks, see health-checks.md. Followed without a restart. Empty: none.",
  },
} as const
