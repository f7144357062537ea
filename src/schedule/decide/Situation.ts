/** Everything that a decision about a schedule depends on, as one value. Times are epoch milliseconds. */

import type { Problem } from "../../api/Problem.ts"
import type { ScheduledSparkApplicationStatus } from "../../api/schedule/ScheduledSparkApplicationStatus.ts"
import type { ValidSchedule } from "../Validate.ts"

/** A SparkApplication that the schedule owns, whoever created it. */
export interface ObservedRun {
  readonly name: string
  readonly uid: string
  readonly createdAt: number
  /** Undefined: started by hand, or by another operator. */
  readonly scheduledTime: number | undefined
  readonly result: "Unfinished" | "Completed" | "Failed"
  readonly finishedAt: number | undefined
  readonly suspended: boolean
  readonly deleting: boolean
  /** It was deleted; that it was started, and how it ended, may not be reported yet. */
  readonly gone: boolean
}

/** Which run is created: that of a scheduled time, or the one that a token asks for. */
export type Occasion = { readonly scheduledTime: number } | { readonly token: string }

/** The result of the creation that was just tried. */
export type Creation =
  | { readonly _tag: "Created"; readonly run: ObservedRun }
  /** An object of another owner has the name. */
  | { readonly _tag: "NameTaken"; readonly occasion: Occasion; readonly message: string }
  /** The object that has the name is about to be deleted. */
  | { readonly _tag: "Leaving"; readonly occasion: Occasion }
  /** The API server does not accept the run. */
  | { readonly _tag: "Refused"; readonly occasion: Occasion; readonly message: string }

export interface Observed {
  readonly runs: ReadonlyArray<ObservedRun>
  /** Driver pods of replaced runs that have not ended yet. */
  readonly drivers: ReadonlyArray<string>
  readonly creation: Creation | undefined
}

export interface Situation {
  readonly name: string
  readonly generation: number
  readonly createdAt: number
  /** `kubectl delete` was called, and a finalizer or foreground deletion keeps the object. */
  readonly deleting: boolean
  readonly suspend: boolean
  /** The value of the annotation that asks for a run by hand. */
  readonly trigger: string | undefined
  /** Undefined when there are problems. */
  readonly valid: ValidSchedule | undefined
  readonly problems: ReadonlyArray<Problem>
  readonly warnings: ReadonlyArray<Problem>
  readonly nameOf: (occasion: Occasion) => string
  /** The zone of the operator's process. */
  readonly localZone: string
  readonly status: ScheduledSparkApplicationStatus
  readonly observed: Observed
  readonly now: number
}

/** The time from which `@every` counts. */
export const anchorOf = ({ status, createdAt }: Situation): number =>
  status.everySince === undefined ? createdAt : Date.parse(status.everySince)
