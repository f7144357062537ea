/** The instruments about the life of driver and executor pods. */

import { stageStates } from "../../spark/monitoring/DriverProgress.ts"
import type { Instrument } from "../../telemetry/meter/Instrument.ts"
import { podEvents, podReasons } from "./KnownValues.ts"

export const PodInstruments = {
  "spark.operator.pod.creations": {
    kind: "produced-counter",
    unit: "{pod}",
    description: "Spark pods that were created",
    changes: "a pod was seen for the first time, except for those of the first list",
    identity: "namespace",
    attributes: { app_name: [] },
  },
  "spark.operator.pod.updates": {
    kind: "produced-counter",
    unit: "{event}",
    description: "Changes of Spark pods",
    changes: "a known pod changed",
    identity: "namespace",
    attributes: { app_name: [] },
  },
  "spark.operator.pod.deletions": {
    kind: "produced-counter",
    unit: "{pod}",
    description: "Spark pods that were deleted, by state of the stages of their application",
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
  "spark.operator.pod.event.duration": {
    kind: "histogram",
    unit: "s",
    description:
      "From the arrival of a pod's change in this process to the end of the reconcile that took it into account",
    changes: "a reconcile succeeded; once for every change that it took into account",
    identity: "operator",
    attributes: { event: podEvents },
    buckets: [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
  },
  "spark.operator.pod.event.latency": {
    kind: "histogram",
    unit: "s",
    description:
      "How old a pod's change is when it arrives, by the pod's newest timestamp: delays of the kubelet and the API server, exact to a second",
    changes: "a created or updated pod has a new timestamp",
    identity: "operator",
    attributes: { event: ["created", "updated"] },
    buckets: [1, 2, 3, 5, 10, 30, 60, 300],
  },
} as const satisfies Record<string, Instrument>
