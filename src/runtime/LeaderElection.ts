/**
 * Which of several replicas acts: the one that holds a Lease. The rules and times are those of client-go (renew every 2 s, stop
 * 10 s after the last renewal, 15 s until another may take over), and the promise is that never two replicas act at the same time. Unlike
 * client-go's, a leader that cannot renew does not end: it stands still, and goes on if the Lease is still its own when the API server is
 * back. Only another leader ends it.
 *
 * Why that holds. A holder counts its time from *before* it sent the renewal that succeeded, a candidate from *after* it saw that renewal; the
 * holder stops at the renew deadline, a candidate takes over after the longer lease duration. Both measure with their own monotonic
 * clock, so clocks that differ or jump do not matter, as long as they run at about the same speed. A process that was asleep (a paused
 * machine, whose monotonic clock may have slept too) asks both its clocks before every request, and waits for a renewal when either says
 * that the time is over. A Lease that somebody deletes still counts for those who saw it.
 *
 * What remains is a request that was in the client's line or on its way when the machine or the network stood still, and is carried out
 * late, and a machine both of whose clocks slept. They do no harm, because every write is fenced by the API server: a status carries the
 * resource version that it rests on and comes before what it announces, objects are created under names that only one attempt has, deletions
 * name such an object or its uid.
 */

import { Clock, Deferred, Effect, Fiber, Latch, Option, Random, type Scope } from "effect"
import type { Lease } from "kubernetes-types/coordination/v1"
import { find, type KubeApi } from "../kube/Kube.ts"
import { isStale, KubeError } from "../kube/KubeError.ts"
import { leases } from "../kube/Resource.ts"
import { type Leadership, LeadershipLost } from "./Leadership.ts"
import { heldBy, holderOf, isHeldByOther, released, sighted, type Sighting } from "./LeaseRecord.ts"

export interface Candidacy {
  readonly namespace: string
  readonly name: string
  /** Who we are in the Lease. Two processes must never have the same at the same time. */
  readonly identity: string
  /** How long others wait after our last renewal. */
  readonly durationSeconds: number
  /** How long we act after our last renewal; shorter than the duration. */
  readonly renewDeadlineSeconds: number
  /** Between two tries; shorter than the renew deadline. */
  readonly retrySeconds: number
}

/** `paused`: it cannot be renewed, so all work stands still; `resumed`: it was renewed after all. */
export type LeadershipChange = "acquired" | "paused" | "resumed" | "released" | "lost"

/** How long the release may take at the end. */
const releaseSeconds = 3

/**
 * Stands for election from when `ready` resumes until the scope ends. The end of the scope releases the Lease, so what acts as leader must be
 * started in the scope after this. `changed` is told of every change of our own part.
 */
export const make = Effect.fnUntraced(function* (
  kube: Pick<KubeApi, "get" | "create" | "patch">,
  candidacy: Candidacy,
  ready: Effect.Effect<void>,
  changed: (change: LeadershipChange) => void,
): Effect.fn.Return<Leadership, never, Scope.Scope> {
  const { namespace, name, identity } = candidacy
  const clock = yield* Clock.Clock
  const monotonic = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e9
  const wall = () => clock.currentTimeMillisUnsafe()

  const elected = Latch.makeUnsafe(false)
  const renewed = Latch.makeUnsafe(false)
  /** Open while nothing may be under way: at a standstill, and after the end. */
  const stopped = Latch.makeUnsafe(false)
  const lost = yield* Deferred.make<never, LeadershipLost>()
  let sighting: Sighting | undefined
  /** Whether the sighting is what we wrote last. */
  let sure = false
  let leads = false
  let standsStill = false
  let isOver = false
  /** From before the last successful renewal was sent, on both clocks. */
  let since = { monotonic: 0, wall: 0 }

  /** Seconds since the last renewal, by whichever clock says more. */
  const age = () => Math.max(monotonic() - since.monotonic, (wall() - since.wall) / 1000)

  const look = Effect.suspend(() =>
    Effect.map(find(kube, leases, namespace, name), (lease) => {
      sighting = sighted(sighting, lease, monotonic())
      return sighting
    }),
  )

  /** Refused by the API server if the Lease is not as it was last seen. */
  const write = (lease: Lease | undefined, spec: NonNullable<Lease["spec"]>) =>
    lease === undefined
      ? kube.create(leases, namespace, { metadata: { name }, spec })
      : kube.patch(leases, namespace, name, {
          type: "json",
          body: [
            { op: "replace", path: "/metadata/resourceVersion", value: lease.metadata?.resourceVersion },
            { op: "add", path: "/spec", value: spec },
          ],
        })

  /** Of one who leads. Nobody's is a Lease that was tampered with; after a standstill somebody else may have had it, and given it back. */
  const isTaken = ({ lease }: Sighting): boolean => {
    const holder = holderOf(lease?.spec)
    return holder === undefined ? standsStill && lease !== undefined : holder !== identity
  }

  /** Takes the Lease, or keeps it; false when it is another's. */
  const hold = Effect.fnUntraced(function* (seen: Sighting): Effect.fn.Return<boolean, KubeError> {
    if (leads ? isTaken(seen) : isHeldByOther(seen, identity, monotonic())) return false
    const before = { monotonic: monotonic(), wall: wall() }
    sure = false
    const lease = yield* write(seen.lease, heldBy(identity, candidacy.durationSeconds, seen.spec, before.wall))
    sighting = sighted(undefined, lease, monotonic())
    since = before
    sure = true
    if (standsStill) {
      standsStill = false
      stopped.closeUnsafe()
      changed("resumed")
    }
    renewed.openUnsafe()
    return true
  })

  /** A holder renews what it wrote last. If somebody else wrote meanwhile, or the last answer was lost on the way, it looks first. */
  const attempt: Effect.Effect<boolean, KubeError> = Effect.suspend(() =>
    sure && sighting !== undefined
      ? Effect.catchIf(hold(sighting), isStale, () => Effect.flatMap(look, hold))
      : Effect.flatMap(look, hold),
  )

  /** Why the last try failed; told once, until another reason or a success. */
  let trouble: KubeError["reason"] | undefined

  const failed = ({ reason, request, message }: KubeError) => {
    const isNews = reason !== trouble && reason !== "Conflict" && reason !== "AlreadyExists"
    trouble = reason
    return (isNews ? Effect.logWarning : Effect.logDebug)("the Lease of the leader cannot be read or written", {
      lease: `${namespace}/${name}`,
      request,
      reason,
      error: message,
    }).pipe(Effect.as(Option.none<boolean>()))
  }

  /** One try within `seconds`: whose the Lease is now, or undefined when that cannot be said. */
  const tryOnce = (seconds: number) =>
    attempt.pipe(
      Effect.tap(() => Effect.sync(() => void (trouble = undefined))),
      Effect.timeoutOption(seconds * 1000),
      Effect.catch(failed),
      Effect.map(Option.getOrUndefined),
    )

  const tryLimit = candidacy.renewDeadlineSeconds / 2

  const stand = Effect.gen(function* () {
    let told: string | undefined
    while ((yield* tryOnce(tryLimit)) !== true) {
      const holder = holderOf(sighting?.spec)
      if (holder !== told) yield* Effect.logInfo("standing by", { leader: holder })
      told = holder
      // A little apart, so that not all candidates ask at the same time.
      yield* Effect.sleep(candidacy.retrySeconds * (1 + 0.2 * (yield* Random.next)) * 1000)
    }
    leads = true
    changed("acquired")
    yield* Effect.logInfo("leads now", { lease: `${namespace}/${name}`, identity })
    renewed.openUnsafe()
    elected.openUnsafe()
  })

  const left = () => since.monotonic + candidacy.renewDeadlineSeconds - monotonic()
  /** What is left until the deadline, or all of it when that is over. */
  const within = (seconds: number) => (left() > 0 ? Math.min(seconds, left()) : seconds)

  const standStill = Effect.suspend(() => {
    if (standsStill || left() > 0) return Effect.void
    standsStill = true
    stopped.openUnsafe()
    changed("paused")
    return Effect.logWarning("stands still: the Lease could not be renewed", { lease: `${namespace}/${name}` })
  })

  /** Ends with the reason why the leadership is over: that of another. */
  const keep = Effect.gen(function* () {
    for (;;) {
      yield* Effect.sleep(within(candidacy.retrySeconds) * 1000)
      yield* standStill
      const stood = standsStill
      const isHeld = yield* tryOnce(within(tryLimit))
      if (isHeld === false) return `${holderOf(sighting?.spec) ?? "another replica"} holds it, or did meanwhile`
      if (isHeld === true && stood) yield* Effect.logInfo("goes on: the Lease is renewed")
      yield* standStill
    }
  })

  const end = () => {
    isOver = true
    leads = false
    renewed.openUnsafe()
    stopped.openUnsafe()
  }

  const lose = (why: string) =>
    Effect.suspend(() => {
      end()
      changed("lost")
      return Deferred.fail(lost, new LeadershipLost({ message: `lost the Lease ${namespace}/${name}: ${why}` }))
    })

  const giveBack = Effect.gen(function* () {
    const { lease } = yield* look
    if (lease === undefined || holderOf(lease.spec) !== identity) return false
    yield* write(lease, released(lease.spec, wall()))
    return true
  })

  /** Also when we do not know that we lead, because the end came while the answer was under way. */
  const release = Effect.gen(function* () {
    if (isOver || sighting === undefined) return
    const led = leads
    end()
    // Once more if a renewal that was still under way came between.
    const isReleased = yield* Effect.retry(giveBack, { times: 2, while: ({ reason }) => reason === "Conflict" })
    if (isReleased && led) changed("released")
  }).pipe(
    Effect.timeoutOption(releaseSeconds * 1000),
    Effect.catch(({ request, reason, message }: KubeError) =>
      Effect.logWarning("the Lease of the leader is not released", { request, reason, error: message }),
    ),
  )

  // In a fiber of its own: this one may be interrupted already, and then could not wait for a limited time.
  yield* Effect.addFinalizer(() => Effect.flatMap(Effect.forkDetach(release), Fiber.await))
  yield* Effect.forkScoped(Effect.andThen(Effect.andThen(ready, stand), Effect.flatMap(keep, lose)))

  const permit: Effect.Effect<void> = Effect.suspend(() => {
    if (isOver) return Effect.interrupt
    if (leads && age() < candidacy.renewDeadlineSeconds) return Effect.void
    renewed.closeUnsafe()
    return Effect.andThen(renewed.await, permit)
  })

  const over = Effect.suspend(() =>
    isOver
      ? Effect.interrupt
      : Effect.fail(
          new KubeError({
            reason: "Unavailable",
            request: `renewal of the Lease ${namespace}/${name}`,
            message: `not done for ${candidacy.renewDeadlineSeconds} s: another replica may lead soon`,
          }),
        ),
  )

  return {
    elected: elected.await,
    stopped: Effect.andThen(stopped.await, over),
    lost: Deferred.await(lost),
    permit,
    leader: () => (leads ? identity : holderOf(sighting?.spec)),
    leads: () => leads && !standsStill,
  }
})
