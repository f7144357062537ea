/**
 * Reports to users that the operator no longer follows their object, because its namespace is no longer selected: a condition and one Event,
 * only for objects that are not finished, a few at a time.
 *
 * A kind removes the condition with its next status write, as that contains only conditions of its own: at once when the namespace is selected
 * again, by this operator or by another one. Nothing is decided by the condition. It is written once each time that a namespace is no longer
 * selected, so that an operator that manages the namespace from then on has the last word.
 */

import { Clock, Effect, Latch } from "effect"
import type { EventRecorder } from "../../kube/EventRecorder.ts"
import { Kube } from "../../kube/Kube.ts"
import { changedNothing, isPermanent, type KubeError } from "../../kube/KubeError.ts"
import { type KubeObject, referenceTo, type Resource } from "../../kube/Resource.ts"
import { timestamp } from "../../kube/Time.ts"
import { keyOf, namespaceOf } from "../Store.ts"
import type { Watched } from "../Watched.ts"
import type { Namespaces, Selection } from "./Namespaces.ts"

/** `metav1.Condition`. */
interface Condition {
  readonly type: string
  readonly status: "True" | "False" | "Unknown"
  readonly observedGeneration?: number
  readonly lastTransitionTime: string
  readonly reason: string
  readonly message: string
}

/** An object whose status has conditions. */
export interface Noticed extends KubeObject {
  readonly status?: { readonly conditions?: ReadonlyArray<Condition> }
}

export interface LeftNoticesOptions<A extends Noticed> {
  readonly resource: Resource<A>
  readonly watched: Pick<Watched<A>, "aside">
  readonly namespaces: Pick<Namespaces, "join" | "isSelected" | "selector">
  /** Whether the operator still has something to do with the object: one that is finished stays as it is anyway. */
  readonly isUnfinished: (object: A) => boolean
  readonly events: EventRecorder
}

const noticeType = "NamespaceSelected"
const reason = "NamespaceNotSelected"
const writers = 4
/** Seconds until what could not be written is tried again. */
const retrySeconds = 2

const isNoticed = ({ status }: Noticed): boolean => status?.conditions?.some(({ type }) => type === noticeType) === true

/** Work of the leader. Also what this replica saw while another one led is worked on: what that one has done needs no write. */
export const make = <A extends Noticed>({
  resource,
  watched,
  namespaces,
  isUnfinished,
  events,
}: LeftNoticesOptions<A>): (() => Effect.Effect<never, never, Kube>) => {
  /** Namespaces that are no longer selected and have objects to write to, each with the change that it comes from. */
  const pending = new Map<string, Selection>()
  const some = Latch.makeUnsafe(false)
  /** Keys of objects whose write had no answer: it may have been performed. */
  const unanswered = new Set<string>()
  const message = `The namespace no longer matches the operator's namespace selector (${namespaces.selector ?? ""}): until it does, the operator leaves everything as it is`

  namespaces.join((selection) => {
    const { namespace, isSelected, isGone } = selection
    pending.delete(namespace)
    for (const key of unanswered) if (namespaceOf(key) === namespace) unanswered.delete(key)
    if (isSelected || isGone) return
    pending.set(namespace, selection)
    some.openUnsafe()
  })

  const write = Effect.fnUntraced(function* ({ metadata, status }: A): Effect.fn.Return<A, KubeError, Kube> {
    const kube = yield* Kube
    const { namespace = "", name = "", generation, resourceVersion } = metadata ?? {}
    const condition: Condition = {
      type: noticeType,
      status: "False",
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      lastTransitionTime: timestamp(yield* Clock.currentTimeMillis),
      reason,
      message,
    }
    return yield* kube.patch(resource, namespace, name, {
      type: "json",
      subresource: "status",
      body: [
        { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion },
        { op: "add", path: "/status/conditions", value: [...(status?.conditions ?? []), condition] },
      ],
    })
  })

  const isDue = (object: A): boolean =>
    pending.has(namespaceOf(keyOf(object))) &&
    object.status !== undefined &&
    isUnfinished(object) &&
    (!isNoticed(object) || unanswered.has(keyOf(object)))

  /** Whether another try is useless. */
  const failed = (key: string, error: KubeError): Effect.Effect<boolean> => {
    if (!changedNothing(error)) unanswered.add(key)
    if (!isPermanent(error)) return Effect.succeed(false)
    if (error.reason === "NotFound") return Effect.succeed(true)
    return Effect.annotateLogs(Effect.logWarning("cannot report that an object is left as it is"), {
      [resource.kind]: key,
      reason: error.reason,
      error: error.message,
    }).pipe(Effect.as(true))
  }

  /** Whether nothing remains to be done about the object. */
  const report = Effect.fnUntraced(function* (key: string): Effect.fn.Return<boolean, never, Kube> {
    const object = watched.aside.get(key)
    if (object === undefined || !isDue(object)) return true
    return yield* (isNoticed(object) ? Effect.succeed(object) : write(object)).pipe(
      Effect.flatMap((written) => events.record(referenceTo(resource, written), { type: "Warning", reason, message })),
      Effect.map(() => {
        unanswered.delete(key)
        return true
      }),
      Effect.catch((error: KubeError) => failed(key, error)),
    )
  })

  const round = Effect.gen(function* () {
    yield* some.await
    some.closeUnsafe()
    // The objects are aside when all observers of the change have been called.
    yield* Effect.yieldNow
    const tried = new Map(pending)
    const keys = Array.from(watched.aside.values()).filter(isDue).map(keyOf)
    const done = yield* Effect.forEach(keys, report, { concurrency: writers })
    const failed = new Set(keys.filter((_, index) => !done[index]).map(namespaceOf))
    for (const [namespace, selection] of tried) {
      if (!failed.has(namespace) && pending.get(namespace) === selection) pending.delete(namespace)
    }
    if (failed.size === 0) return
    yield* Effect.sleep(retrySeconds * 1000)
    some.openUnsafe()
  })

  return () => Effect.forever(round)
}
