/** Candidates for one Lease of an embedded cluster, in virtual time: each with faults, clocks and an end of its own. */

import { Clock, Effect, Exit, Fiber, Latch, Scope } from "effect"
import { TestClock } from "effect/testing"
import type { LeaseSpec } from "kubernetes-types/coordination/v1"
import { leases } from "../../src/kube/Resource.ts"
import * as Cluster from "../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../src/local/apiserver/EmbeddedKube.ts"
import { type FaultPlan, withFaults } from "../../src/local/apiserver/Faults.ts"
import { type ElectionSettings, make } from "../../src/runtime/LeaderElection.ts"
import type { LeadershipChange } from "../../src/telemetry/operator/RuntimeMetrics.ts"

export const candidacy = (identity: string, changes: Partial<ElectionSettings> = {}): ElectionSettings => ({
  namespace: "default",
  name: "firesteel",
  identity,
  durationSeconds: 15,
  renewDeadlineSeconds: 10,
  retrySeconds: 2,
  ...changes,
})

/** Lets time pass in steps of 100 ms; `look` is called after each. */
export const pass = (seconds: number, look: () => void = () => {}): Effect.Effect<void> =>
  Effect.forEach(
    Array.from({ length: Math.round(seconds * 10) }),
    () => Effect.andThen(TestClock.adjust(100), Effect.sync(look)),
    { discard: true },
  )

/** Clocks of one machine: the wall clock can be set, and the whole machine can fall asleep. */
const machineClock = Effect.gen(function* () {
  const clock = yield* Clock.Clock
  let wallOffset = 0
  let asleepSince: bigint | undefined
  let slept = 0n
  const awake = Latch.makeUnsafe(true)
  const monotonic = () => (asleepSince ?? clock.monotonicTimeNanosUnsafe()) - slept
  const wall = () => clock.currentTimeMillisUnsafe() + wallOffset
  const machine: Clock.Clock = {
    ...clock,
    currentTimeMillisUnsafe: wall,
    currentTimeMillis: Effect.sync(wall),
    monotonicTimeNanosUnsafe: monotonic,
    monotonicTimeNanos: Effect.sync(monotonic),
    sleep: (duration) => Effect.andThen(clock.sleep(duration), awake.await),
  }
  return {
    clock: machine,
    setWall: (seconds: number) => {
      wallOffset += seconds * 1000
    },
    /** Nothing runs and the monotonic clock stands still, as when a virtual machine is paused. */
    fallAsleep: () => {
      asleepSince = clock.monotonicTimeNanosUnsafe()
      awake.closeUnsafe()
    },
    wakeUp: () => {
      slept += clock.monotonicTimeNanosUnsafe() - (asleepSince ?? 0n)
      asleepSince = undefined
      awake.openUnsafe()
    },
    isAsleep: () => asleepSince !== undefined,
  }
})

/** A fresh cluster to be led. */
export const makeElection = Effect.gen(function* () {
  const cluster = yield* Cluster.make({ seed: 1 })
  const kube = EmbeddedKube.make(cluster)

  const candidate = Effect.fnUntraced(function* (
    identity: string,
    faults: FaultPlan = () => undefined,
    changes: Partial<ElectionSettings> = {},
  ) {
    const scope = yield* Scope.make()
    let isAlive = true
    const changed: Array<LeadershipChange> = []
    const machine = yield* machineClock
    const faulty = withFaults(cluster, (request) =>
      isAlive && !machine.isAsleep() ? faults(request) : { _tag: "Hang" },
    )
    const leadership = yield* make(EmbeddedKube.make(faulty), candidacy(identity, changes), Effect.void, (change) =>
      changed.push(change),
    ).pipe(Effect.provideService(Scope.Scope, scope), Effect.provideService(Clock.Clock, machine.clock))
    /** Whether something that acts would be let through at this very moment. */
    const mayAct = (): boolean => {
      if (!isAlive || machine.isAsleep()) return false
      const asked = Effect.runFork(leadership.permit)
      const answer = asked.pollUnsafe()
      Effect.runFork(Fiber.interrupt(asked))
      return answer !== undefined && Exit.isSuccess(answer)
    }
    const close = Effect.gen(function* () {
      const closing = yield* Effect.forkDetach(Scope.close(scope, Exit.void))
      while (closing.pollUnsafe() === undefined) yield* TestClock.adjust(100)
    })
    yield* Effect.addFinalizer(() => close)
    return {
      ...leadership,
      ...machine,
      changed,
      mayAct,
      /** As on SIGTERM. */
      stop: close,
      /** As on SIGKILL. */
      kill: Effect.suspend(() => {
        isAlive = false
        return close
      }),
    }
  })

  const spec: Effect.Effect<LeaseSpec> = Effect.orDie(
    Effect.map(kube.get(leases, "default", "firesteel"), (lease) => lease.spec ?? {}),
  )
  return { kube, candidate, spec }
})
