/** What a written status adds to the usage of its application, as measurements: so counters and statuses agree. Pure. */

import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import { minus, nothing } from "../../spark/usage/Amounts.ts"
import type { Measurement } from "../telemetry/Measurement.ts"

const gib = 2 ** 30

export const usageMeasurements = (
  previous: SparkApplicationStatus | undefined,
  { usage }: SparkApplicationStatus,
): ReadonlyArray<Measurement> => {
  if (usage === undefined || usage === previous?.usage) return []
  const added = minus(usage, previous?.usage ?? nothing)
  const measured: ReadonlyArray<Measurement> = [
    { source: "requested-cpu", value: added.cpuCoreSeconds },
    { source: "requested-memory", value: added.memoryGibSeconds * gib },
    { source: "requested-gpu", value: added.gpuSeconds },
    { source: "executor-lifetime", value: added.executorSeconds },
    ...Object.entries(added.estimatedCost ?? {}).map(([currency, value]): Measurement => ({
      source: "estimated-cost",
      value,
      attributes: { currency },
    })),
  ]
  return measured.filter(({ value }) => value > 0)
}
