import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import type { KubeApi } from "../../src/kube/Kube.ts"
import { configMaps, leases } from "../../src/kube/Resource.ts"
import type { Fault } from "../../src/local/apiserver/Faults.ts"
import { fenced } from "../../src/runtime/Leadership.ts"
import { makeElection, pass } from "../support/ElectionBench.ts"

/** A repeatable stream of numbers in [0, 1). */
const randomNumbers = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

describe("LeaderElection", () => {
  it.effect("a single replica leads at once, and writes the Lease as client-go does", () =>
    Effect.gen(function* () {
      const { candidate, spec } = yield* makeElection
      const a = yield* candidate("a")
      yield* pass(0.1)
      assert.isTrue(a.mayAct())
      const first = yield* spec
      assert.deepInclude(first, { holderIdentity: "a", leaseDurationSeconds: 15, leaseTransitions: 0 })
      assert.match(first.renewTime ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
      yield* pass(60)
      const later = yield* spec
      assert.strictEqual(later.acquireTime, first.acquireTime)
      assert.notStrictEqual(later.renewTime, first.renewTime)
      assert.deepStrictEqual(a.changed, ["acquired"])
    }),
  )

  it.effect("a second replica is on standby as long as the first renews", () =>
    Effect.gen(function* () {
      const { candidate } = yield* makeElection
      const a = yield* candidate("a")
      yield* pass(1)
      const b = yield* candidate("b")
      yield* pass(120, () => assert.isFalse(b.mayAct()))
      assert.isTrue(a.mayAct())
      assert.strictEqual(b.leader(), "a")
    }),
  )

  it.effect("after a clean stop another replica leads within 5 seconds", () =>
    Effect.gen(function* () {
      const { candidate, spec } = yield* makeElection
      const a = yield* candidate("a")
      yield* pass(1)
      const b = yield* candidate("b")
      yield* pass(7)
      yield* a.stop
      // Nobody's now, or the other's already.
      assert.notStrictEqual((yield* spec).holderIdentity, "a")
      assert.deepStrictEqual(a.changed, ["acquired", "released"])
      yield* pass(3)
      assert.isTrue(b.mayAct())
      assert.strictEqual((yield* spec).leaseTransitions, 1)
    }),
  )

  it.effect("after a leader was killed another one leads when the lease has run out, not before", () =>
    Effect.gen(function* () {
      const { candidate } = yield* makeElection
      const a = yield* candidate("a")
      const b = yield* candidate("b")
      yield* pass(20)
      const [leader, other] = a.mayAct() ? [a, b] : [b, a]
      yield* leader.kill
      yield* pass(8, () => assert.isFalse(other.mayAct()))
      yield* pass(12)
      assert.isTrue(other.mayAct())
    }),
  )

  it.effect("a container that restarts in the same pod does not wait for the lease to expire", () =>
    Effect.gen(function* () {
      const { candidate } = yield* makeElection
      yield* Effect.flatMap(candidate("pod_uid"), (first) => Effect.andThen(pass(3), first.kill))
      const again = yield* candidate("pod_uid")
      yield* pass(0.5)
      assert.isTrue(again.mayAct())
    }),
  )

  it.effect("a leader without connection stops 10 seconds after its last renewal, before another one starts", () =>
    Effect.gen(function* () {
      const { candidate } = yield* makeElection
      let isCut = false
      const a = yield* candidate("a", () => (isCut ? { _tag: "Hang" } : undefined))
      yield* pass(5)
      const b = yield* candidate("b")
      yield* pass(5)
      isCut = true
      let silence = 0
      yield* pass(25, () => {
        assert.isFalse(a.mayAct() && b.mayAct(), "two leaders")
        if (!a.mayAct() && !b.mayAct()) silence++
      })
      assert.deepStrictEqual(a.changed, ["acquired", "paused"])
      assert.isTrue(b.mayAct())
      assert.isAbove(silence, 30, "between the one's end and the other's start lie 5 seconds, less a tenth or two")
      isCut = false
      yield* pass(5, () => assert.isFalse(a.mayAct()))
      assert.deepStrictEqual(a.changed, ["acquired", "paused", "lost"])
      const exit = yield* Effect.exit(a.lost)
      assert.isTrue(Exit.isFailure(exit))
    }),
  )

  it.effect(
    "a leader that was not replaced continues when the API server is available again, however long that took",
    () =>
      Effect.gen(function* () {
        const { candidate } = yield* makeElection
        let isAway = false
        const a = yield* candidate("a", () => (isAway ? { _tag: "DropBefore" } : undefined))
        yield* pass(5)
        isAway = true
        yield* pass(11)
        yield* pass(600, () => assert.isFalse(a.mayAct()))
        isAway = false
        yield* pass(3)
        assert.isTrue(a.mayAct())
        assert.deepStrictEqual(a.changed, ["acquired", "paused", "resumed"])
        yield* pass(60, () => assert.isTrue(a.mayAct()))
      }),
  )

  it.effect("a leader that was paused ends if another one led meanwhile, also if none leads now", () =>
    Effect.gen(function* () {
      const { candidate } = yield* makeElection
      let isCut = false
      const a = yield* candidate("a", () => (isCut ? { _tag: "DropBefore" } : undefined))
      yield* pass(5)
      isCut = true
      const b = yield* candidate("b")
      yield* pass(30)
      assert.isTrue(b.mayAct())
      yield* b.stop
      isCut = false
      yield* pass(5, () => assert.isFalse(a.mayAct()))
      assert.deepStrictEqual(a.changed, ["acquired", "paused", "lost"])
    }),
  )

  it.effect("a leader whose Lease was overwritten stops at its next renewal", () =>
    Effect.gen(function* () {
      const { candidate, kube } = yield* makeElection
      const a = yield* candidate("a")
      yield* pass(3)
      yield* kube.patch(leases, "default", "firesteel", {
        type: "merge",
        body: { spec: { holderIdentity: "intruder" } },
      })
      yield* pass(2.2)
      assert.isFalse(a.mayAct())
      assert.deepStrictEqual(a.changed, ["acquired", "lost"])
    }),
  )

  it.effect("a replica that saw the Lease before it was deleted waits until it would have expired", () =>
    Effect.gen(function* () {
      const { candidate, kube } = yield* makeElection
      const a = yield* candidate("a")
      yield* pass(3)
      const b = yield* candidate("b")
      yield* pass(4)
      yield* kube.delete(leases, "default", "firesteel")
      yield* pass(30, () => assert.isFalse(b.mayAct()))
      assert.isTrue(a.mayAct())
    }),
  )

  it.effect("a lost answer is not a loss of leadership", () =>
    Effect.gen(function* () {
      const { candidate } = yield* makeElection
      let n = 0
      const a = yield* candidate("a", ({ verb }) =>
        verb === "patch" && n++ % 2 === 0 ? { _tag: "DropAfter" } : undefined,
      )
      yield* pass(60)
      assert.isTrue(a.mayAct())
      assert.deepStrictEqual(a.changed, ["acquired"])
    }),
  )

  it.effect(
    "a wall clock that jumps forward makes the leader wait for a renewal, one that jumps back has no effect",
    () =>
      Effect.gen(function* () {
        const { candidate } = yield* makeElection
        const a = yield* candidate("a")
        const b = yield* candidate("b")
        yield* pass(5)
        const [leader, other] = a.mayAct() ? [a, b] : [b, a]
        leader.setWall(3600)
        assert.isFalse(leader.mayAct())
        yield* pass(2.1)
        assert.isTrue(leader.mayAct())
        leader.setWall(-7200)
        other.setWall(86_400)
        yield* pass(60, () => assert.isTrue(leader.mayAct() && !other.mayAct()))
      }),
  )

  it.effect("a machine that was suspended for longer than the lease does nothing before it has read the Lease", () =>
    Effect.gen(function* () {
      const { candidate } = yield* makeElection
      const a = yield* candidate("a")
      yield* pass(5)
      const b = yield* candidate("b")
      yield* pass(5)
      a.fallAsleep()
      yield* pass(60)
      assert.isTrue(b.mayAct())
      a.wakeUp()
      assert.isFalse(a.mayAct())
      yield* pass(15, () => assert.isFalse(a.mayAct()))
      assert.deepStrictEqual(a.changed, ["acquired", "lost"])
    }),
  )

  it.effect("requests in flight during a pause fail, new ones wait, and end when another replica leads", () =>
    Effect.gen(function* () {
      const { candidate, kube } = yield* makeElection
      let isCut = false
      const a = yield* candidate("a", () => (isCut ? { _tag: "Respond", status: 503 } : undefined))
      yield* pass(1)
      const create = (through: KubeApi, name: string) =>
        Effect.forkChild(fenced(through, a).create(configMaps, "default", { metadata: { name } }))
      const underWay = yield* create({ ...kube, create: () => Effect.never }, "x")
      isCut = true
      yield* pass(8)
      assert.isUndefined(underWay.pollUnsafe())
      yield* pass(2)
      const failed = underWay.pollUnsafe()
      assert.isTrue(failed !== undefined && Exit.isFailure(failed) && !Exit.hasInterrupts(failed))
      const waiting = yield* create(kube, "y")
      yield* pass(5)
      assert.isUndefined(waiting.pollUnsafe())
      yield* candidate("b")
      yield* pass(20)
      isCut = false
      yield* pass(3)
      const ended = waiting.pollUnsafe()
      assert.isTrue(ended !== undefined && Exit.hasInterrupts(ended))
      assert.deepStrictEqual((yield* kube.list(configMaps, {})).items, [])
    }),
  )

  it.effect(
    "of three replicas with any faults, two never act at the same time, and one leads in the end",
    () =>
      Effect.gen(function* () {
        for (let seed = 1; seed <= 12; seed++) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const random = randomNumbers(seed * 7919)
              const { candidate } = yield* makeElection
              let isOver = false
              let cut: ReadonlyArray<boolean> = []
              const troubles: ReadonlyArray<() => Fault | undefined> = [
                () => ({ _tag: "Hang" }),
                () => ({ _tag: "Respond", status: random() < 0.5 ? 500 : 409 }),
                () => ({ _tag: "Respond", status: 429, retryAfter: 3 }),
                () => ({ _tag: "DropAfter" }),
                () => ({ _tag: "DropBefore" }),
                () => ({ _tag: "Delay", seconds: 12 * random() }),
              ]
              const trouble = () => troubles[Math.floor(random() * troubles.length)]!()
              const start = (index: number, life: number) =>
                candidate(`${index}-${life}`, () =>
                  isOver ? undefined : cut[index] ? { _tag: "Hang" } : random() < 0.25 ? trouble() : undefined,
                )
              const replicas = yield* Effect.forEach([0, 1, 2], (index) => start(index, 0))
              const all = [...replicas]
              const look = () => {
                const acting = all.filter((replica) => replica.mayAct()).length
                assert.isAtMost(acting, 1, `two leaders, seed ${seed}`)
              }
              for (let round = 1; round <= 40; round++) {
                cut = [random() < 0.3, random() < 0.3, random() < 0.3]
                const index = Math.floor(random() * 3)
                const one = replicas[index]!
                const dice = random()
                // A machine that sleeps knows it by its wall clock, so that must not be set back meanwhile.
                if (dice < 0.15) one.setWall(7200 * (index === 0 ? random() - 0.5 : random()))
                else if (dice < 0.35 && index !== 0 && !one.isAsleep()) one.fallAsleep()
                else if (dice < 0.45 || one.changed.includes("lost")) {
                  if (one.isAsleep()) one.wakeUp()
                  yield* random() < 0.5 ? one.stop : one.kill
                  look()
                  replicas[index] = yield* start(index, round)
                  all.push(replicas[index]!)
                }
                yield* pass(1 + 12 * random(), look)
                for (const replica of replicas) if (replica.isAsleep() && random() < 0.6) replica.wakeUp()
                look()
              }
              isOver = true
              for (const replica of replicas) if (replica.isAsleep()) replica.wakeUp()
              yield* pass(60, look)
              const left = replicas.filter(({ changed }) => !changed.includes("lost"))
              if (left.length > 0)
                assert.strictEqual(left.filter((it) => it.mayAct()).length, 1, `no leader, seed ${seed}`)
            }),
          )
        }
      }),
    60_000,
  )
})
