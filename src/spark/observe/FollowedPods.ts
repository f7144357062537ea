/**
 * Pods as the caches of the operator have them: only what is read of a driver or executor, which is a small part. A field that is not in this
 * table does not exist for the operator.
 */

import type { Pod } from "kubernetes-types/core/v1"
import { fields, pick } from "../../kube/protobuf/Fields.ts"
import { pods, type Resource } from "../../kube/Resource.ts"
import { reservedOf, type ReservingPod } from "../usage/Reserved.ts"
import { type SeenPod, withPast } from "./PodPast.ts"

const metadata = fields({
  name: [1, "text"],
  namespace: [3, "text"],
  uid: [5, "text"],
  resourceVersion: [6, "text"],
  creationTimestamp: [8, "time"],
  deletionTimestamp: [9, "time"],
  deletionGracePeriodSeconds: [10, "integer"],
  labels: [11, "texts"],
  annotations: [12, "texts"],
  ownerReferences: [
    13,
    fields({
      apiVersion: [5, "text"],
      kind: [1, "text"],
      name: [3, "text"],
      uid: [4, "text"],
      controller: [6, "flag"],
    }),
    "many",
  ],
  finalizers: [14, "text", "many"],
})

const condition = fields({
  type: [1, "text"],
  status: [2, "text"],
  lastTransitionTime: [4, "time"],
  reason: [5, "text"],
  message: [6, "text"],
})

const state = fields({
  waiting: [1, fields({ reason: [1, "text"], message: [2, "text"] })],
  running: [2, fields({ startedAt: [1, "time"] })],
  terminated: [
    3,
    fields({
      exitCode: [1, "integer"],
      reason: [3, "text"],
      message: [4, "text"],
      startedAt: [5, "time"],
      finishedAt: [6, "time"],
    }),
  ],
})

const containerStatus = fields({
  name: [1, "text"],
  state: [2, state],
  ready: [4, "flag"],
  started: [9, "flag"],
})

const status = fields({
  phase: [1, "text"],
  conditions: [2, condition, "many"],
  message: [3, "text"],
  reason: [4, "text"],
  podIP: [6, "text"],
  containerStatuses: [8, containerStatus, "many"],
  initContainerStatuses: [10, containerStatus, "many"],
})

const resources = fields({ limits: [1, "quantities"], requests: [2, "quantities"] })

const container = fields({ name: [1, "text"], resources: [8, resources], restartPolicy: [24, "text"] })

const assigned = fields({ name: [1, "text"], allocatedResources: [10, "quantities"], resources: [11, resources] })

/** What only the requests of a pod are computed from. */
const reserving = fields({
  metadata: [1, fields({ generation: [7, "integer"], deletionTimestamp: [9, "time"] })],
  spec: [
    2,
    fields({
      containers: [2, container, "many"],
      nodeName: [10, "text"],
      initContainers: [20, container, "many"],
      overhead: [32, "quantities"],
      resources: [40, resources],
    }),
  ],
  status: [
    3,
    fields({
      conditions: [2, fields({ type: [1, "text"], reason: [5, "text"] }), "many"],
      containerStatuses: [8, assigned, "many"],
      initContainerStatuses: [10, assigned, "many"],
      allocatedResources: [19, "quantities"],
      resources: [20, resources],
    }),
  ],
})

const podFields = fields(
  { metadata: [1, metadata], status: [3, status] },
  { name: "reserved", from: reserving, of: (pod) => reservedOf(pod as ReservingPod) },
)

/** The pods that caches follow. */
export const followedPods: Resource<SeenPod> = { ...pods, fields: podFields }

/** What is kept of a pod, given what was kept of an earlier state of it. */
export const keepPod = (pod: Pod, before: SeenPod | undefined): SeenPod => withPast(pick(pod, podFields) as Pod, before)
