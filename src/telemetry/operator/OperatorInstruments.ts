/** The instruments about the operator's own work: reconciles, leadership, work queues, requests to Kubernetes. */

import { type Instrument, workDuration } from "../meter/Instrument.ts"

const outcomes = ["success", "requeue", "error", "dropped"] as const

const readQueue = { changes: "read when collected", identity: "queue" } as const
const countedKeys = { kind: "counter", unit: "{item}", identity: "queue", zeros: "each" } as const

export const OperatorInstruments = {
  "spark.operator.reconciles": {
    kind: "counter",
    unit: "{reconcile}",
    description: "Reconciles by outcome; errors have a reason",
    changes: "a reconcile ended",
    identity: "operator",
    attributes: { outcome: outcomes, reason: [] },
  },
  "spark.operator.reconcile.duration": {
    ...workDuration,
    description: "How long reconciles take",
    changes: "a reconcile ended",
    identity: "operator",
    attributes: { outcome: outcomes },
  },

  "spark.operator.definitions.incomplete": {
    kind: "positive-gauge",
    unit: "{definition}",
    description:
      "Whether a CustomResourceDefinition lacks fields that the operator needs (1), so that it submits nothing, or none (0)",
    changes: "an answer of the API server lacked such a field, or has it again",
    identity: "operator",
    attributes: { definition: [] },
  },

  "leader_election.master_status": {
    kind: "positive-gauge",
    unit: "{replica}",
    description: "Whether this replica is the leader (1) or stands by (0)",
    changes: "the replica was elected, paused, resumed, or no longer leads",
    identity: "operator",
  },
  "leader_election.transitions": {
    kind: "counter",
    unit: "{transition}",
    description:
      "Leadership changes of this replica: acquired, paused while it cannot renew the Lease, resumed, released at its end, or lost",
    changes: "the change happened",
    identity: "operator",
    attributes: { transition: ["acquired", "paused", "resumed", "released", "lost"] },
  },

  "workqueue.depth": {
    ...readQueue,
    kind: "observable-up-down-counter",
    unit: "{item}",
    description: "Keys that wait in the work queue",
  },
  "workqueue.adds": {
    ...countedKeys,
    description: "Keys added to the work queue",
    changes: "a key was added that was not waiting already",
  },
  "workqueue.retries": {
    ...countedKeys,
    description: "Keys added again after an error",
    changes: "a key was added again after an error",
  },
  "workqueue.queue.duration": {
    ...workDuration,
    description: "How long a key waits in the work queue",
    changes: "work on a key starts",
    identity: "queue",
  },
  "workqueue.work.duration": {
    ...workDuration,
    description: "How long the work on a key takes",
    changes: "work on a key ends",
    identity: "queue",
  },
  "workqueue.unfinished_work": {
    ...readQueue,
    kind: "observable-gauge",
    unit: "s",
    description: "Seconds of work in progress, summed over all workers",
  },
  "workqueue.longest_running_processor": {
    ...readQueue,
    kind: "observable-gauge",
    unit: "s",
    description: "How long the longest running worker has been working on its key",
  },

  "kubernetes.client.requests": {
    kind: "counter",
    unit: "{request}",
    description:
      "Requests to the Kubernetes API by verb, resource and status code (or the reason for a missing answer)",
    changes: "a request ended",
    identity: "operator",
    attributes: { verb: [], resource: [], code: [] },
  },
  "kubernetes.client.request.duration": {
    ...workDuration,
    description: "How long requests to the Kubernetes API take",
    changes: "a request ended; watches are not timed",
    identity: "operator",
    attributes: { verb: [], resource: [] },
  },
  "kubernetes.client.watch.lifecycle": {
    kind: "counter",
    unit: "{event}",
    description:
      "Lists and watches: first lists, repeated lists (relist), watches that expired (gone) or were opened again (reconnect)",
    changes: "the event happened",
    identity: "operator",
    attributes: { event: ["list", "relist", "gone", "reconnect"], resource: [] },
  },
} as const satisfies Record<string, Instrument>
