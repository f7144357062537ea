/** What `explain` says: findings, the decisive one first. Pure. */

import { secondsSince } from "../../../kube/Time.ts"
import { age } from "../Ages.ts"

export interface Finding {
  /** One sentence. */
  readonly what: string
  /** Lines that show it. */
  readonly details: ReadonlyArray<string>
  /** What to do about it. */
  readonly advice: ReadonlyArray<string>
}

export const finding = (
  what: string,
  advice: ReadonlyArray<string> = [],
  details: ReadonlyArray<string> = [],
): Finding => ({ what, details, advice })

/** An operator takes up an object within this time. */
const takenUpSeconds = 10

interface Created {
  readonly namespace: string
  readonly creationTimestamp?: string | undefined
}

/** For an object without a status. `now` in epoch milliseconds. */
export const notTakenUp = ({ namespace, creationTimestamp }: Created, now: number): Finding =>
  secondsSince(creationTimestamp, now) < takenUpSeconds
    ? finding("It was just created.")
    : finding(`No operator has taken it up since it was created ${age(creationTimestamp, now)} ago.`, [
        "Check that the operator runs: kubectl get pods -A -l app.kubernetes.io/name=firesteel",
        `Check that it watches the namespace ${namespace} (--namespaces, --namespace-selector).`,
      ])
