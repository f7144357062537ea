/** The flags about asking running drivers how far they are: by which way, how often, how many at a time. */

import { duration, integer, oneOf } from "./ValueKind.ts"

export const progressFlags = {
  sparkUiAccess: {
    kind: oneOf("auto", "direct", "proxy", "off"),
    default: "auto",
    description:
      "How running drivers are asked how far they are, see progress.md: direct (at the pod's address), proxy (through the API server), auto (direct, and proxy where that does not lead there), off (not at all).",
  },
  sparkUiInterval: {
    kind: duration,
    default: "5s",
    description:
      "Shortest time between two looks at the progress of one application; the longest is twelve times that.",
  },
  sparkUiRate: {
    kind: integer(1, 10_000),
    default: "20",
    description: "Looks at progress per second over all applications. More applications are looked at more rarely.",
  },
  sparkUiConcurrency: {
    kind: integer(1, 1000),
    default: "16",
    description: "Drivers that are asked at the same time.",
  },
} as const
