/**
 * The last words of pods that are gone. A short driver may finish and be deleted between two looks, and the driver deletes its
 * executors: without the final state of the pod, an end could only be guessed. Kept until the application has reported them; bounded.
 */

import type { SeenPod } from "../../spark/observe/PodPast.ts"

export interface LastSeen {
  /** Remembers the final state of a deleted pod of this application. */
  readonly remember: (application: string, pod: SeenPod) => void
  /** Pods of this application that are gone and were not reported yet. */
  readonly of: (application: string) => ReadonlyArray<SeenPod>
  /** They were reported. */
  readonly forget: (application: string, pods: ReadonlyArray<SeenPod>) => void
  /** The application is gone: nobody reports them any more. */
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
