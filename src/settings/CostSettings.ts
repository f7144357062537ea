/** Settings of what applications cost. */

import type { FlagValues } from "./Flag.ts"
import { objectKey } from "./ValueKind.ts"

export const flags = {
  costPrices: {
    kind: objectKey,
    default: "",
    description:
      "ConfigMap, as namespace/name, with the prices of CPU, memory and GPUs from which the cost of applications is estimated, see cost.md. Changes to it apply without a restart. Empty: no costs.",
  },
} as const

export interface CostSettings {
  /** `namespace/name` of the ConfigMap; undefined: no costs are estimated. */
  readonly prices: string | undefined
}

export const fromValues = ({ costPrices }: FlagValues<typeof flags>): CostSettings => ({ prices: costPrices })
