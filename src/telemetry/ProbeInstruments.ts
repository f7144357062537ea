/** The instruments about the probes of drivers and executors, as the kubelets tell of them. */
import { HealthPreset } from "../api/HealthChecks.ts"
import { probeKinds } from "../lifecycle/ProbeFacts.ts"
import type { Instrument } from "./Instrument.ts"

/** A pod without a preset has probes of its user's own. */
export const probePresets: ReadonlyArray<string> = [...HealthPreset.literals, "none"]

const roles = ["driver", "executor"] as const

export const ProbeInstruments = {
  "spark.operator.probe.failures": {
    kind: "counter",
    unit: "{failure}",
    description: "Failed probes of Spark containers, by role, kind of probe and preset of spec.healthChecks",
    changes: "a kubelet told of it in an Event; it leaves some out when there are many",
    identity: "namespace",
    attributes: { role: roles, probe: probeKinds, preset: probePresets },
  },
  "spark.operator.probe.kills": {
    kind: "counter",
    unit: "{pod}",
    description: "Drivers and executors that ended because a probe failed, by role, kind of probe and preset",
    changes: "once per pod: it ended, stopped by its kubelet after failures of its startup or liveness probe",
    identity: "namespace",
    attributes: { role: roles, probe: ["startup", "liveness"], preset: probePresets },
  },
} as const satisfies Record<string, Instrument>
