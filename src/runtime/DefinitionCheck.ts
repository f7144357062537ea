/**
 * Whether the API server keeps the status of a kind as this operator writes it. A CustomResourceDefinition that is not ours (of another
 * operator, or of an older chart) has the server drop the fields that it lacks, without an error: the operator would forget what it did.
 *
 * Two things show that: the answer of a status write, which lacks what was sent; and, before anything begins, a dry run of such a write with
 * every field. A dry run tells exactly what a write would come to, at once, with no further right; the schemas that the API server publishes
 * (`/openapi/v3`) are late by seconds, large, and may be hidden from service accounts. It is made once at the start, and repeated while the
 * definition is wrong; otherwise the writes that are made anyway are proof enough.
 *
 * While the definition is wrong: `allows` answers no, so that nothing begins that would be forgotten; `problem` keeps the operator from
 * being ready; one line of the log, one Event per object and a metric report it; and what was written remains in memory, so that objects are
 * followed as before. When it is right again, what the server has lost is written again.
 */

import { Effect, Semaphore } from "effect"
import type { EventRecorder } from "../kube/EventRecorder.ts"
import { find, Kube } from "../kube/Kube.ts"
import { isTransient, type KubeError } from "../kube/KubeError.ts"
import { referenceTo, type Resource } from "../kube/Resource.ts"
import type { RuntimeMetrics } from "../telemetry/operator/RuntimeMetrics.ts"
import * as DroppedStatus from "./DroppedStatus.ts"
import type { Changed } from "./Kind.ts"
import { lostFields, namesOf } from "./StatusParts.ts"
import { type Key, keyOf, type Store } from "./Store.ts"

export interface DefinitionCheckOptions<A extends DroppedStatus.Defined> {
  readonly resource: Resource<A>
  /** A status that has every field. */
  readonly example: object
  /** What begins nothing while the definition is wrong, as the subject of a message: `submissions`. */
  readonly waiting: string
  /** The commands that install the right definition. */
  readonly remedy: string
  readonly objects: Pick<Store<A>, "values">
  readonly events: EventRecorder
  readonly metrics: Pick<RuntimeMetrics, "definition">
}

export interface DefinitionCheck<A extends DroppedStatus.Defined> {
  /**
   * Whether something may begin, or end, that the status of the object must remember. The first call asks the API server; fails where that
   * should be tried again. An object that has to wait is queued when the definition is right.
   */
  readonly allows: (object: A) => Effect.Effect<boolean, KubeError, Kube>
  /** Makes this write of `status`, and returns its answer with the status as it was sent. */
  readonly write: <R>(
    status: NonNullable<A["status"]>,
    write: Effect.Effect<A, KubeError, R>,
  ) => Effect.Effect<A, KubeError, R>
  /**
   * The object with those parts of its status that the API server has dropped. Where only a change of the cache suggests that, the server is
   * asked: somebody else may have removed them.
   */
  readonly remembered: (object: A) => Effect.Effect<A, KubeError, Kube>
  /** Whether the status of the object must be written, although it is unchanged: the API server may keep it now. */
  readonly owes: (object: A) => boolean
  /** Takes in a change of the cache. */
  readonly seen: (before: A | undefined, after: A | undefined) => void
  /** What is wrong, and the remedy; undefined while the definition is right, or not known. */
  readonly problem: () => string | undefined
  /** Asks at the start, and while the definition is wrong; queues those that wait when it is right again. Runs while this replica leads. */
  readonly watch: (changed: Changed) => Effect.Effect<never, never, Kube>
}

/** Seconds between two dry runs while the definition is wrong: one small request for the whole kind. */
const recheckSeconds = 10

/** Nothing is known yet. */
export const make = <A extends DroppedStatus.Defined>(options: DefinitionCheckOptions<A>): DefinitionCheck<A> => {
  const { resource, example, waiting, remedy, objects, events, metrics } = options
  const definition = `${resource.plural}.${resource.group}`
  /** Whether the server has answered a dry run, or will not. */
  let asked = false
  let problem: string | undefined
  const dropped = DroppedStatus.make<A>()
  /** Objects that have their Event, by uid. */
  const told = new Map<string | undefined, Key>()
  /** What only a change of the cache suggests to be dropped. */
  const doubted = new Set<Key>()
  const asking = Semaphore.makeUnsafe(1)
  metrics.definition(definition, true)

  const isWrong = (what: string) =>
    Effect.suspend(() => {
      if (problem !== undefined) return Effect.void
      problem = `the CustomResourceDefinition ${definition} ${what}; ${waiting} wait until it is replaced: ${remedy}`
      metrics.definition(definition, false)
      return Effect.logError(problem)
    })

  /** Those that waited are queued. */
  const isRight = (changed: Changed, why: string) =>
    Effect.suspend(() => {
      const keys = new Set([...told.values(), ...dropped.keys()])
      problem = undefined
      told.clear()
      metrics.definition(definition, true)
      for (const key of keys) changed(key)
      return Effect.logInfo(`the CustomResourceDefinition ${definition} ${why}`)
    })

  const tell = (object: A) =>
    Effect.suspend(() => {
      const { uid } = object.metadata
      if (problem === undefined || told.has(uid)) return Effect.void
      told.set(uid, keyOf(object))
      const message = problem.charAt(0).toUpperCase() + problem.slice(1)
      return events.record(referenceTo(resource, object), { type: "Warning", reason: "DefinitionIncomplete", message })
    })

  /** What is wrong, according to a dry run on this object. */
  const ask = Effect.fnUntraced(function* (object: A): Effect.fn.Return<string | undefined, KubeError, Kube> {
    const kube = yield* Kube
    const { namespace, name, uid } = object.metadata
    const body = [{ op: "add", path: "/status", value: example }]
    return yield* kube
      .patch(resource, namespace, name, { type: "json", subresource: "status", dryRun: true, body })
      .pipe(
        Effect.map(({ status }) => shortcoming(example, status)),
        Effect.catch((error) => {
          if (refusesStatus(error)) return Effect.succeed(`refuses the status: ${error.message}`)
          if (error.reason !== "NotFound") return Effect.fail(error)
          return Effect.flatMap(find(kube, resource, namespace, name), (found) =>
            found?.metadata.uid === uid ? Effect.succeed("has no status subresource") : Effect.fail(error),
          )
        }),
      )
  })

  const askOnce = (object: A) => asking.withPermit(Effect.suspend(() => (asked ? Effect.void : askFirst(object))))
  const askFirst = (object: A) =>
    ask(object).pipe(
      Effect.tap(() => Effect.sync(() => void (asked = true))),
      Effect.flatMap((what) => (what === undefined ? Effect.void : isWrong(what))),
      Effect.catchIf((error) => !isTransient(error), cannotAsk),
    )

  /** Such as an admission webhook that does not support dry runs. What is about this object alone does not count. */
  const cannotAsk = ({ reason, status, message }: KubeError) => {
    if (reason === "NotFound" || status === 422) return Effect.void
    asked = true
    return Effect.annotateLogs(
      Effect.logWarning("the definition of a resource can only be checked by status writes: a dry run is refused"),
      { definition, reason, error: message },
    )
  }

  const recheck = Effect.fnUntraced(function* (changed: Changed) {
    const [object] = objects.values()
    if (object === undefined) {
      if (problem === undefined) return
      // Nobody waits, and there is nothing to ask about: the next object is asked about before anything begins.
      asked = false
      return yield* isRight(changed, "is not checked while there is no object of it")
    }
    if (problem === undefined) return yield* askOnce(object)
    if ((yield* ask(object)) === undefined) yield* isRight(changed, "has everything that is needed again")
  })

  return {
    allows: Effect.fnUntraced(function* (object) {
      if (!asked) yield* askOnce(object)
      if (problem === undefined) return true
      yield* tell(object)
      return false
    }),
    write: (status, write) =>
      write.pipe(
        Effect.tapError((error) =>
          Effect.sync(() => {
            // By another definition, perhaps: that is asked before anything else begins.
            if (problem === undefined && refusesStatus(error)) asked = false
          }),
        ),
        Effect.flatMap((answer) => {
          const what = shortcoming(status, answer.status)
          doubted.delete(keyOf(answer))
          if (what === undefined) {
            dropped.forget(answer)
            return Effect.succeed(answer)
          }
          dropped.remember(answer, status)
          return isWrong(what).pipe(Effect.andThen(tell(answer)), Effect.as({ ...answer, status }))
        }),
      ),
    remembered: Effect.fnUntraced(function* (object) {
      if (doubted.has(keyOf(object)) && problem === undefined) {
        const what = yield* ask(object).pipe(
          Effect.catchIf(
            (error) => !isTransient(error),
            () => Effect.succeed(undefined),
          ),
        )
        if (what === undefined) dropped.forget(object)
        else yield* isWrong(what)
      }
      doubted.delete(keyOf(object))
      return dropped.complete(object)
    }),
    owes: (object) => problem === undefined && dropped.has(object),
    seen: (before, after) => {
      if (dropped.seen(before, after) && after !== undefined) doubted.add(keyOf(after))
    },
    problem: () => problem,
    watch: (changed) =>
      recheck(changed).pipe(
        Effect.catch(({ message }) => Effect.logDebug("the definition of a resource cannot be checked now", message)),
        Effect.andThen(Effect.sleep(recheckSeconds * 1000)),
        Effect.forever,
      ),
  }
}

/** `lacks status.attempts, status.conditions and 12 more fields …`; undefined when everything was kept. */
const shortcoming = (sent: object, kept: object | undefined): string | undefined => {
  const lost = lostFields({ status: sent }, { status: kept })
  return lost.length === 0 ? undefined : `lacks ${namesOf(lost)}`
}

/** A status that follows our own definition, refused because of the status. */
const refusesStatus = ({ reason, message }: KubeError): boolean => reason === "Invalid" && /\bstatus\.\w/.test(message)
