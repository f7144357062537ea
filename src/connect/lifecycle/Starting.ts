/**
 * From no server to a pod that the API server has accepted. The objects come first and one status write records them: their names follow from
 * the resource and the number of the attempt, so after a crash in between they are found and recorded.
 */

import { after, again } from "../../runtime/Next.ts"
import { amend, attemptId, begin, currentAttempt, lastAttempt, nextNumber } from "./Attempts.ts"
import type { Refusal, Server, ServerPod } from "./Observed.ts"
import type { Situation } from "./Situation.ts"
import { inState, note, type Step, step, without, withWaiting } from "./Step.ts"

/** Seconds until the next try while another pod has the name, or the API server rejects the objects. */
const goneRecheck = 5
const refusedRecheck = 30

/**
 * A pod of this SparkConnect that the status does not record: of the next attempt, even if it has ended meanwhile, or one that another operator
 * made and that runs.
 */
export const unrecordedPod = ({ status, observed: { server } }: Situation): ServerPod | undefined => {
  if (server._tag !== "Own") return undefined
  const { pod } = server
  if (pod.deleted || status.attempts?.some(({ podUID }) => podUID === pod.uid) === true) return undefined
  const isOver = pod.deleting || pod.phase === "Succeeded" || pod.phase === "Failed"
  return isOver && pod.attempt !== nextNumber(status) ? undefined : pod
}

/** Records that pod. An attempt that seems to be current is over: its pod no longer has the name. */
export const record = (s: Situation): Step => {
  const pod = unrecordedPod(s)!
  const known = currentAttempt(s.status)
  const status = known
    ? amend(s.status, { result: "Stopped", reason: "Deleted", finishTime: known.startTime })
    : s.status
  const fresh = without(inState(begin(status, s, pod), "Provisioning"), "waiting", "nextRetryTime", "idleSince")
  return step({ ...fresh, server: { ...fresh.server, podName: pod.name } }, again, {
    events: [
      note("Normal", "SparkConnectServerCreated", `Server pod ${pod.name} was created (${lastAttempt(fresh)!.number})`),
    ],
  })
}

/** Why the name of the pod is not free. */
const taken = (server: Server): Refusal | undefined => {
  switch (server._tag) {
    case "Missing":
      return undefined
    case "Leaving":
      return { reason: "ServerPodExists", message: server.message }
    case "Foreign":
      return { reason: "NameConflict", message: server.message }
    case "Own": {
      const { deleted, deletion, name } = server.pod
      const message = `pod ${name} of an earlier server still exists${deletion ? `: ${deletion}` : ""}`
      return deleted ? undefined : { reason: "ServerPodExists", message }
    }
  }
}

/** Waits until the name of the pod is free, then creates the objects of the next attempt. */
export const start = (s: Situation): Step => {
  const { server, refusal } = s.observed
  const blocked = taken(server)
  if (blocked !== undefined) {
    const status = withWaiting(inState(s.status, "NotReady"), blocked, s.now)
    return step(status, after(goneRecheck), {
      events: waitingNote(s, blocked.reason, blocked.message),
    })
  }
  if (refusal !== undefined) {
    const status = withWaiting(inState(s.status, "NotReady"), refusal, s.now)
    return step(status, after(refusedRecheck), { events: waitingNote(s, refusal.reason, refusal.message) })
  }
  const number = nextNumber(s.status)
  return step(s.status, again, {
    actions: [{ _tag: "Start", submissionId: attemptId(s.uid, number), submittedAt: s.now, attempt: number }],
  })
}

const waitingNote = ({ name, status }: Situation, reason: string, message: string) =>
  status.waiting?.reason === reason
    ? []
    : [note("Warning", "SparkConnectServerPending", `The server of ${name} cannot be created: ${message}`)]
