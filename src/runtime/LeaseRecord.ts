/**
 * How a Lease records the leader, and what a candidate writes into it: the record of client-go's leader election, so that
 * `kubectl get lease` and other tools read it as any other. Pure; times of candidates are their own monotonic seconds.
 */

import type { Lease, LeaseSpec } from "kubernetes-types/coordination/v1"

/** A Lease as a candidate last saw it. */
export interface Sighting {
  /** Undefined: it does not exist. */
  readonly lease: Lease | undefined
  /** The spec that counts: that of the Lease, or of one that was deleted and has not expired. */
  readonly spec: LeaseSpec | undefined
  /** When this spec was first seen, in monotonic seconds of the replica that saw it. */
  readonly since: number
}

/** The holder's identity; undefined when there is none, or the Lease was released. */
export const holderOf = (spec: LeaseSpec | undefined): string | undefined => spec?.holderIdentity || undefined

const unchanged = (a: LeaseSpec | undefined, b: LeaseSpec | undefined): boolean =>
  holderOf(a) === holderOf(b) && a?.renewTime === b?.renewTime && a?.acquireTime === b?.acquireTime

/**
 * Takes in what was read at `now`. A record that has not changed keeps the time at which it was first seen: that is all a candidate
 * needs, so clocks of different machines need not agree. A Lease that was deleted keeps its holder until it would have expired.
 */
export const sighted = (before: Sighting | undefined, lease: Lease | undefined, now: number): Sighting => {
  if (before !== undefined && lease === undefined) return { ...before, lease }
  const spec = lease?.spec
  const since = before !== undefined && unchanged(before.spec, spec) ? before.since : now
  return { lease, spec, since }
}

/** Whether another replica may still be acting as its holder, which has promised to stop within the duration that it recorded. */
export const isHeldByOther = ({ spec, since }: Sighting, identity: string, now: number): boolean => {
  const holder = holderOf(spec)
  return holder !== undefined && holder !== identity && now < since + (spec?.leaseDurationSeconds ?? 0)
}

/** RFC 3339 with microseconds, as `MicroTime` is written. */
const microTime = (millis: number): string => new Date(millis).toISOString().replace("Z", "000Z")

/** The record of a holder at `millis` since 1970: a renewal if it held the lease already, else one transition more. */
export const heldBy = (
  identity: string,
  durationSeconds: number,
  before: LeaseSpec | undefined,
  millis: number,
): LeaseSpec => {
  const time = microTime(millis)
  const renews = holderOf(before) === identity
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(durationSeconds),
    acquireTime: renews ? (before?.acquireTime ?? time) : time,
    renewTime: time,
    leaseTransitions: (before?.leaseTransitions ?? 0) + (renews || before === undefined ? 0 : 1),
  }
}

/** The record after a clean stop: the next candidate may take the Lease at once. */
export const released = (before: LeaseSpec | undefined, millis: number): LeaseSpec => ({
  holderIdentity: "",
  leaseDurationSeconds: 1,
  acquireTime: microTime(millis),
  renewTime: microTime(millis),
  leaseTransitions: before?.leaseTransitions ?? 0,
})
