/**
 * What a viewer may do, by SubjectAccessReview: per verb, resource and namespace. Answers are kept for a short time, so that a page costs the API
 * server next to nothing, and a revoked right stays effective for this time.
 *
 * A list takes one review, if the viewer may list in all namespaces, and one for each namespace otherwise. What that costs is bounded: a list of
 * many namespaces is complete after some requests, and keeps its answers longer.
 */

import { Clock, Effect, Semaphore } from "effect"
import type { KubeApi } from "../../kube/Kube.ts"
import { type Resource, subjectAccessReviews } from "../../kube/Resource.ts"
import { forbidden, Refused } from "../http/Refused.ts"
import { type Decision, nameOf, type TokenViewer, type Viewer } from "./Viewer.ts"

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
  /** In which of `namespaces` the viewer may do it. They are read only if that is not all. */
  readonly namespaces: (
    viewer: Viewer,
    action: Omit<Action, "namespace">,
    namespaces: Iterable<string>,
  ) => Effect.Effect<Allowed, Refused>
}

/** Some of the namespaces that were asked about, or all. */
export interface Allowed {
  readonly namespaces: ReadonlySet<string> | "all"
  /** How many may follow: the API server has not been asked about them, because there are too many. */
  readonly unchecked: number
}

const keptSeconds = 30
/** Reviews for the lists of one viewer: at once, after a pause, and a second from then on. */
const burst = 500
const perSecond = 20
/** There are four kinds of lists. Each keeps its answers long enough for `perSecond` to renew them all. */
const renewedPerSecond = perSecond / 4
/** Namespaces of one list. */
const mostNamespaces = 2000
/** Answers kept of one viewer. */
const capacity = 10_000
/** Reviews in flight, of all viewers. */
const concurrency = 8

interface Budget {
  readonly left: number
  /** Of what `left` was right, in epoch milliseconds. */
  readonly at: number
}

const isFresh = (decision: Decision | undefined, now: number, seconds: number): boolean =>
  decision !== undefined && now - decision.at < seconds * 1000

/** The right in words, as `kubectl auth can-i` takes it. */
const inWords = ({ verb, resource, subresource, namespace }: Action): string => {
  const what = [resource.plural, subresource].filter((part) => part !== undefined).join("/")
  const which = resource.group === "" ? what : `${what}.${resource.group}`
  return `${verb} ${which} in ${namespace === undefined ? "all namespaces" : `namespace ${namespace}`}`
}

/** `kube` is the operator's: it asks about others. */
export const make = (kube: Pick<KubeApi, "create">): Rights => {
  const permits = Semaphore.makeUnsafe(concurrency)

  const review = (viewer: TokenViewer, action: Action) => {
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

  const ask = Effect.fnUntraced(function* (viewer: TokenViewer, action: Action) {
    const key = inWords(action)
    const allowed = yield* permits.withPermit(review(viewer, action))
    viewer.decisions.delete(key)
    viewer.decisions.set(key, { allowed, at: yield* Clock.currentTimeMillis })
    const [oldest] = viewer.decisions.keys()
    if (viewer.decisions.size > capacity && oldest !== undefined) viewer.decisions.delete(oldest)
    return allowed
  })

  const may = Effect.fnUntraced(function* (viewer: Viewer, action: Action): Effect.fn.Return<boolean, Refused> {
    if (viewer._tag === "Operator") return true
    const known = viewer.decisions.get(inWords(action))
    if (known !== undefined && isFresh(known, yield* Clock.currentTimeMillis, keptSeconds)) return known.allowed
    return yield* ask(viewer, action)
  })

  const budgets = new WeakMap<Viewer, Budget>()

  /** How many of `wanted` questions the viewer may cost now. */
  const take = (viewer: Viewer, wanted: number, now: number): number => {
    const before = budgets.get(viewer) ?? { left: burst, at: now }
    const left = Math.min(burst, before.left + ((now - before.at) / 1000) * perSecond)
    const taken = Math.min(wanted, Math.floor(left))
    budgets.set(viewer, { left: left - taken, at: now })
    return taken
  }

  const some = Effect.fnUntraced(function* (
    viewer: TokenViewer,
    action: Omit<Action, "namespace">,
    namespaces: ReadonlyArray<string>,
  ): Effect.fn.Return<Allowed, Refused> {
    const now = yield* Clock.currentTimeMillis
    const kept = Math.max(keptSeconds, namespaces.length / renewedPerSecond)
    const known = namespaces.map((namespace) => {
      const decision = viewer.decisions.get(inWords({ ...action, namespace }))
      return { namespace, decision, isDue: !isFresh(decision, now, kept) }
    })
    // What is shown is renewed first, then comes what is not known, and what was refused comes last.
    const rank = ({ decision }: (typeof known)[number]) => (decision === undefined ? 1 : decision.allowed ? 0 : 2)
    const due = known.filter(({ isDue }) => isDue).toSorted((a, b) => rank(a) - rank(b))
    const count = take(viewer, due.length, now)
    const askAbout = ({ namespace }: (typeof known)[number]) => ask(viewer, { ...action, namespace })
    const renewed = yield* Effect.filter(due.slice(0, count), askAbout, { concurrency })
    const shown = known.filter(({ decision, isDue }) => !isDue && decision?.allowed === true)
    return {
      namespaces: new Set([...shown, ...renewed].map(({ namespace }) => namespace)),
      unchecked: due.slice(count).filter((one) => rank(one) < 2).length,
    }
  })

  return {
    may,
    require: Effect.fnUntraced(function* (viewer, action) {
      if (yield* may(viewer, action)) return
      return yield* forbidden(`${nameOf(viewer)} may not ${inWords(action)}`)
    }),
    namespaces: Effect.fnUntraced(function* (viewer, action, namespaces) {
      if (viewer._tag === "Operator" || (yield* may(viewer, action))) return { namespaces: "all", unchecked: 0 }
      const all = [...namespaces]
      const { namespaces: allowed, unchecked } = yield* some(viewer, action, all.slice(0, mostNamespaces))
      return { namespaces: allowed, unchecked: unchecked + Math.max(0, all.length - mostNamespaces) }
    }),
  }
}
