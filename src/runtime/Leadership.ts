/**
 * Whether this process may act: work waits until the process is elected, asks before every request, and stops at once when leadership ends.
 * `LeaderElection` gives it to one of several replicas; an operator that runs alone always has it.
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
  /** Fails when it no longer leads; it will not lead again. */
  readonly lost: Effect.Effect<never, LeadershipLost>
  /** Waits until requests in progress must end: fails as `Unavailable` when leadership is in doubt, is interrupted when it is over. */
  readonly stopped: Effect.Effect<never, KubeError>
  /** Resumes as soon as it is certain that this replica leads; interrupts the caller when it never will again. */
  readonly permit: Effect.Effect<void>
  /** The replica that leads, as far as this one knows. */
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

/** By leadership: asked for again with every reconcile. */
const guards = new WeakMap<Leadership, { readonly kube: KubeApi; readonly guarded: KubeApi }>()

/**
 * The API for work as leader: a request is sent only while it is certain that this replica leads, and given up when it does not. Watches
 * change nothing and are left as they are.
 */
export const fenced = (kube: KubeApi, leadership: Leadership): KubeApi => {
  if (leadership === alone) return kube
  const known = guards.get(leadership)
  if (known?.kube === kube) return known.guarded
  const guarded = guardedBy(leadership, kube)
  guards.set(leadership, { kube, guarded })
  return guarded
}

const guardedBy = (leadership: Leadership, kube: KubeApi): KubeApi => {
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
