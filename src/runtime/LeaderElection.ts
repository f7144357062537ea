/**
 * Which of several replicas acts: the one that holds a Lease. Rules and times are those of client-go (renew every 2 s, stop
 * 10 s after the last renewal, 15 s until another replica may take over).
 *
 * Guarantee: no two replicas act at the same time. Unlike with client-go, a leader that cannot renew does not exit: it pauses, and resumes if
 * it still holds the Lease when the API server is back. Only another leader ends it.
 *
 * Why that holds: a holder measures from *before* it sent the renewal that succeeded, a candidate from *after* it saw that renewal; the
 * holder stops at the renew deadline, a candidate takes over after the longer lease duration. Each measures with its own monotonic clock, so
 * clocks that differ or jump do not matter, as long as they run at about the same speed. A process that was asleep (a paused machine, whose
 * monotonic clock may have stopped too) reads both its clocks before every request, and waits for a renewal when either says that the
 * deadline has passed. A Lease that is deleted still counts for the replicas that saw it.
 *
 * What remains: a request that was queued or in flight when the machine or the network paused and is carried out late, and a machine both of
 * whose clocks stopped. They do no harm, because the API server fences every write: a status carries the resource version that it is based on
 * and precedes what it announces, objects are created under names that only one attempt has, deletions name such an object or its uid.
 */

import { Clock, Deferred, Effect, Latch, Option, Random, type Scope } from "effect"
import type { Lease } from "kubernetes-types/coordination/v1"
import { boundedFinalizer } from "../kube/BoundedFinalizer.ts"
import { find, type KubeApi } from "../kube/Kube.ts"
import { isStale, KubeError } from "../kube/KubeError.ts"
import { leases } from "../kube/Resource.ts"
import type { LeadershipChange } from "../telemetry/operator/RuntimeMetrics.ts"
import { type Leadership, LeadershipLost } from "./Leadership.ts"
import { heldBy, holderOf, isHeldByOther, released, sighted, type Sighting } from "./LeaseRecord.ts"

export interface ElectionSettings {
  readonly namespace: string
  readonly name: string
  /** This replica in the Lease. No two processes may have the same one at the same time. */
  readonly identity: string
  /** How long other replicas wait after the last renewal of this one. */
  readonly durationSeconds: number
  /** How long this replica acts after its last renewal; shorter than the duration. */
  readonly renewDeadlineSeconds: number
  /** Between two tries; shorter than the renew deadline. */
  readonly retrySeconds: number
}

/** How long the release may take at the end. */
const releaseSeconds = 3

/**
 * Takes part in the election from when `ready` resumes until the scope ends. The end of the scope releases the Lease, so what acts as leader
 * must be started in the scope after this. `changed` is called with every change of this replica's role.
 */
export const make = Effect.fnUntraced(function* (
  kube: Pick<KubeApi, "get" | "create" | "patch">,
  election: ElectionSettings,
  ready: Effect.Effect<void>,
  changed: (change: LeadershipChange) => void,
): Effect.fn.Return<Leadership, never, Scope.Scope> {
  const { namespace, name, identity } = election
  const clock = yield* Clock.Clock
  const monotonic = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e9
  const wall = () => clock.currentTimeMillisUnsafe()

  const elected = Latch.makeUnsafe(false)
  const renewed = Latch.makeUnsafe(false)
  /** Open while nothing may be in progress: while paused, and after the end. */
  const stopped = Latch.makeUnsafe(false)
  const lost = yield* Deferred.make<never, LeadershipLost>()
  let sighting: Sighting | undefined
  /** Whether the sighting is what this replica wrote last. */
  let isCurrent = false
  let leads = false
  let paused = false
  let isOver = false
  /** From before the last successful renewal was sent, on both clocks. */
  let since = { monotonic: 0, wall: 0 }

  /** Seconds since the last renewal, by whichever clock says more. */
  const age = () => Math.max(monotonic() - since.monotonic, (wall() - since.wall) / 1000)

  const readLease = Effect.suspend(() =>
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

  /** For a leader. A Lease without a holder was tampered with; after a pause, another replica may have held and released it. */
  const isTaken = ({ lease }: Sighting): boolean => {
    const holder = holderOf(lease?.spec)
    return holder === undefined ? paused && lease !== undefined : holder !== identity
  }

  /** Takes or renews the Lease; false when another replica holds it. */
  const hold = Effect.fnUntraced(function* (seen: Sighting): Effect.fn.Return<boolean, KubeError> {
    if (leads ? isTaken(seen) : isHeldByOther(seen, identity, monotonic())) return false
    const before = { monotonic: monotonic(), wall: wall() }
    isCurrent = false
    const lease = yield* write(seen.lease, heldBy(identity, election.durationSeconds, seen.spec, before.wall))
    sighting = sighted(undefined, lease, monotonic())
    since = before
    isCurrent = true
    if (paused) {
      paused = false
      stopped.closeUnsafe()
      changed("resumed")
    }
    renewed.openUnsafe()
    return true
  })

  /** A holder renews what it wrote last. If the Lease was written otherwise meanwhile, or the last answer was lost, it is read first. */
  const attempt: Effect.Effect<boolean, KubeError> = Effect.suspend(() =>
    isCurrent && sighting !== undefined
      ? Effect.catchIf(hold(sighting), isStale, () => Effect.flatMap(readLease, hold))
      : Effect.flatMap(readLease, hold),
  )

  /** Why the last try failed; logged as a warning once, until another reason or a success. */
  let trouble: KubeError["reason"] | undefined

  const failed = ({ reason, request, message }: KubeError) => {
    const isNew = reason !== trouble && reason !== "Conflict" && reason !== "AlreadyExists"
    trouble = reason
    return (isNew ? Effect.logWarning : Effect.logDebug)("cannot read or write the leader election Lease", {
      lease: `${namespace}/${name}`,
      request,
      reason,
      error: message,
    }).pipe(Effect.as(Option.none<boolean>()))
  }

  /** One try within `seconds`: whether this replica holds the Lease now, or undefined when that is unknown. */
  const tryOnce = (seconds: number) =>
    attempt.pipe(
      Effect.tap(() => Effect.sync(() => void (trouble = undefined))),
      Effect.timeoutOption(seconds * 1000),
      Effect.catch(failed),
      Effect.map(Option.getOrUndefined),
    )

  const tryLimit = election.renewDeadlineSeconds / 2

  const campaign = Effect.gen(function* () {
    let logged: string | undefined
    while ((yield* tryOnce(tryLimit)) !== true) {
      const holder = holderOf(sighting?.spec)
      if (holder !== logged) yield* Effect.logInfo("standing by", { leader: holder })
      logged = holder
      // With jitter, so that candidates do not all try at the same time.
      yield* Effect.sleep(election.retrySeconds * (1 + 0.2 * (yield* Random.next)) * 1000)
    }
    leads = true
    changed("acquired")
    yield* Effect.logInfo("acquired leadership", { lease: `${namespace}/${name}`, identity })
    renewed.openUnsafe()
    elected.openUnsafe()
  })

  const left = () => since.monotonic + election.renewDeadlineSeconds - monotonic()
  /** What is left until the deadline, or all of it when that is over. */
  const within = (seconds: number) => (left() > 0 ? Math.min(seconds, left()) : seconds)

  const pauseIfOverdue = Effect.suspend(() => {
    if (paused || left() > 0) return Effect.void
    paused = true
    stopped.openUnsafe()
    changed("paused")
    return Effect.logWarning("paused: the Lease could not be renewed in time", { lease: `${namespace}/${name}` })
  })

  /** Ends when another replica holds the Lease, with a sentence that says so. */
  const keep = Effect.gen(function* () {
    for (;;) {
      yield* Effect.sleep(within(election.retrySeconds) * 1000)
      yield* pauseIfOverdue
      const wasPaused = paused
      const isHeld = yield* tryOnce(within(tryLimit))
      if (isHeld === false) return `${holderOf(sighting?.spec) ?? "another replica"} holds it, or held it meanwhile`
      if (isHeld === true && wasPaused) yield* Effect.logInfo("resumed: the Lease is renewed")
      yield* pauseIfOverdue
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
    const { lease } = yield* readLease
    if (lease === undefined || holderOf(lease.spec) !== identity) return false
    yield* write(lease, released(lease.spec, wall()))
    return true
  })

  /** Also when it is not known that this replica leads, because the end came while the answer was in flight. */
  const release = Effect.gen(function* () {
    if (isOver || sighting === undefined) return
    const led = leads
    end()
    // Once more if a renewal that was still in flight came between.
    const isReleased = yield* Effect.retry(giveBack, { times: 2, while: ({ reason }) => reason === "Conflict" })
    if (isReleased && led) changed("released")
  }).pipe(
    Effect.catch(({ request, reason, message }: KubeError) =>
      Effect.logWarning("could not release the leader election Lease", { request, reason, error: message }),
    ),
  )

  yield* Effect.addFinalizer(() => boundedFinalizer(release, releaseSeconds))
  yield* Effect.forkScoped(Effect.andThen(Effect.andThen(ready, campaign), Effect.flatMap(keep, lose)))

  const permit: Effect.Effect<void> = Effect.suspend(() => {
    if (isOver) return Effect.interrupt
    if (leads && age() < election.renewDeadlineSeconds) return Effect.void
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
            message: `not done for ${election.renewDeadlineSeconds} s: another replica may lead soon`,
          }),
        ),
  )

  return {
    elected: elected.await,
    stopped: Effect.andThen(stopped.await, over),
    lost: Deferred.await(lost),
    permit,
    leader: () => (leads ? identity : holderOf(sighting?.spec)),
    leads: () => leads && !paused,
  }
})
