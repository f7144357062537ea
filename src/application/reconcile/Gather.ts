/**
 * Collects everything that a decision about an application may use, in one value: reads only. Pods come from the cache; a driver that
 * should exist and is not in the cache is read from the API, because a cache may lag behind and absence alone proves nothing.
 */

import { Clock, Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { awaitsDriverDeletion, expectsDriver, precedesSubmission, stateOf } from "../../api/States.ts"
import type { RouteCheck } from "../../kube/gateway/RouteCheck.ts"
import { find, Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { pods } from "../../kube/Resource.ts"
import { killOf, type PodReports } from "../../pods/PodReports.ts"
import type { LastSeen } from "../../runtime/LastSeen.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import * as Labels from "../../spark/Labels.ts"
import { driverPodName } from "../../spark/Names.ts"
import type { DriverPod } from "../../spark/observe/ObservedPod.ts"
import { driverFacts, executorFacts, submitterFacts } from "../../spark/observe/PodFacts.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import { currentAttempt } from "../lifecycle/Attempts.ts"
import { unrecorded } from "../lifecycle/Begun.ts"
import { type ChildrenProgress, type Delay, type Driver, isRoute, type Observed } from "../lifecycle/Observed.ts"
import type { ProgressReadings } from "../progress/ProgressFollower.ts"
import { byApplication } from "./Caches.ts"
import { ofEarlierRun, ofSubmission, ownedBy } from "./Ownership.ts"
import type { Answer } from "./Perform.ts"
import { findRecord } from "./SubmissionRecord.ts"

/** Where a missing driver decides what happens next, its absence is confirmed by a live read. */
const needsProofOfAbsence = (state: string | undefined) => expectsDriver(state) || awaitsDriverDeletion(state)

/** Where facts come from. */
export interface Sources {
  readonly pods: Store<SeenPod>
  readonly lastSeen: Pick<LastSeen<SeenPod>, "of">
  readonly podReports: PodReports
  /** The last readings of drivers, by submission. */
  readonly progress: ProgressReadings
  /** Since when changes wait to be reported, in epoch milliseconds. */
  readonly changesSince: (key: string) => number | undefined
  /** Why the submission in progress could not be carried out. */
  readonly delayOf: (key: string, application: SparkApplication) => Delay | undefined
  /** What became of the last work on companion objects, if no status has it. */
  readonly childrenOf: (key: string, submissionId: string | undefined) => ChildrenProgress | undefined
  /** Seconds until a route is to be looked at again. */
  readonly routeDue: RouteCheck["due"]
}

export interface Gathered {
  readonly observed: Observed
  /** Deleted pods whose final state is part of it. */
  readonly gone: ReadonlyArray<SeenPod>
}

/**
 * Everything that is known of an application at this moment. `answer`: the results of the actions that were just performed for it. `searches`:
 * whether a submission that no status records is searched for in the API.
 */
export const gather = Effect.fnUntraced(function* (
  sources: Sources,
  application: SparkApplication,
  answer: Answer,
  searches: boolean,
): Effect.fn.Return<Gathered, KubeError, Kube> {
  const { pods: podStore, lastSeen, podReports, progress, changesSince, delayOf, childrenOf, routeDue } = sources
  const now = yield* Clock.currentTimeMillis
  const key = keyOf(application)
  const submissionId = application.status?.submissionID
  const ours = (pod: Pod) => pod.metadata?.labels?.[Labels.submissionId] === submissionId
  const gone = lastSeen.of(key)
  const kill = (pod: SeenPod) => killOf(podReports, pod)
  const { withLateStart } = podReports
  const executors = [
    ...podStore
      .by(byApplication, key)
      .filter((pod) => isExecutor(pod) && ours(pod))
      .map((pod) => withLateStart(pod, executorFacts(pod, false, kill(pod)), now)),
    ...gone.filter((pod) => isExecutor(pod) && ours(pod)).map((pod) => executorFacts(pod, true, kill(pod))),
  ]
  const submitters = podStore
    .by(byApplication, key)
    .filter((pod) => roleOf(pod) === Labels.submitterRole && ours(pod))
    .flatMap((pod) => {
      const facts = submitterFacts(pod)
      return facts === undefined ? [] : [withLateStart(pod, facts, now)]
    })
  return {
    gone: gone.filter((pod) => !awaitsRecord(pod, application)),
    observed: {
      driver: yield* findDriver(application, podStore, gone, (pod, deleted) =>
        withLateStart(pod, driverFacts(pod, deleted, kill(pod)), now),
      ),
      executors,
      submitters,
      progress: progress.read(key, submissionId),
      heartbeats: progress.heartbeats(key, submissionId),
      changesSince: changesSince(key),
      delay: delayOf(key, application),
      submission: undefined,
      children: childrenOf(key, submissionId),
      routesDue: (application.status?.children ?? []).filter(isRoute).flatMap(({ name }) => {
        const seconds = routeDue({ owner: key, name, version: submissionId ?? "" }, now)
        return seconds === undefined ? [] : [{ name, seconds }]
      }),
      ...(answer.begun === undefined ? yield* findBegun(application, podStore, gone, searches, now) : {}),
      ...answer,
    },
  }
})

const roleOf = (pod: Pod) => pod.metadata?.labels?.[Labels.sparkRole]

const isDriver = (pod: Pod) => roleOf(pod) === Labels.driverRole

const isExecutor = (pod: Pod) => roleOf(pod) === Labels.executorRole

/** A driver that this application owns and that is not being deleted, whatever submission created it. */
const unreported = ({ metadata = {}, ...pod }: Pod, application: SparkApplication) => {
  const submissionId = metadata.labels?.[Labels.submissionId]
  return submissionId === undefined || metadata.deletionTimestamp || !ownedBy({ metadata, ...pod }, application)
    ? {}
    : { unreported: { submissionId, createdAt: Date.parse(metadata.creationTimestamp ?? "") } }
}

/** A driver whose end cannot be reported yet, since the status has yet to record that it was submitted. */
const awaitsRecord = (pod: SeenPod, application: SparkApplication) => {
  const { metadata, status } = application
  const submission = unrecorded(metadata.uid, status)?.submissionId ?? currentAttempt(status)?.submissionID
  return precedesSubmission(stateOf(status)) && isDriver(pod) && ofSubmission(pod, application, submission)
}

/**
 * The next submission, if it has begun and the status does not record it: a crash, or an answer that was lost, came in between. Its driver is
 * in the cache, or was; what was created before that has to be searched for.
 */
const findBegun = Effect.fnUntraced(function* (
  application: SparkApplication,
  podStore: Store<SeenPod>,
  gone: ReadonlyArray<SeenPod>,
  searches: boolean,
  now: number,
): Effect.fn.Return<Answer, KubeError, Kube> {
  const next = unrecorded(application.metadata.uid, application.status)
  if (next === undefined) return {}
  const { submissionId } = next
  const isItsDriver = (pod: SeenPod) => isDriver(pod) && ofSubmission(pod, application, submissionId)
  const living = podStore.by(byApplication, keyOf(application)).find(isItsDriver)
  const driver = living ?? gone.find(isItsDriver)
  if (driver === undefined && !searches) return {}
  const begun = yield* findRecord(application, next, now)
  if (driver === undefined) return begun === undefined ? {} : { begun }
  const facts = driverFacts(driver, living === undefined)
  const { createdAt: startedAt, runSpecHash, name: driverPodName } = facts
  return {
    begun: begun ?? { ...next, by: "native", startedAt, runSpecHash, driverPodName, required: [] },
    submission: { _tag: "Accepted", driver: facts },
  }
})

const findDriver = Effect.fnUntraced(function* (
  application: SparkApplication,
  podStore: Store<SeenPod>,
  gone: ReadonlyArray<SeenPod>,
  factsOf: (pod: SeenPod, deleted: boolean) => DriverPod,
): Effect.fn.Return<Driver, KubeError, Kube> {
  const { namespace } = application.metadata
  const name = application.status?.driverInfo?.podName ?? driverPodName(application)
  const submissionId = application.status?.submissionID
  const classify = (pod: Pod): Driver =>
    ofSubmission(pod, application, submissionId)
      ? factsOf(pod, false)
      : ofEarlierRun(pod, application)
        ? { _tag: "Leftover", name, ...unreported(pod, application) }
        : { _tag: "Missing" }

  const cached = podStore.get(keyOf({ metadata: { namespace, name } }))
  if (cached && ofSubmission(cached, application, submissionId)) return factsOf(cached, false)
  const last = gone.find((pod) => pod.metadata?.name === name && ofSubmission(pod, application, submissionId))
  if (last) return factsOf(last, true)
  if (!needsProofOfAbsence(application.status?.applicationState?.state)) {
    return cached ? classify(cached) : { _tag: "Missing" }
  }
  const kube = yield* Kube
  const pod = yield* find(kube, pods, namespace, name)
  return pod ? classify(pod) : { _tag: "Missing" }
})
