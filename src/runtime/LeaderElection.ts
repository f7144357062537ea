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
 * whose clocks stopped. They do no harm, because the API server fences every write: a status carries the resource version that it is based on,
 * objects are created under names that only one attempt has, deletions name such an object or its uid.
 */

import { Clock, Deferred, Effect, Latch, Option, Random, type Scope } from "effect"
import { boundedFinalizer } from "../kube/BoundedFinalizer.ts"
import type { KubeApi } from "../kube/Kube.ts"
import { KubeError } from "../kube/KubeError.ts"
import type { LeadershipChange } from "../telemetry/operator/RuntimeMetrics.ts"
import { type Leadership, LeadershipLost } from "./Leadership.ts"
import * as LeaseHold from "./LeaseHold.ts"
import { holderOf, isHeldByOther, type Sighting } from "./LeaseRecord.ts"

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

/** candidate → leader ⇄ paused → over, which is final. */
type Role = "candidate" | "leader" | "paused" | "over"

/** How long the release may take at the end. */
const releaseSeconds = 3

/**
 * Takes part in the election from when `ready` resumes until the scope ends. The end of the scope releases the Lease, so what acts as leader
 * must be started in the scope after this. `changed` is called with every change of this replica's role;
 * `note` is passed on from leader to leader.
 */
export const make = Effect.fnUntraced(function* (
  kube: Pick<KubeApi, "get" | "create" | "patch">,
  election: ElectionSettings,
  ready: Effect.Effect<void>,
  changed: (change: LeadershipChange) => void,
  note?: LeaseHold.LeaseNote,
): Effect.fn.Return<Leadership, never, Scope.Scope> {
  const { identity, renewDeadlineSeconds, retrySeconds } = election
  const leaseName = `${election.namespace}/${election.name}`
  const clock = yield* Clock.Clock
  const monotonic = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e9
  const now = (): LeaseHold.Moment => ({ monotonic: monotonic(), wall: clock.currentTimeMillisUnsafe() })
  const lease = LeaseHold.make(kube, election, now, note)

  const elected = Latch.makeUnsafe(false)
  /** Opened by every renewal, and at the end. */
  const renewed = Latch.makeUnsafe(false)
  /** Open while nothing may be in progress: while paused, and after the end. */
  const stopped = Latch.makeUnsafe(false)
  const lost = yield* Deferred.make<never, LeadershipLost>()
  let role: Role = "candidate"
  /** From before the last successful renewal was sent. */
  let since: LeaseHold.Moment = { monotonic: 0, wall: 0 }

  /** Seconds since the last renewal, by whichever clock says more. */
  const age = () => Math.max(monotonic() - since.monotonic, (now().wall - since.wall) / 1000)

  /** For a leader: a Lease without a holder was tampered with; after a pause, another replica may have held and released it. */
  const mayHold = (seen: Sighting): boolean => {
    if (role === "candidate") return !isHeldByOther(seen, identity, monotonic())
    const holder = holderOf(seen.lease?.spec)
    return holder === undefined ? role !== "paused" || seen.lease === undefined : holder === identity
  }

  const renewedAt = (moment: LeaseHold.Moment) => {
    since = moment
    if (role === "paused") {
      role = "leader"
      stopped.closeUnsafe()
      changed("resumed")
    }
    renewed.openUnsafe()
  }

  /** Whether this replica holds the Lease after one try. */
  const attempt = Effect.map(lease.hold(mayHold), (moment) => {
    if (moment !== undefined) renewedAt(moment)
    return moment !== undefined
  })

  /** Why the last try failed; logged as a warning once, until another reason or a success. */
  let trouble: KubeError["reason"] | undefined

  const failed = ({ reason, request, message }: KubeError) => {
    const isNew = reason !== trouble && reason !== "Conflict" && reason !== "AlreadyExists"
    trouble = reason
    return (isNew ? Effect.logWarning : Effect.logDebug)("cannot read or write the leader election Lease", {
      lease: leaseName,
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

  const tryLimit = renewDeadlineSeconds / 2

  const campaign = Effect.gen(function* () {
    let logged: string | undefined
    while ((yield* tryOnce(tryLimit)) !== true) {
      const holder = lease.holder()
      if (holder !== logged) yield* Effect.logInfo("standing by", { leader: holder })
      logged = holder
      // With jitter, so that candidates do not all try at the same time.
      yield* Effect.sleep(retrySeconds * (1 + 0.2 * (yield* Random.next)) * 1000)
    }
    role = "leader"
    changed("acquired")
    yield* Effect.logInfo("acquired leadership", { lease: leaseName, identity })
    renewed.openUnsafe()
    elected.openUnsafe()
  })

  const left = () => since.monotonic + renewDeadlineSeconds - monotonic()
  /** What is left until the deadline, or all of it when that is over. */
  const within = (seconds: number) => (left() > 0 ? Math.min(seconds, left()) : seconds)

  const pauseIfOverdue = Effect.suspend(() => {
    if (role !== "leader" || left() > 0) return Effect.void
    role = "paused"
    stopped.openUnsafe()
    changed("paused")
    return Effect.logWarning("paused: the Lease could not be renewed in time", { lease: leaseName })
  })

  /** Ends when another replica holds the Lease, with a sentence that says so. */
  const keep = Effect.gen(function* () {
    for (;;) {
      yield* Effect.sleep(within(retrySeconds) * 1000)
      yield* pauseIfOverdue
      const wasPaused = role === "paused"
      const isHeld = yield* tryOnce(within(tryLimit))
      if (isHeld === false) return `${lease.holder() ?? "another replica"} holds it, or held it meanwhile`
      if (isHeld === true && wasPaused) yield* Effect.logInfo("resumed: the Lease is renewed")
      yield* pauseIfOverdue
    }
  })

  const end = () => {
    role = "over"
    renewed.openUnsafe()
    stopped.openUnsafe()
  }

  const lose = (why: string) =>
    Effect.suspend(() => {
      end()
      changed("lost")
      return Deferred.fail(lost, new LeadershipLost({ message: `lost the Lease ${leaseName}: ${why}` }))
    })

  /** Also when it is not known that this replica leads, because the end came while the answer was in flight. */
  const release = Effect.gen(function* () {
    if (role === "over" || !lease.isSeen()) return
    const led = role !== "candidate"
    end()
    // Once more if a renewal that was still in flight came between.
    const isReleased = yield* Effect.retry(lease.giveBack, { times: 2, while: ({ reason }) => reason === "Conflict" })
    if (isReleased && led) changed("released")
  }).pipe(
    Effect.catch(({ request, reason, message }: KubeError) =>
      Effect.logWarning("could not release the leader election Lease", { request, reason, error: message }),
    ),
  )

  yield* Effect.addFinalizer(() => boundedFinalizer(release, releaseSeconds))
  yield* Effect.forkScoped(Effect.andThen(Effect.andThen(ready, campaign), Effect.flatMap(keep, lose)))

  const permit: Effect.Effect<void> = Effect.suspend(() => {
    if (role === "over") return Effect.interrupt
    if (role === "leader" && age() < renewDeadlineSeconds) return Effect.void
    renewed.closeUnsafe()
    return Effect.andThen(renewed.await, permit)
  })

  const over = Effect.suspend(() =>
    role === "over"
      ? Effect.interrupt
      : Effect.fail(
          new KubeError({
            reason: "Unavailable",
            request: `renewal of the Lease ${leaseName}`,
            message: `not done for ${renewDeadlineSeconds} s: another replica may lead soon`,
          }),
        ),
  )

  return {
    elected: elected.await,
    stopped: Effect.andThen(stopped.await, over),
    lost: Deferred.await(lost),
    permit,
    leader: () => (role === "leader" || role === "paused" ? identity : lease.holder()),
    leads: () => role === "leader",
  }
})
