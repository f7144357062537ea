/** Matchers of labels that dashboards and rules share, so that a panel and an alert select the same series. */

import { applicationQueue } from "../src/application/telemetry/KnownValues.ts"

/** The queue of applications. Other programs, too, have series named workqueue_…, and other queues. */
export const ofApplicationQueue = `name="${applicationQueue}"`

/** Requests to Kubernetes without a usable answer: the server's fault, or the network's. */
export const unanswered = 'code=~"5..|Timeout|Transport|Decode"'

/** Not yet running, and not held back by anybody. */
export const pendingStates = 'state=~"NEW|SUBMITTED|PENDING_RERUN|SUBMISSION_FAILED|RESUMING"'

/** States that should pass soon; in the others an application may stay as long as it likes. */
export const transientStates = 'state!~"RUNNING|SUSPENDED"'

/** Without the zeros that stand for all namespaces before the first application of one of them is seen. */
export const withNamespace = 'k8s_namespace_name!=""'
