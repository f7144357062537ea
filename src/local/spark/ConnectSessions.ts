/**
 * The sessions of a local Connect server by its script, as the REST API of Spark 4.3 lists them: in each session one operation runs until the
 * session is closed. Without a script there are none. Pure.
 */

import type { Wanted } from "../node/KubeletScript.ts"

/** Times in epoch milliseconds; 0 while it has not ended, as Spark writes it. */
interface Session {
  readonly id: number
  readonly start: number
  readonly finish: number
}

/** The oldest session is closed first. `startedAt` and `now` are epoch milliseconds. */
export const sessionsAt = (script: ReadonlyArray<Wanted>, startedAt: number, now: number): ReadonlyArray<Session> => {
  let sessions: ReadonlyArray<Session> = []
  for (const { count, from } of script) {
    const at = startedAt + from * 1000
    if (at > now) break
    const open = sessions.filter(({ finish }) => finish === 0)
    const closing = new Set(open.slice(0, Math.max(0, open.length - count)).map(({ id }) => id))
    const opened = Array.from({ length: Math.max(0, count - open.length) }, (_, index) => ({
      id: sessions.length + index,
      start: at,
      finish: 0,
    }))
    sessions = [...sessions.map((one) => (closing.has(one.id) ? { ...one, finish: at } : one)), ...opened]
  }
  return sessions
}

/** The answer to `/connect/sessions`. */
export const sessionList = (sessions: ReadonlyArray<Session>): ReadonlyArray<unknown> =>
  sessions.map(({ id, start, finish }) => ({
    sessionId: `session-${id}`,
    userId: "local",
    startTimestamp: start,
    finishTimestamp: finish,
    totalExecution: 1,
    totalTime: finish === 0 ? 0 : finish - start,
  }))

/** The answer to `/connect/operations`. */
export const operationList = (sessions: ReadonlyArray<Session>): ReadonlyArray<unknown> =>
  sessions.map(({ id, start, finish }) => ({
    operationId: `operation-${id}`,
    sessionId: `session-${id}`,
    userId: "local",
    state: finish === 0 ? "RUNNING" : "CLOSED",
    startTimestamp: start,
    finishTimestamp: finish,
    closeTimestamp: finish,
  }))

/** The answer to `/jobs`: what older versions of Spark show of the same. */
export const jobList = (sessions: ReadonlyArray<Session>): ReadonlyArray<unknown> =>
  sessions.map(({ id, finish }) => ({
    jobId: id,
    status: finish === 0 ? "RUNNING" : "SUCCEEDED",
    numTasks: 1,
    numActiveTasks: finish === 0 ? 1 : 0,
    numCompletedTasks: finish === 0 ? 0 : 1,
    ...(finish === 0 ? {} : { completionTime: new Date(finish).toISOString().replace("Z", "GMT") }),
  }))
