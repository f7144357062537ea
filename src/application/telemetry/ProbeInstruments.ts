/** The instruments about the probes of drivers and executors, as the kubelets tell of them. */

import { HealthPreset } from "../../api/application/HealthChecks.ts"
import { probeKinds } from "../../spark/observe/ProbeFacts.ts"
import type { Instrument } from "../../telemetry/meter/Instrument.ts"

const snakeCase = (preset: string) => preset.replaceAll("-", "_")

/** A pod without a preset has probes of its user's own. */
const noPreset = "none"
const presets: ReadonlyArray<string> = [...HealthPreset.literals, noPreset].map(snakeCase)

/** What the annotation of a pod says may be anything; this is one of a few words. */
export const presetValue = (preset: string | undefined): string => {
  const value = snakeCase(preset ?? noPreset)
  return presets.includes(value) ? value : noPreset
}

const roles = ["driver", "executor"] as const

export const ProbeInstruments = {
  "spark.operator.probe.failures": {
    kind: "counter",
    unit: "{failure}",
    description: "Failed probes of Spark containers, by role, kind of probe and preset of spec.healthChecks",
    changes: "a kubelet told of it in an Event; it leaves some out when there are many",
    identity: "namespace",
    attributes: { role: roles, probe: probeKinds, preset: presets },
  },
  "spark.operator.probe.kills": {
    kind: "counter",
    unit: "{pod}",
    description: "Drivers and executors that ended because a probe failed, by role, kind of probe and preset",
    changes: "once per pod: it ended, stopped by its kubelet after failures of its startup or liveness probe",
    identity: "namespace",
    attributes: { role: roles, probe: ["startup", "liveness"], preset: presets },
  },
} as const satisfies Record<string, Instrument>
