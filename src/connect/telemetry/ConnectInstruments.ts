/** The instruments of the kind SparkConnect. */

import { FailureReason } from "../../api/application/Attempt.ts"
import { ConnectState, StopReason } from "../../api/connect/SparkConnectStatus.ts"
import { podHttpFailures } from "../../kube/PodHttp.ts"
import type { Instrument } from "../../telemetry/meter/Instrument.ts"

/** The state as the value of an attribute. New is `""` in the status, which Prometheus treats as "no label". */
export const stateValue = (state: string | undefined): string => (state ? state : "New")

const states: ReadonlyArray<string> = ConnectState.literals.map(stateValue)

/** Why the server before ended: a failure, or something that was asked for. */
const restartReasons: ReadonlyArray<string> = [
  ...FailureReason.literals.filter((reason) => !["InvalidSpec", "SubmitFailed", "Stalled", "Error"].includes(reason)),
  ...StopReason.literals,
  "Deleted",
]

const phases = ["pending", "running", "succeeded", "failed", "unknown"] as const

/** A JVM, a SparkContext and the image of both: from seconds to the ten minutes after which somebody should know. */
const startBuckets = [2, 5, 10, 20, 30, 60, 120, 300, 600]

export const ConnectInstruments = {
  "spark.connect.servers": {
    kind: "positive-gauge",
    unit: "{server}",
    description: "SparkConnects by state",
    changes: "a SparkConnect appeared, changed its state, or was deleted",
    identity: "namespace",
    attributes: { state: states },
    zeros: "each",
  },
  "spark.connect.sessions": {
    kind: "positive-gauge",
    unit: "{session}",
    description: "Open sessions of Connect servers, as their status reports them; from Spark 4.3 on",
    changes: "the status of a SparkConnect changed",
    identity: "namespace",
    attributes: {},
    zeros: "each",
  },
  "spark.connect.operations": {
    kind: "positive-gauge",
    unit: "{operation}",
    description: "Running operations of Connect servers, as their status reports them; jobs before Spark 4.3",
    changes: "the status of a SparkConnect changed",
    identity: "namespace",
    attributes: {},
    zeros: "each",
  },
  "spark.connect.executors": {
    kind: "positive-gauge",
    unit: "{executor}",
    description: "Executor pods of Connect servers by phase, as their status reports them",
    changes: "the status of a SparkConnect changed",
    identity: "namespace",
    attributes: { phase: phases },
    zeros: "each",
  },
  "spark.connect.restarts": {
    kind: "counter",
    unit: "{restart}",
    description: "Servers that were started after another one, by the reason for which that had ended",
    changes: "the status records the new server",
    identity: "namespace",
    attributes: { reason: restartReasons },
  },
  "spark.connect.start.duration": {
    kind: "histogram",
    unit: "s",
    description: "Time from the creation of a server pod until its endpoint answers",
    changes: "the status records that the server was ready for the first time",
    identity: "namespace",
    attributes: {},
    buckets: startBuckets,
  },
  "spark.connect.activity.reads": {
    kind: "counter",
    unit: "{read}",
    description: "Readings of the sessions of Connect servers, by outcome",
    changes: "a server was asked",
    identity: "operator",
    attributes: { outcome: ["success", ...podHttpFailures] },
  },
} as const satisfies Record<string, Instrument>
