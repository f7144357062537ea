/**
 * What became of status writes. One whose answer got lost (a broken connection, a deadline, a 5xx of a proxy) may have been performed all
 * the same: it is remembered until the cache shows what the API server has, and counts as committed if its status is there. So
 * telemetry neither misses a transition nor counts one twice, and nothing that a write has reported is reported again.
 */

import { Equal, Exit, Option } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../api/application/SparkApplication.ts"
import type { SparkApplicationStatus } from "../api/application/SparkApplicationStatus.ts"
import { changedNothing, type KubeError } from "../kube/KubeError.ts"

export interface StatusWrite {
  /** As it was when the status was decided on; its resource version is the condition of the write. */
  readonly before: SparkApplication
  readonly status: SparkApplicationStatus
  /** Pods that are gone and whose last state went into the status. */
  readonly gone: ReadonlyArray<Pod>
}

export interface StatusWrites {
  /** A write is on its way; the next call for this application is `settled`. */
  readonly sent: (write: StatusWrite) => void
  /** The answer, or that there was none. */
  readonly settled: (write: StatusWrite, exit: Exit.Exit<SparkApplication, KubeError>) => void
  /** The cache has this version now; without `after` the application is gone. */
  readonly seen: (before: SparkApplication | undefined, after: SparkApplication | undefined) => void
}

const mayBeWritten = (exit: Exit.Failure<SparkApplication, KubeError>): boolean => {
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  return error === undefined || !changedNothing(error)
}

export interface StatusWritesOptions {
  /** Takes in an answer, before anything else. */
  readonly wrote: (application: SparkApplication) => void
  /** Called once for every write that was performed, when that is known, with the application as it was written. */
  readonly committed: (write: StatusWrite, application: SparkApplication) => void
}

export const make = ({ wrote, committed }: StatusWritesOptions): StatusWrites => {
  /** By uid: writes without an answer, since the resource version that they all rest on. */
  const unanswered = new Map<string, ReadonlyArray<StatusWrite>>()
  /** By uid of applications with a write on its way: the newest version that was seen meanwhile. */
  const underWay = new Map<string, SparkApplication | undefined>()

  const compare = (application: SparkApplication) => {
    const { uid, resourceVersion } = application.metadata
    const writes = unanswered.get(uid)
    if (writes === undefined || writes[0]?.before.metadata.resourceVersion === resourceVersion) return
    // Another version: those that were not performed never will be.
    unanswered.delete(uid)
    const performed = writes.find(({ status }) => Equal.equals(status, application.status))
    if (performed !== undefined) committed(performed, application)
  }

  return {
    sent: ({ before }) => {
      underWay.set(before.metadata.uid, undefined)
    },
    settled: (write, exit) => {
      const { uid } = write.before.metadata
      const newest = underWay.get(uid)
      underWay.delete(uid)
      if (Exit.isSuccess(exit)) {
        unanswered.delete(uid)
        wrote(exit.value)
        committed(write, exit.value)
        return
      }
      if (mayBeWritten(exit)) unanswered.set(uid, [...(unanswered.get(uid) ?? []), write])
      if (newest !== undefined) compare(newest)
    },
    seen: (before, after) => {
      if (after !== undefined && underWay.has(after.metadata.uid)) underWay.set(after.metadata.uid, after)
      else if (after !== undefined) compare(after)
      if (before !== undefined && before.metadata.uid !== after?.metadata.uid) unanswered.delete(before.metadata.uid)
    },
  }
}
