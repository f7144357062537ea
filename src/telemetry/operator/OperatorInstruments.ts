/** The instruments about the operator's own work: reconciles, leadership, work queues, requests to Kubernetes. */

import { type Instrument, workBuckets } from "../meter/Instrument.ts"

const outcomes = ["success", "requeue", "error", "dropped"] as const

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
    kind: "histogram",
    unit: "s",
    description: "How long reconciles take",
    changes: "a reconcile ended",
    identity: "operator",
    attributes: { outcome: outcomes },
    buckets: workBuckets,
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
    kind: "observable-up-down-counter",
    unit: "{item}",
    description: "Keys that wait in the work queue",
    changes: "read when collected",
    identity: "queue",
  },
  "workqueue.adds": {
    kind: "counter",
    unit: "{item}",
    description: "Keys added to the work queue",
    changes: "a key was added that was not waiting already",
    identity: "queue",
    zeros: "each",
  },
  "workqueue.retries": {
    kind: "counter",
    unit: "{item}",
    description: "Keys added again after an error",
    changes: "a key was added again after an error",
    identity: "queue",
    zeros: "each",
  },
  "workqueue.queue.duration": {
    kind: "histogram",
    unit: "s",
    description: "How long a key waits in the work queue",
    changes: "work on a key starts",
    identity: "queue",
    buckets: workBuckets,
  },
  "workqueue.work.duration": {
    kind: "histogram",
    unit: "s",
    description: "How long the work on a key takes",
    changes: "work on a key ends",
    identity: "queue",
    buckets: workBuckets,
  },
  "workqueue.unfinished_work": {
    kind: "observable-gauge",
    unit: "s",
    description: "Seconds of work in progress, summed over all workers",
    changes: "read when collected",
    identity: "queue",
  },
  "workqueue.longest_running_processor": {
    kind: "observable-gauge",
    unit: "s",
    description: "How long the longest running worker has been working on its key",
    changes: "read when collected",
    identity: "queue",
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
    kind: "histogram",
    unit: "s",
    description: "How long requests to the Kubernetes API take",
    changes: "a request ended; watches are not timed",
    identity: "operator",
    attributes: { verb: [], resource: [] },
    buckets: workBuckets,
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
