/**
 * Whether this process acts, for those who act: they wait until they are elected, ask before every request, and stop at once when told.
 * `LeaderElection` gives it to one of several replicas; an operator that is alone always has it.
 */

import { Effect, Schema } from "effect"
import type { KubeApi } from "../kube/Kube.ts"
import type { KubeError } from "../kube/KubeError.ts"

/** Another replica may act now: this one must not, and ends. */
export class LeadershipLost extends Schema.TaggedError<LeadershipLost>()("LeadershipLost", {
  message: Schema.String,
}) {}

export interface Leadership {
  /** Resumes when this replica leads. */
  readonly elected: Effect.Effect<void>
  /** Fails when it does no more; it will not again. */
  readonly lost: Effect.Effect<never, LeadershipLost>
  /** What is under way ends like this when the leadership is in doubt (fails as `Unavailable`) or over (is interrupted); until then it waits. */
  readonly stopped: Effect.Effect<never, KubeError>
  /** Resumes as soon as this replica surely leads at this moment; interrupts who asks when it never will again. */
  readonly permit: Effect.Effect<void>
  /** Who leads, as far as this replica knows. */
  readonly leader: () => string | undefined
  readonly leads: () => boolean
}

/** Of an operator that runs alone. */
export const alone: Leadership = {
  elected: Effect.void,
  lost: Effect.never,
  stopped: Effect.never,
  permit: Effect.void,
  leader: () => undefined,
  leads: () => true,
}

/**
 * The API for whoever acts as leader: a request is sent only while this replica surely leads, and given up when it does not. Watches
 * change nothing and are left as they are.
 */
export const fenced = (kube: KubeApi, leadership: Leadership): KubeApi => {
  if (leadership === alone) return kube
  const guard = <A>(request: Effect.Effect<A, KubeError>): Effect.Effect<A, KubeError> =>
    Effect.andThen(leadership.permit, Effect.raceFirst(request, leadership.stopped))
  return {
    ...kube,
    get: (resource, namespace, name) => guard(kube.get(resource, namespace, name)),
    list: (resource, options) => guard(kube.list(resource, options)),
    create: (resource, namespace, object) => guard(kube.create(resource, namespace, object)),
    patch: (resource, namespace, name, patch) => guard(kube.patch(resource, namespace, name, patch)),
    delete: (resource, namespace, name, options) => guard(kube.delete(resource, namespace, name, options)),
  }
}
