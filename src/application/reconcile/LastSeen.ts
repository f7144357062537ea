/**
 * Final state of deleted pods. A short driver may finish and be deleted between two reconciles, and the driver deletes its executors:
 * without the final state of the pod, how it ended could only be guessed. Kept until the status of the application reports it; bounded.
 */

import type { SeenPod } from "../../spark/observe/PodPast.ts"

export interface LastSeen {
  /** Remembers the final state of a deleted pod of this application. */
  readonly remember: (application: string, pod: SeenPod) => void
  /** Deleted pods of this application that were not reported yet. */
  readonly of: (application: string) => ReadonlyArray<SeenPod>
  /** They were reported. */
  readonly forget: (application: string, pods: ReadonlyArray<SeenPod>) => void
  /** The application is gone: its pods will not be reported. */
  readonly drop: (application: string) => void
}

/** At most this many pods for one application: the oldest are forgotten first. */
const bound = 5000

export const make = (): LastSeen => {
  const applications = new Map<string, Set<SeenPod>>()
  return {
    remember: (application, pod) => {
      const pods = applications.get(application) ?? new Set<SeenPod>()
      applications.set(application, pods.add(pod))
      if (pods.size > bound) pods.delete(pods.values().next().value!)
    },
    of: (application) => [...(applications.get(application) ?? [])],
    forget: (application, reported) => {
      const pods = applications.get(application)
      if (!pods) return
      for (const pod of reported) pods.delete(pod)
      if (pods.size === 0) applications.delete(application)
    },
    drop: (application) => applications.delete(application),
  }
}
