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
 * followed as before. What the server has stored is touched as little as possible: it is lost only when the object is written. When the
 * definition is right again, everything is read again, and what was lost is written again.
 */

import { Effect, Semaphore } from "effect"
import type { Kube } from "../kube/Kube.ts"
import { isTransient, type KubeError } from "../kube/KubeError.ts"
import * as DefinitionProblem from "./DefinitionProblem.ts"
import * as DroppedStatus from "./DroppedStatus.ts"
import type { Changed } from "./Kind.ts"
import { dryRun, refusesStatus, shortcoming } from "./StatusDryRun.ts"
import { isPartOf } from "./StatusParts.ts"
import { type Key, keyOf, type Store } from "./Store.ts"

export interface DefinitionCheckOptions<
  A extends DroppedStatus.Defined,
> extends DefinitionProblem.DefinitionProblemOptions<A> {
  /** A status that has every field. */
  readonly example: object
  readonly objects: Pick<Store<A>, "get" | "values">
  /** Reads all objects again into the cache: the API server may show more of them than before. */
  readonly reread: Effect.Effect<void, KubeError>
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
  /**
   * Whether this status is not worth a write: the definition is wrong, and the status only adds to what the API server has, most likely what
   * it would drop. It is remembered instead.
   */
  readonly withholds: (object: A, status: NonNullable<A["status"]>) => boolean
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
const recheckSeconds = 5

/** Nothing is known yet. */
export const make = <A extends DroppedStatus.Defined>(options: DefinitionCheckOptions<A>): DefinitionCheck<A> => {
  const { resource, example, objects, reread } = options
  /** Whether the server has answered a dry run, or refuses to. */
  let asked = false
  /** Whether it refuses to, such as for an admission webhook that does not support dry runs: then only status writes can show anything. */
  let mute = false
  /** Whether a status write was kept since. */
  let kept = false
  const problem = DefinitionProblem.make(options)
  const dropped = DroppedStatus.make<A>()
  /** What only a change of the cache suggests to be dropped. */
  const doubted = new Set<Key>()
  const asking = Semaphore.makeUnsafe(1)
  /** Which object is asked about next. */
  let turn = 0
  let queue: Changed = () => {}

  const isWrong = () => problem.text() !== undefined

  /** Everything is queued: what waited, and what is owed. */
  const isRight = (how: string) =>
    reread.pipe(
      Effect.andThen(problem.ends(how)),
      Effect.map(() => {
        for (const object of objects.values()) queue(keyOf(object))
      }),
    )

  const ask = (object: A) => dryRun(resource, object, example)
  const askOnce = (object: A) => asking.withPermit(Effect.suspend(() => (asked ? Effect.void : askFirst(object))))
  const askFirst = (object: A) =>
    ask(object).pipe(
      Effect.tap(() => Effect.sync(() => void (asked = true))),
      Effect.flatMap((what) => (what === undefined ? Effect.void : problem.begins(what))),
      Effect.catchIf(isRefusal, cannotAsk),
      // About this object alone: the next one is asked about.
      Effect.catchIf(
        (error) => !isTransient(error),
        () => Effect.void,
      ),
    )

  const cannotAsk = ({ reason, message }: KubeError) =>
    Effect.suspend(() => {
      const first = !mute
      asked = true
      mute = true
      return Effect.annotateLogs(
        first
          ? Effect.logWarning("the definition of a resource can only be checked by status writes: dry runs are refused")
          : Effect.void,
        { definition: `${resource.plural}.${resource.group}`, reason, error: message },
      )
    })

  /** Asks about one object after the other, in case one cannot answer. */
  const recheck = Effect.suspend(() => {
    if (asked && !isWrong()) return Effect.void
    const all = [...objects.values()]
    const object = all[turn++ % all.length]
    if (!isWrong()) return object === undefined ? Effect.void : askOnce(object)
    if (object === undefined) {
      // Nobody waits, and there is nothing to ask about: the next object is asked about before anything begins.
      asked = false
      return isRight("is not checked while there is no object of it")
    }
    if (mute) return writeAgain
    return ask(object).pipe(
      Effect.flatMap((what) => (what === undefined ? isRight(rightAgain) : Effect.void)),
      Effect.catchIf(isRefusal, cannotAsk),
    )
  })

  /** Without dry runs, one of the statuses that were dropped is written again to see what becomes of it. */
  const writeAgain = Effect.suspend(() => {
    const [key] = dropped.keys()
    if (kept) return isRight(rightAgain)
    if (key === undefined) return isRight("is checked by the next status write")
    queue(key)
    return Effect.void
  })

  return {
    allows: Effect.fnUntraced(function* (object) {
      if (!asked) yield* askOnce(object)
      if (!isWrong()) return true
      yield* problem.tell(object)
      return false
    }),
    write: (status, write) =>
      write.pipe(
        Effect.tapError((error) =>
          Effect.sync(() => {
            // By another definition, perhaps: that is asked before anything else begins.
            if (!isWrong() && refusesStatus(error)) asked = false
          }),
        ),
        Effect.flatMap((answer) => {
          const what = shortcoming(status, answer.status)
          doubted.delete(keyOf(answer))
          if (what === undefined) {
            kept = true
            dropped.forget(answer)
            return Effect.succeed(answer)
          }
          kept = false
          dropped.remember(answer, status)
          return problem.begins(what).pipe(Effect.andThen(problem.tell(answer)), Effect.as({ ...answer, status }))
        }),
      ),
    remembered: Effect.fnUntraced(function* (object) {
      if (doubted.has(keyOf(object)) && !isWrong()) {
        const what = yield* ask(object).pipe(
          Effect.catchIf(
            (error) => !isTransient(error),
            () => Effect.succeed(undefined),
          ),
        )
        if (what === undefined) dropped.forget(object)
        else yield* problem.begins(what)
      }
      doubted.delete(keyOf(object))
      return dropped.complete(object)
    }),
    withholds: (object, status) => {
      const stored = objects.get(keyOf(object))
      if (!isWrong() || mute || stored?.status === undefined) return false
      const onlyAdds = stored.metadata.uid === object.metadata.uid && isPartOf(stored.status, status)
      if (onlyAdds) dropped.remember(stored, status)
      return onlyAdds
    },
    owes: (object) => (!isWrong() || mute) && dropped.has(object),
    seen: (before, after) => {
      if (before === undefined) return
      if (dropped.seen(before, after)) doubted.add(keyOf(before))
      else if (after === undefined) doubted.delete(keyOf(before))
    },
    problem: problem.text,
    watch: (changed) => {
      queue = changed
      return recheck.pipe(
        Effect.catch(({ message }) => Effect.logDebug("the definition of a resource cannot be checked now", message)),
        Effect.andThen(Effect.sleep(recheckSeconds * 1000)),
        Effect.forever,
      )
    },
  }
}

const rightAgain = "has everything that is needed again"

/** No dry run is answered, whatever it is about. */
const isRefusal = ({ reason, status }: KubeError): boolean =>
  reason === "Forbidden" || (reason === "Invalid" && status !== 422)
