/** Settings that shape decisions about an application: deadlines of its phases, its deletion, the size of its status, its Events. */

import type { Deadlines } from "../api/application/SparkApplication.ts"
import type { FlagValues } from "./Flag.ts"
import { durationOrNone, integer, oneOf } from "./ValueKind.ts"

export const flags = {
  maxTrackedExecutors: {
    kind: integer(0, 100_000),
    default: "1000",
    description:
      "Executor pods that are listed one by one in the status of an application. Counts stay exact beyond it.",
  },
  events: {
    kind: oneOf("essential", "all"),
    default: "essential",
    description:
      "The Kubernetes Events of an application. essential: submission, start and end of each run, and everything that goes wrong. all: also each change of its executors and the steps in between; each Event is a write of the API server.",
  },
  defaultTimeToLive: {
    kind: durationOrNone,
    default: "0",
    description: "After this time a finished application without its own timeToLiveSeconds is deleted. 0: never.",
  },
  submittedDeadline: {
    kind: durationOrNone,
    default: "5m",
    description: "Longest time from the decision to submit until the driver pod exists. 0: no deadline.",
  },
  scheduledDeadline: {
    kind: durationOrNone,
    default: "0",
    description: "Longest time from the driver pod's creation until it is assigned to a node. 0: no deadline.",
  },
  startedDeadline: {
    kind: durationOrNone,
    default: "15m",
    description:
      "Longest time from the assignment to a node until the driver container runs, including image pulls. 0: no deadline.",
  },
  readyDeadline: {
    kind: durationOrNone,
    default: "0",
    description: "Longest time from the driver container's start until its pod is ready. 0: no deadline.",
  },
  runningDeadline: {
    kind: durationOrNone,
    default: "0",
    description: "Longest time that a driver may run. 0: no deadline.",
  },
} as const

/** What applies to applications that do not say otherwise. */
export interface PolicySettings {
  /** Seconds; absent: no deadline. */
  readonly deadlines: Deadlines
  /** Seconds from the end of an application to its deletion; undefined: it is kept forever. */
  readonly timeToLiveSeconds: number | undefined
  /** Bound of `status.executorState`. */
  readonly maxTrackedExecutors: number
  /** Whether routine steps have Events, too. */
  readonly routineEvents: boolean
}

export const fromValues = (values: FlagValues<typeof flags>): PolicySettings => ({
  deadlines: Object.fromEntries(
    Object.entries({
      submittedSeconds: values.submittedDeadline,
      scheduledSeconds: values.scheduledDeadline,
      startedSeconds: values.startedDeadline,
      readySeconds: values.readyDeadline,
      runningSeconds: values.runningDeadline,
    }).filter(([, seconds]) => seconds > 0),
  ),
  timeToLiveSeconds: values.defaultTimeToLive || undefined,
  maxTrackedExecutors: values.maxTrackedExecutors,
  routineEvents: values.events === "all",
})
