/** Why a schedule, a Connect server or a history server is not as it should be, by its conditions and its last attempt. Pure. */

import type { FailureReason } from "../../../api/application/Attempt.ts"
import type { Condition } from "../../../api/Condition.ts"
import { sentence } from "../../../console/api/Explanation.ts"
import { age } from "../Ages.ts"
import { type Advice, conditionAdvice, failureAdvice, filledIn, type Names, waitingAdvice } from "./Advice.ts"
import { finding, type Finding, notTakenUp } from "./Finding.ts"

/** What is read of such an object. */
export interface Conditioned {
  readonly metadata: { readonly namespace: string; readonly creationTimestamp?: string }
  readonly status?: {
    readonly conditions?: ReadonlyArray<Condition>
    /** Of Connect servers. */
    readonly attempts?: ReadonlyArray<{ readonly failure?: FailureReason }>
    /** Of schedules. */
    readonly blockedBy?: { readonly name: string }
    readonly lastRunName?: string
    readonly pastFailedRunNames?: ReadonlyArray<string>
  }
}

/** What it means that a condition is false, in the order in which they are reported. ServerPodReady says the same as Ready. */
const meanings: Readonly<Record<string, string>> = {
  Accepted: "It is not accepted",
  Scheduled: "No runs are started",
  Available: "It is not available",
  Ready: "It is not ready",
  UpToDate: "It does not have the current spec",
  Progressing: "The current spec is not rolled out",
  Exposed: "It cannot be reached as the spec says",
  ApplicationsSelected: "It has no applications of its own",
}

/** The operator starts a server again after these by itself. */
const healed: ReadonlySet<FailureReason> = new Set(["Preempted", "NodeLost", "DriverLost", "Killed"])

const adviceOf = ({ status = {} }: Conditioned, { type, reason }: Condition): Advice => {
  const known = conditionAdvice[reason] ?? waitingAdvice[reason]
  if (known !== undefined) return known
  if (reason === "Blocked" && status.blockedBy !== undefined) {
    return [`See what the run does: <program> status ${status.blockedBy.name} -n <ns>`]
  }
  const failure = type === "Ready" ? status.attempts?.findLast((one) => one.failure !== undefined)?.failure : undefined
  return failure === undefined || healed.has(failure) ? [] : failureAdvice[failure]
}

/** The last run of a schedule, if it has failed. */
const failedRun = ({ status = {} }: Conditioned, { ns, program }: Names): ReadonlyArray<Finding> => {
  const { lastRunName, pastFailedRunNames = [] } = status
  if (lastRunName === undefined || !pastFailedRunNames.includes(lastRunName)) return []
  return [finding(`The last run, ${lastRunName}, has failed.`, [`See why: ${program} explain ${lastRunName} -n ${ns}`])]
}

/** Never empty: where nothing is wrong, that is the finding. `now` in epoch milliseconds. */
export const conditionFindings = (object: Conditioned, names: Names, now: number): ReadonlyArray<Finding> => {
  const { conditions } = object.status ?? {}
  if (conditions === undefined) return [notTakenUp(object.metadata, now)]
  const types = Object.keys(meanings)
  const wrong = conditions
    .filter(({ type, status }) => status === "False" && type in meanings)
    .toSorted((a, b) => types.indexOf(a.type) - types.indexOf(b.type))
  // One mistake is often the reason of several conditions.
  const found = wrong.filter(({ reason }, index) => wrong.findIndex((one) => one.reason === reason) === index)
  const warned = conditions.filter(({ reason }) => reason === "ValidWithWarnings")
  const all = [
    ...found.map((condition) => {
      const { type, reason, message, lastTransitionTime } = condition
      const advice = filledIn(adviceOf(object, condition), names)
      if (reason === "InvalidSpec") return finding("The spec is not valid.", advice, message.split("\n"))
      return finding(`${meanings[type]}, since ${age(lastTransitionTime, now)}: ${sentence(reason, message)}`, advice)
    }),
    ...failedRun(object, names),
    ...warned.map(({ message }) => finding("The spec has warnings.", [], message.split("\n"))),
  ]
  return all.length === 0 ? [finding("All conditions are as they should be.")] : all
}
