/** The conditions of a SparkConnect: each is computed by exactly one function from the rest, so none can contradict it. */

import { type Claim, claim } from "../../api/Condition.ts"
import { describeProblems } from "../../api/Problem.ts"
import { currentAttempt, lastAttempt } from "./Attempts.ts"
import { currentPod } from "./Ending.ts"
import { mayBeReplaced } from "./Quiet.ts"
import type { Situation } from "./Situation.ts"

/** `s.status` is the new one. Undefined: the condition does not apply. */
type Writer = (s: Situation) => Claim | undefined

const accepted: Writer = ({ problems, warnings }) => {
  if (problems.length > 0) return claim("False", "InvalidSpec", describeProblems(problems))
  return warnings.length > 0
    ? claim("True", "ValidWithWarnings", describeProblems(warnings))
    : claim("True", "Valid", "The server can be started")
}

/** kubeflow's condition, with its reasons. */
const serverPodReady: Writer = ({ status }) =>
  status.state === "Ready"
    ? claim("True", "ServerPodReady", "The server pod is ready")
    : claim("False", "ServerPodNotReady", "The server pod is not ready")

const ready: Writer = ({ status, problems }) => {
  const { state = "", waiting, nextRetryTime } = status
  const last = lastAttempt(status)
  if (state === "Ready") return claim("True", "EndpointAnswers", `The endpoint ${status.endpoint ?? ""} answers`)
  if (currentAttempt(status)?.stopReason !== undefined) return claim("False", "Stopping", "The server is being stopped")
  if (state === "Suspended") return claim("False", "Suspended", "spec.suspend is true")
  if (state === "Idle") {
    return claim(
      "False",
      "Idle",
      "The server was stopped because nobody used it; set the annotation sparkoperator.k8s.io/wake to a new value to start it",
    )
  }
  if (waiting !== undefined) return claim("False", waiting.reason, waiting.message ?? "")
  if (currentAttempt(status) !== undefined)
    return state === "NotReady"
      ? claim("False", "NotAnswering", "The server was ready and no longer answers")
      : claim("False", "Provisioning", "The server has not answered yet")
  if (problems.length > 0) return claim("False", "InvalidSpec", describeProblems(problems))
  if (state === "Failed") {
    return claim(
      "False",
      last?.reason ?? "Failed",
      `The server failed ${status.failures} times in a row, and is not started again before the spec changes: ${last?.message ?? ""}`,
    )
  }
  return nextRetryTime === undefined
    ? claim("False", "Starting", "The server is about to be started")
    : claim("False", "BackOff", `The server is started again at ${nextRetryTime}: ${last?.message ?? ""}`)
}

const upToDate: Writer = (s) => {
  const pod = currentPod(s)
  if (pod === undefined) return claim("Unknown", "NoServer", "No server runs; the next one has the current spec")
  if (pod.revision === undefined) {
    return claim("Unknown", "CreatedByAnotherOperator", `Delete pod ${pod.name} to replace it by one of this operator`)
  }
  if (pod.revision === s.revision) return claim("True", "UpToDate", "The server has the current spec")
  if (s.problems.length > 0)
    return claim("False", "InvalidSpec", "The server has an earlier spec, because the current one cannot be started")
  switch (s.desired.updateStrategy) {
    case "Recreate":
      return claim("False", "Recreating", "The server is being replaced by one with the current spec")
    case "OnDelete":
      return claim(
        "False",
        "OnDelete",
        `The server has an earlier spec; delete pod ${pod.name} to apply the current one`,
      )
    case "WhenIdle":
      return mayBeReplaced(s)
        ? claim("False", "Recreating", "The server is being replaced by one with the current spec")
        : claim("False", "WaitingForIdle", whyNotIdle(s))
  }
}

const whyNotIdle = ({ followsActivity, status: { sessions, operations } }: Situation): string => {
  if (!followsActivity) {
    return "The server has an earlier spec; whether it is used cannot be read (--spark-ui-access=off), so delete its pod or use updateStrategy Recreate"
  }
  if (operations === undefined) return "The server has an earlier spec; it has not been read yet whether it is used"
  const counts =
    sessions === undefined
      ? `${operations.running} running jobs`
      : `${sessions.open} open sessions and ${operations.running} running operations`
  return `The server has an earlier spec, and is replaced when it is idle; it has ${counts}`
}

/** As the last try left it. */
const exposed: Writer = ({ observed: { access }, status: { conditions } }) => {
  if (access === undefined) return conditions?.find(({ type }) => type === "Exposed")
  const [first] = access.failures
  return first === undefined
    ? claim(
        "True",
        "Applied",
        `Everything through which the server is reached exists (${Object.keys(access.applied).length})`,
      )
    : claim(
        "False",
        first.reason,
        access.failures
          .map(({ message }) => message)
          .join("; ")
          .slice(0, 4096),
      )
}

const writers: Readonly<Record<string, Writer>> = {
  Accepted: accepted,
  ServerPodReady: serverPodReady,
  Ready: ready,
  UpToDate: upToDate,
  Exposed: exposed,
}

/** What each condition says. */
export const claimsOf = (s: Situation): Readonly<Record<string, Claim | undefined>> =>
  Object.fromEntries(Object.entries(writers).map(([type, write]) => [type, write(s)]))
