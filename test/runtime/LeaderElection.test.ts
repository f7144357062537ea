import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { configMaps, leases } from "../../src/kube/Resource.ts"
import type { Fault } from "../../src/local/Faults.ts"
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
  it.effect("a single replica leads at once, and says so in the Lease as client-go does", () =>
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

  it.effect("a second replica stands by for as long as the first renews", () =>
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
      assert.strictEqual((yield* spec).holderIdentity, "")
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

  it.effect("a container that is started again in the same pod need not wait for the one before", () =>
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
      assert.deepStrictEqual(a.changed, ["acquired", "lost"])
      assert.isTrue(b.mayAct())
      assert.isAbove(silence, 30, "between the one's end and the other's start lie 5 seconds, less a tenth or two")
      const exit = yield* Effect.exit(a.lost)
      assert.isTrue(Exit.isFailure(exit))
    }),
  )

  it.effect("a leader that loses the Lease to a record written by others stops at its next look", () =>
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

  it.effect("who saw the Lease before somebody deleted it waits as if it were there", () =>
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

  it.effect("an answer that was lost on the way is no loss of the leadership", () =>
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

  it.effect("a wall clock that jumps ahead makes the leader wait for a renewal, one that jumps back does nothing", () =>
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

  it.effect("a machine that slept for longer than the lease does nothing when it wakes up before it has looked", () =>
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

  it.effect("requests that wait or are under way when the leadership is lost end at once and are not sent later", () =>
    Effect.gen(function* () {
      const { candidate, kube } = yield* makeElection
      let isCut = false
      const a = yield* candidate("a", () => (isCut ? { _tag: "Respond", status: 503 } : undefined))
      yield* pass(1)
      const slow = { ...kube, create: () => Effect.never }
      const late = fenced(kube, a)
      const underWay = yield* Effect.forkChild(
        fenced(slow, a).create(configMaps, "default", { metadata: { name: "x" } }),
      )
      isCut = true
      yield* pass(8)
      assert.isUndefined(underWay.pollUnsafe())
      yield* pass(2)
      const given = underWay.pollUnsafe()
      assert.isTrue(given !== undefined && Exit.hasInterrupts(given))
      const exit = yield* Effect.exit(late.create(configMaps, "default", { metadata: { name: "y" } }))
      assert.isTrue(Exit.hasInterrupts(exit))
      assert.strictEqual(
        (yield* kube.list(configMaps, {})).items.filter(({ metadata }) => metadata?.name === "y").length,
        0,
      )
    }),
  )

  it.effect(
    "whatever happens to three replicas, never two act at the same time, and one leads when it is over",
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
