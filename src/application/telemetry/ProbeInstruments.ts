/** The instruments about the probes of drivers and executors, as reported by the kubelets. */

import { HealthPreset } from "../../api/application/HealthChecks.ts"
import { probeKinds } from "../../spark/observe/ProbeFacts.ts"
import type { Instrument } from "../../telemetry/meter/Instrument.ts"

const snakeCase = (preset: string) => preset.replaceAll("-", "_")

/** A pod without a preset has the probes of its pod template, if any. */
const noPreset = "none"
const presets: ReadonlyArray<string> = [...HealthPreset.literals, noPreset].map(snakeCase)

/** The annotation of a pod may have any value; this one is always in the list. */
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
    changes: "a kubelet reported it in an Event; kubelets omit some when there are many",
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
