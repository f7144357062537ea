/** The flags that `firesteel local` has in addition to the operator's. */

import { type FlagValues } from "../../settings/Flag.ts"
import { duration, integer, optionalText, toggle } from "../../settings/ValueKind.ts"

export const localFlags = {
  apiPort: {
    kind: integer(0, 65_535),
    default: "8001",
    description: "Port of the embedded Kubernetes API on 127.0.0.1. 0, or a port that is in use: a free one.",
  },
  examples: {
    kind: optionalText("a manifest or a directory of manifests"),
    default: "",
    description: "Manifest, or directory of manifests, to apply. Without it: the examples that come with Firesteel.",
  },
  noExamples: {
    kind: toggle,
    default: "false",
    description: "Start with an empty cluster.",
  },
  once: {
    kind: toggle,
    default: "false",
    description:
      "Exit when every application, schedule and Connect server has reached what its annotations expect: exit code 0, or 1 if one has not.",
  },
  timeout: {
    kind: duration,
    default: "2m",
    description: "With --once: how long to wait for that.",
  },
} as const

export interface LocalOptions extends FlagValues<typeof localFlags> {}
