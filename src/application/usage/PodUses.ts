/**
 * What the pods of applications have held since this process watches them, beyond what the cache has: their earlier requests, when they were
 * seen to be removed, and of which runs some pods may have been missed. A pod that is gone is kept until a status has counted it to its end.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { Change, Key, Store } from "../../runtime/Store.ts"
import { isLeft, keyOf } from "../../runtime/Store.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import { type AttemptPods, owedBy } from "../../spark/usage/CountPods.ts"
import { type EarlierRequest, podUse, type PodUse } from "../../spark/usage/PodUse.ts"
import { sameRequests } from "../../spark/usage/Reserved.ts"
import { byApplication } from "../reconcile/Caches.ts"
import { applicationKeyOf } from "../reconcile/Ownership.ts"

export interface PodUses {
  /** Every change of the cache, the first list included; `now` is epoch milliseconds. */
  readonly observed: (change: Change<SeenPod>, now: number) => void
  /** The pods of one application, by submission; read from the caches when it is first asked. */
  readonly of: (key: Key) => (submissionId: string) => AttemptPods
  /** The application has this status now. */
  readonly reported: (application: SparkApplication) => void
  /** The application is gone. */
  readonly drop: (key: Key) => void
}

/** Pods of one run that were first seen in a list, and the first one that the watch showed after that. */
interface Listed {
  highest: number
  next: number | undefined
}

/** What is remembered of an application. */
interface Remembered {
  /** Pods that no longer exist, by uid. */
  readonly gone: Map<string, PodUse>
  /** By submission. */
  readonly listed: Map<string, Listed>
}

/** Pods of one application that are gone and not counted: the oldest are forgotten first. */
const bound = 5000

/** Executors may have come and gone before the end of a driver that was not watched. */
const endedDriver = (use: PodUse | undefined): boolean => use?.number === 0 && use.to !== undefined

/** Kubernetes' timestamps have whole seconds. */
const wholeSecond = (now: number) => Math.floor(now / 1000) * 1000

export const make = (pods: Pick<Store<SeenPod>, "by">): PodUses => {
  const applications = new Map<Key, Remembered>()
  /** Of pods that were resized while this process watched, by uid. */
  const earlier = new Map<string, ReadonlyArray<EarlierRequest>>()
  /** Pods whose requests may have changed, or whose run may have had other pods, without being watched; by uid. */
  const uncertain = new Set<string>()

  const uidOf = (pod: SeenPod) => pod.metadata?.uid ?? ""

  const remembered = (key: Key): Remembered => {
    const known = applications.get(key)
    if (known !== undefined) return known
    const made = { gone: new Map(), listed: new Map() }
    applications.set(key, made)
    return made
  }

  const useOf = (pod: SeenPod): PodUse | undefined => {
    const uid = uidOf(pod)
    const use = podUse(pod, earlier.get(uid))
    return use !== undefined && uncertain.has(uid) ? { ...use, uncertain: true } : use
  }

  const appeared = (key: Key, pod: SeenPod, watched: boolean) => {
    const use = podUse(pod)
    if (use === undefined) return
    const { submissionId, number, to, reserved } = use
    if (!watched && (reserved.edited || endedDriver(use))) uncertain.add(uidOf(pod))
    // No executor can follow.
    if (number === 0 && to !== undefined) return
    const listed = applications.get(key)?.listed.get(submissionId)
    if (watched) {
      if (listed !== undefined) listed.next ??= number
    } else if (listed === undefined) {
      remembered(key).listed.set(submissionId, { highest: number, next: undefined })
    } else listed.highest = Math.max(listed.highest, number)
  }

  const changed = (before: SeenPod, after: SeenPod, watched: boolean, now: number) => {
    if (!watched && endedDriver(podUse(after)) && !endedDriver(podUse(before))) uncertain.add(uidOf(after))
    if (before.reserved === undefined || after.reserved === undefined) return
    if (sameRequests(before.reserved, after.reserved)) return
    const uid = uidOf(after)
    const request = { until: wholeSecond(now), reserved: before.reserved }
    earlier.set(uid, [...(earlier.get(uid) ?? []), request])
    if (!watched) uncertain.add(uid)
  }

  const removed = (key: Key, pod: SeenPod, watched: boolean, now: number) => {
    const uid = uidOf(pod)
    const use = podUse(pod, earlier.get(uid), { seenAt: wholeSecond(now), watched })
    const isUncertain = uncertain.delete(uid)
    earlier.delete(uid)
    if (use === undefined) return
    const { gone } = remembered(key)
    gone.set(uid, isUncertain ? { ...use, uncertain: true } : use)
    if (gone.size > bound) gone.delete(gone.keys().next().value!)
  }

  /** The pod may exist, but its namespace is no longer selected. */
  const forget = (pod: SeenPod) => {
    earlier.delete(uidOf(pod))
    uncertain.delete(uidOf(pod))
  }

  const read = (key: Key): ((submissionId: string) => AttemptPods) => {
    const known = applications.get(key)
    const present = pods.by(byApplication, key).map(useOf)
    const uses = [...present, ...(known?.gone.values() ?? [])].filter((use) => use !== undefined)
    const bySubmission = Map.groupBy(uses, ({ submissionId }) => submissionId)
    return (submissionId) => {
      const listed = known?.listed.get(submissionId)
      return {
        uses: bySubmission.get(submissionId) ?? [],
        unwatchedTo: listed && Math.max(listed.highest, listed.next ?? 0),
      }
    }
  }

  return {
    observed: (change, now) => {
      const { before, after, initial, listed = false } = change
      if (before !== undefined && isLeft(change)) return forget(before)
      const watched = !initial && !listed
      const isSame = before !== undefined && after !== undefined && uidOf(before) === uidOf(after)
      const key = applicationKeyOf(after ?? before ?? {})
      if (key === undefined) return
      if (isSame) return changed(before, after, watched, now)
      if (before !== undefined) removed(key, before, watched, now)
      if (after !== undefined) appeared(key, after, watched)
    },
    of: (key) => {
      let pods: ReturnType<typeof read> | undefined
      return (submissionId) => (pods ??= read(key))(submissionId)
    },
    reported: (application) => {
      const known = applications.get(keyOf(application))
      if (known === undefined || known.gone.size === 0) return
      const attempts = new Map(
        (application.status?.attempts ?? []).map(({ submissionID, usage, result }) => [
          submissionID,
          // Before its first pod is counted, all of them are awaited; an attempt that is not counted at all needs none.
          usage === undefined ? () => result === undefined : owedBy(usage),
        ]),
      )
      for (const [uid, use] of known.gone) {
        if (attempts.get(use.submissionId)?.(use) === false) known.gone.delete(uid)
      }
    },
    drop: (key) => void applications.delete(key),
  }
}
