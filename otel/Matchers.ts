/** Matchers of labels that dashboards and rules share, so that a panel and an alert select the same series. */

import { applicationQueue } from "../src/application/telemetry/KnownValues.ts"

/** The work queue of applications: other programs, too, have series named workqueue_…, and Firesteel may have further queues. */
export const ofApplicationQueue = `name="${applicationQueue}"`

/** Requests to Kubernetes without a usable answer: the server's fault, or the network's. */
export const unanswered = 'code=~"5..|Timeout|Transport|Decode"'

/** Not yet running, and not suspended. */
export const pendingStates = 'state=~"NEW|SUBMITTED|PENDING_RERUN|SUBMISSION_FAILED|RESUMING"'

/** States that an application should leave soon; in the others it may stay for any time. */
export const transientStates = 'state!~"RUNNING|SUSPENDED"'

/** Without the zeros that have no namespace, which exist from the start. */
export const withNamespace = 'k8s_namespace_name!=""'
