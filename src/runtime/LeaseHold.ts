/**
 * What one replica knows of the Lease, and its requests about it: read, take or renew, give back. Every write carries the resource version
 * that was seen last, so of two replicas that write at the same time the API server refuses one.
 */

import { Effect } from "effect"
import type { Lease } from "kubernetes-types/coordination/v1"
import { find, type KubeApi } from "../kube/Kube.ts"
import { isStale, type KubeError } from "../kube/KubeError.ts"
import { leases } from "../kube/Resource.ts"
import { heldBy, holderOf, released, sighted, type Sighting } from "./LeaseRecord.ts"

/** A moment on both clocks of the process: monotonic in seconds, wall in epoch milliseconds. */
export interface Moment {
  readonly monotonic: number
  readonly wall: number
}

export interface LeaseIdentity {
  readonly namespace: string
  readonly name: string
  /** This replica in the Lease. */
  readonly identity: string
  readonly durationSeconds: number
}

/** What a leader leaves in the Lease for the next one, which may begin after a time without any leader: an annotation. */
export interface LeaseNote {
  readonly key: string
  /** What it should be now. */
  readonly current: () => string | undefined
  /** Gets what the last leader left, once, before this replica leads. */
  readonly recall: (value: string | undefined) => void
}

export interface LeaseHold {
  /**
   * Takes or renews the Lease: the moment before the request that succeeded was sent, or undefined when `mayHold` denies it for the Lease as
   * it is now.
   */
  readonly hold: (mayHold: (seen: Sighting) => boolean) => Effect.Effect<Moment | undefined, KubeError>
  /** Makes the Lease free if this replica holds it; whether it did. */
  readonly giveBack: Effect.Effect<boolean, KubeError>
  /** The holder that was seen last. */
  readonly holder: () => string | undefined
  /** Whether any request may have reached the Lease. */
  readonly isSeen: () => boolean
}

export const make = (
  kube: Pick<KubeApi, "get" | "create" | "patch">,
  { namespace, name, identity, durationSeconds }: LeaseIdentity,
  now: () => Moment,
  note?: LeaseNote,
): LeaseHold => {
  let sighting: Sighting | undefined
  /** Whether the sighting is what this replica wrote last. */
  let isCurrent = false
  let hasRecalled = false

  const read = Effect.suspend(() =>
    Effect.map(find(kube, leases, namespace, name), (lease) => {
      sighting = sighted(sighting, lease, now().monotonic)
      return sighting
    }),
  )

  const noted = (lease: Lease | undefined) => note && lease?.metadata?.annotations?.[note.key]

  /** The annotations of the Lease with the note, if that has to be written. */
  const annotationsFor = (lease: Lease | undefined): Record<string, string> | undefined => {
    const current = note?.current()
    return note === undefined || current === undefined || current === noted(lease)
      ? undefined
      : { ...lease?.metadata?.annotations, [note.key]: current }
  }

  /** Refused by the API server if the Lease is not as it was last seen. */
  const write = (lease: Lease | undefined, spec: NonNullable<Lease["spec"]>) => {
    const annotations = annotationsFor(lease)
    return lease === undefined
      ? kube.create(leases, namespace, { metadata: { name, ...(annotations && { annotations }) }, spec })
      : kube.patch(leases, namespace, name, {
          type: "json",
          body: [
            { op: "replace", path: "/metadata/resourceVersion", value: lease.metadata?.resourceVersion },
            ...(annotations === undefined ? [] : [{ op: "add", path: "/metadata/annotations", value: annotations }]),
            { op: "add", path: "/spec", value: spec },
          ],
        })
  }

  /** A holder renews what it wrote last. If the Lease was written otherwise meanwhile, or the last answer was lost, it is read first. */
  const hold: LeaseHold["hold"] = (mayHold) => {
    const writeOver = Effect.fnUntraced(function* (seen: Sighting): Effect.fn.Return<Moment | undefined, KubeError> {
      if (!mayHold(seen)) return undefined
      const before = now()
      isCurrent = false
      const lease = yield* write(seen.lease, heldBy(identity, durationSeconds, seen.spec, before.wall))
      sighting = sighted(undefined, lease, now().monotonic)
      isCurrent = true
      if (!hasRecalled) note?.recall(noted(seen.lease))
      hasRecalled = true
      return before
    })
    return Effect.suspend(() =>
      isCurrent && sighting !== undefined
        ? Effect.catchIf(writeOver(sighting), isStale, () => Effect.flatMap(read, writeOver))
        : Effect.flatMap(read, writeOver),
    )
  }

  const giveBack = Effect.gen(function* () {
    const { lease } = yield* read
    if (lease === undefined || holderOf(lease.spec) !== identity) return false
    yield* write(lease, released(lease.spec, now().wall))
    return true
  })

  return { hold, giveBack, holder: () => holderOf(sighting?.spec), isSeen: () => sighting !== undefined }
}
