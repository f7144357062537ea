/** The conditions of a schedule, each computed from the rest of the status and what was found in the spec. */

import { type Claim, claim, conditionsOf } from "../../api/Condition.ts"
import { describeProblems } from "../../api/Problem.ts"
import type { ScheduledSparkApplicationStatus } from "../../api/schedule/ScheduledSparkApplicationStatus.ts"
import { epoch } from "../../kube/Time.ts"
import type { Situation } from "./Situation.ts"

type Status = ScheduledSparkApplicationStatus

/** Names in a message. */
const mostNamed = 10
/** Milliseconds by which handled times may be ahead of the clock before that is reported. */
const toleratedSkew = 60_000

const accepted = ({ problems, warnings }: Situation): Claim => {
  if (problems.length > 0) return claim("False", "InvalidSpec", describeProblems(problems))
  return warnings.length > 0
    ? claim("True", "ValidWithWarnings", describeProblems(warnings))
    : claim("True", "Valid", "The schedule can be followed, and its runs can be submitted")
}

const blocked = ({ blockedBy }: Status, { valid }: Situation): Claim | undefined => {
  if (blockedBy === undefined) return undefined
  const { name, since, scheduledTime } = blockedBy
  if (valid?.policy === "Replace") {
    return claim("False", "Replacing", `The run of ${scheduledTime} starts when run ${name} and its driver are gone`)
  }
  const consequence =
    scheduledTime === undefined
      ? "until it has, scheduled times are skipped"
      : `the run of ${scheduledTime} waits for that`
  return claim("False", "Blocked", `Run ${name} has not finished since ${since}: ${consequence} (Forbid)`)
}

const scheduled = (status: Status, s: Situation): Claim => {
  if (s.problems.length > 0) return claim("False", "InvalidSpec", "No runs are started until the spec is corrected")
  if (s.suspend)
    return claim("False", "Suspended", "spec.suspend is true; scheduled times that pass are not made up for")
  const { startFailure, handledUntil } = status
  if (startFailure !== undefined) return claim("False", startFailure.reason, startFailure.message)
  const handled = epoch(handledUntil) ?? 0
  if (handled > s.now + toleratedSkew) {
    return claim(
      "False",
      "ClockBehind",
      `All times until ${handledUntil} were handled already: a clock was ahead, or is behind. If it was ahead by mistake, create the schedule again`,
    )
  }
  return blocked(status, s) ?? claim("True", "Scheduled", `The schedule ${status.scheduleInForce ?? ""} is followed`)
}

const active = ({ active: runs = [] }: Status): Claim => {
  if (runs.length === 0) return claim("False", "NoActiveRun")
  const names = runs.slice(0, mostNamed).map(({ name }) => name)
  const more = runs.length > mostNamed ? ` and ${runs.length - mostNamed} more` : ""
  return claim("True", "RunActive", `${names.join(", ")}${more}`)
}

/** The status with its conditions, state and generation brought up to date. */
export const withConditions = (status: Status, s: Situation): Status => {
  const { reason: _reason, ...rest } = status
  return {
    ...rest,
    scheduleState: s.problems.length > 0 ? "FailedValidation" : "Scheduled",
    ...(s.problems.length > 0 ? { reason: describeProblems(s.problems) } : {}),
    observedGeneration: s.generation,
    conditions: conditionsOf(
      status.conditions,
      { Accepted: accepted(s), Scheduled: scheduled(status, s), Active: active(status) },
      s.generation,
      s.now,
    ),
  }
}
