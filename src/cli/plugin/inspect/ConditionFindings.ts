/** What the conditions of a schedule or a Connect server say is wrong; their messages say what to do. Pure. */

import type { Condition } from "../../../api/Condition.ts"
import { age } from "../Ages.ts"
import type { Finding } from "./Explanation.ts"

/** Conditions that are true where all is well, in the order in which they are reported. */
const desirable = ["Accepted", "Scheduled", "Available", "Ready", "UpToDate", "Exposed", "ApplicationsSelected"]
const rank = ({ type }: Condition) => desirable.indexOf(type)

/** Never empty: without a false condition, that is the finding. */
export const conditionFindings = (
  conditions: ReadonlyArray<Condition> | undefined,
  now: number,
): ReadonlyArray<Finding> => {
  if (conditions === undefined) {
    const advice = [
      "Check that the operator runs and watches the namespace: kubectl get pods -A -l app.kubernetes.io/name=firesteel",
    ]
    return [{ what: "No operator has taken it up yet.", details: [], advice }]
  }
  const wrong = conditions
    .filter((one) => rank(one) >= 0 && (one.status === "False" || one.reason === "ValidWithWarnings"))
    .toSorted((a, b) => rank(a) - rank(b))
  return wrong.length === 0
    ? [{ what: "All conditions are as they should be.", details: [], advice: [] }]
    : wrong.map(({ type, reason, message, lastTransitionTime }) => ({
        what: `${type} is ${reason === "ValidWithWarnings" ? "true, with warnings" : "false"} since ${age(lastTransitionTime, now)} (${reason}):`,
        details: message.split("\n"),
        advice: [],
      }))
}
