/** The flags of `firesteel render` besides those that shape pods. */

import { optionalText } from "../../settings/ValueKind.ts"

export const renderFlags = {
  file: {
    kind: optionalText("a manifest, or - for standard input"),
    short: "f",
    default: "",
    description: "Manifest with SparkApplications. Other kinds in it are passed over.",
  },
  healthChecks: {
    kind: optionalText("a manifest"),
    default: "",
    description:
      "Manifest of the operator's ConfigMap of health checks, as --health-checks-config names it on a cluster.",
  },
} as const
