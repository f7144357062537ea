/** The instruments about the life of driver and executor pods. */

import { stageStates } from "../../spark/monitoring/DriverProgress.ts"
import type { Instrument } from "../../telemetry/meter/Instrument.ts"
import { podReasons } from "./KnownValues.ts"

export const PodInstruments = {
  "spark.operator.pod.created": {
    kind: "object-counter",
    unit: "{pod}",
    description: "Spark pods that were created",
    changes: "a pod was seen for the first time, except for those of the first list",
    identity: "namespace",
    attributes: { app_name: [], stage_state: stageStates },
  },
  "spark.operator.pod.updated": {
    kind: "object-counter",
    unit: "{event}",
    description: "Changes of Spark pods",
    changes: "a known pod changed",
    identity: "namespace",
    attributes: { app_name: [], stage_state: stageStates },
  },
  "spark.operator.pod.deleted": {
    kind: "object-counter",
    unit: "{pod}",
    description: "Spark pods that were deleted",
    changes: "a known pod was removed",
    identity: "namespace",
    attributes: { app_name: [], stage_state: stageStates },
  },
  "spark.operator.pod.final_state": {
    kind: "counter",
    unit: "{pod}",
    description: "How Spark pods ended, by role, reason and state of the stages of their application",
    changes: "once per pod: it reached its final phase, or was deleted before that (Deleted)",
    identity: "namespace",
    attributes: { role: ["driver", "executor"], reason: podReasons, stage_state: stageStates },
  },
  "spark.operator.pod.event.latency": {
    kind: "histogram",
    unit: "s",
    description: "From the newest timestamp of a pod (whole seconds) until the operator handles its change",
    changes: "a created or updated pod has a new timestamp",
    identity: "operator",
    attributes: { event: ["created", "updated"] },
    buckets: [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300],
  },
} as const satisfies Record<string, Instrument>
