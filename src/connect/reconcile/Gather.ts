/**
 * Collects everything that a decision about a SparkConnect may use, in one value: reads only. The pod of a recorded attempt that is not in the
 * cache is read from the API, because a cache may lag behind and absence alone proves nothing.
 */

import { Clock, Effect } from "effect"
import type { Pod, Service } from "kubernetes-types/core/v1"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { SparkConnectStatus } from "../../api/connect/SparkConnectStatus.ts"
import { find, Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { pods as podResource } from "../../kube/Resource.ts"
import { killOf, type PodReports } from "../../pods/PodReports.ts"
import type { LastSeen } from "../../runtime/LastSeen.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import * as Labels from "../../spark/Labels.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import type { ActivityReadings } from "../activity/ActivityFollower.ts"
import { currentAttempt } from "../lifecycle/Attempts.ts"
import type { Observed, Server, ServerPod } from "../lifecycle/Observed.ts"
import { serverPodName, serviceName } from "../Names.ts"
import { byConnect } from "./Caches.ts"
import { ownedBy, serverFacts, serverOf } from "./Ownership.ts"
import type { Answer } from "./Perform.ts"

/** Where facts come from. */
export interface Sources {
  readonly pods: Store<SeenPod>
  readonly services: Store<Service>
  readonly lastSeen: Pick<LastSeen<SeenPod>, "of">
  readonly podReports: PodReports
  readonly activity: ActivityReadings
}

export interface Gathered {
  readonly observed: Observed
  /** Deleted pods whose final state is part of it. */
  readonly gone: ReadonlyArray<SeenPod>
  /** As it is in the cluster; undefined if there is none that belongs to the SparkConnect. */
  readonly service: Service | undefined
}

/** Everything that is known at this moment. `answer`: the results of the actions that were just performed. */
export const gather = Effect.fnUntraced(function* (
  { pods, services, lastSeen, podReports, activity }: Sources,
  connect: SparkConnect,
  answer: Answer,
): Effect.fn.Return<Gathered, KubeError, Kube> {
  const now = yield* Clock.currentTimeMillis
  const key = keyOf(connect)
  const uid = currentAttempt(connect.status)?.podUID
  const gone = lastSeen.of(key)
  const name = nameOfService(connect)
  const own = services.by(byConnect, key).filter((one) => ownedBy(one, connect))
  const ofClients = own.filter((one) => attemptOf(one) === undefined)
  const factsOf = (pod: SeenPod, deleted = false) =>
    podReports.withLateStart(pod, serverFacts(pod, deleted, killOf(podReports, pod)), now)
  const service = ofClients.find(({ metadata }) => metadata?.name === name)
  return {
    gone,
    service,
    observed: {
      server: answer.server ?? (yield* findServer(connect, pods, gone, uid, factsOf)),
      executors: executorPhases(pods.by(byConnect, key), uid),
      activity: activity.read(key, uid),
      hasService: service !== undefined,
      attemptsWithObjects: own.flatMap((one) => attemptOf(one) ?? []),
      otherServices: ofClients.flatMap(({ metadata }) => (metadata?.name === name ? [] : (metadata?.name ?? []))),
      refusal: answer.refusal,
      access: answer.access,
    },
  }
})

/** The id of the attempt to which a headless Service belongs. */
const attemptOf = ({ metadata }: Service): string | undefined => metadata?.labels?.[Labels.submissionId]

/** Of any spec, valid or not. */
const nameOfService = (connect: SparkConnect): string => {
  const { spec }: { readonly spec?: Partial<SparkConnect["spec"]> } = connect
  return serviceName({ metadata: connect.metadata, spec: { ...connect.spec, server: spec?.server ?? {} } })
}

const findServer = Effect.fnUntraced(function* (
  connect: SparkConnect,
  pods: Store<SeenPod>,
  gone: ReadonlyArray<SeenPod>,
  uid: string | undefined,
  factsOf: (pod: SeenPod, deleted?: boolean) => ServerPod,
): Effect.fn.Return<Server, KubeError, Kube> {
  const { namespace } = connect.metadata
  const name = serverPodName(connect)
  const cached = pods.get(keyOf({ metadata: { namespace, name } }))
  if (uid === undefined) return cached === undefined ? { _tag: "Missing" } : serverOf(cached, connect, factsOf)
  if (cached?.metadata?.uid === uid) return serverOf(cached, connect, factsOf)
  const last = gone.find((pod) => pod.metadata?.uid === uid)
  if (last !== undefined) return { _tag: "Own", pod: factsOf(last, true) }
  const kube = yield* Kube
  const pod = yield* find(kube, podResource, namespace, name)
  return pod === undefined ? { _tag: "Missing" } : serverOf(pod, connect, factsOf)
})

/** Spark makes the server pod the owner of its executors. */
const executorPhases = (
  pods: ReadonlyArray<Pod>,
  serverUid: string | undefined,
): NonNullable<SparkConnectStatus["executors"]> => {
  const counts: Record<string, number> = {}
  for (const { metadata, status } of pods) {
    const isExecutor = metadata?.labels?.[Labels.sparkRole] === Labels.executorRole
    if (!isExecutor || !metadata?.ownerReferences?.some(({ uid }) => uid === serverUid)) continue
    const phase = (status?.phase ?? "Pending").toLowerCase()
    counts[phase] = (counts[phase] ?? 0) + 1
  }
  return counts
}
