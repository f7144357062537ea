/**
 * What a viewer may do, by SubjectAccessReview: per verb, resource and namespace. Answers are kept for a short time, so that a page costs the API
 * server next to nothing, and a right that is taken away stays effective for this time.
 */

import { Clock, Effect, Semaphore } from "effect"
import type { KubeApi } from "../../kube/Kube.ts"
import { type Resource, subjectAccessReviews } from "../../kube/Resource.ts"
import { forbidden, Refused } from "../http/Refused.ts"
import { nameOf, type Viewer } from "./Viewer.ts"

export interface Action {
  readonly verb: string
  readonly resource: Pick<Resource, "group" | "plural">
  readonly subresource?: string
  /** Absent: in all namespaces. */
  readonly namespace?: string
}

export interface Rights {
  readonly may: (viewer: Viewer, action: Action) => Effect.Effect<boolean, Refused>
  /** Fails with 403 and the missing right in words. */
  readonly require: (viewer: Viewer, action: Action) => Effect.Effect<void, Refused>
  /** Those of `namespaces` in which the viewer may do it; `"all"` if in every one. */
  readonly namespaces: (
    viewer: Viewer,
    action: Omit<Action, "namespace">,
    namespaces: Iterable<string>,
  ) => Effect.Effect<ReadonlySet<string> | "all", Refused>
}

const keptSeconds = 30
/** Answers kept of one viewer. */
const capacity = 10_000
/** Reviews in flight, of all viewers. */
const concurrency = 8

/** The right in words, as `kubectl auth can-i` takes it. */
const inWords = ({ verb, resource, subresource, namespace }: Action): string => {
  const what = [resource.plural, subresource].filter((part) => part !== undefined).join("/")
  const which = resource.group === "" ? what : `${what}.${resource.group}`
  return `${verb} ${which} in ${namespace === undefined ? "all namespaces" : `namespace ${namespace}`}`
}

/** `kube` is the operator's: it asks about others. */
export const make = (kube: Pick<KubeApi, "create">): Rights => {
  const permits = Semaphore.makeUnsafe(concurrency)

  const review = (viewer: Extract<Viewer, { _tag: "Token" }>, action: Action) => {
    const { verb, resource, subresource, namespace } = action
    const { username, ...user } = viewer.user
    return kube
      .create(subjectAccessReviews, "", {
        spec: {
          ...user,
          ...(username === undefined ? {} : { user: username }),
          resourceAttributes: {
            verb,
            group: resource.group,
            resource: resource.plural,
            ...(subresource === undefined ? {} : { subresource }),
            ...(namespace === undefined ? {} : { namespace }),
          },
        },
      })
      .pipe(
        Effect.map(({ status }) => status?.allowed === true && status.denied !== true),
        Effect.mapError(
          ({ message }) => new Refused({ status: 503, message: `Your rights cannot be checked now: ${message}` }),
        ),
      )
  }

  const may = Effect.fnUntraced(function* (viewer: Viewer, action: Action): Effect.fn.Return<boolean, Refused> {
    if (viewer._tag === "Operator") return true
    const key = inWords(action)
    const known = viewer.decisions.get(key)
    if (known !== undefined && (yield* Clock.currentTimeMillis) < known.until) return known.allowed
    const allowed = yield* permits.withPermit(review(viewer, action))
    viewer.decisions.delete(key)
    viewer.decisions.set(key, { allowed, until: (yield* Clock.currentTimeMillis) + keptSeconds * 1000 })
    const [oldest] = viewer.decisions.keys()
    if (viewer.decisions.size > capacity && oldest !== undefined) viewer.decisions.delete(oldest)
    return allowed
  })

  return {
    may,
    require: Effect.fnUntraced(function* (viewer, action) {
      if (yield* may(viewer, action)) return
      return yield* forbidden(`${nameOf(viewer)} may not ${inWords(action)}`)
    }),
    namespaces: Effect.fnUntraced(function* (viewer, action, namespaces) {
      if (yield* may(viewer, action)) return "all"
      const allowed = yield* Effect.filter(namespaces, (namespace) => may(viewer, { ...action, namespace }), {
        concurrency,
      })
      return new Set(allowed)
    }),
  }
}
