/**
 * What pods have requested, counted through any history: operators that die and start again at any moment, writes that fail or whose answer is
 * lost, lists instead of watches, pods that come, are resized and go. A count that says it is complete is exact.
 */

import type { Pod } from "kubernetes-types/core/v1"
import { assert, describe, it } from "vitest"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import type { AttemptUsage } from "../../../src/api/application/SparkApplicationStatus.ts"
import { byApplication } from "../../../src/application/reconcile/Caches.ts"
import { applicationKeyOf } from "../../../src/application/reconcile/Ownership.ts"
import * as PodUses from "../../../src/application/usage/PodUses.ts"
import * as Store from "../../../src/runtime/Store.ts"
import { keepPod } from "../../../src/spark/observe/FollowedPods.ts"
import type { SeenPod } from "../../../src/spark/observe/PodPast.ts"
import { countPods } from "../../../src/spark/usage/CountPods.ts"
import { randomNumbers } from "../../support/RandomNumbers.ts"

const key = "default/pi"
const submissionID = "sub"
const began = Date.parse("2026-11-30T12:00:00Z")
const ms = (second: number) => began + second * 1000
const time = (second: number) => new Date(ms(second)).toISOString().replace(".000Z", "Z")

/** The life of a pod, in seconds; resizes are seconds and cores. */
interface Life {
  readonly number: number
  readonly created: number
  readonly scheduled: number
  readonly ended: number
  readonly deleted: number
  readonly cores: ReadonlyArray<readonly [from: number, cores: number]>
}

const coresAt = ({ cores }: Life, second: number) => cores.findLast(([from]) => from <= second)?.[1] ?? 0

/** The pod as the API has it in this second; undefined before its creation and after its deletion. */
const podAt = (life: Life, second: number): Pod | undefined => {
  const { number, created, scheduled, ended, deleted, cores } = life
  if (second < created || second >= deleted) return undefined
  const state =
    second >= ended
      ? { terminated: { exitCode: 0, startedAt: time(scheduled), finishedAt: time(ended) } }
      : { running: { startedAt: time(scheduled) } }
  const phase = second < scheduled ? "Pending" : second >= ended ? "Succeeded" : "Running"
  const resized = cores.filter(([from]) => from > created && from <= second).length
  return {
    metadata: {
      name: `pod-${number}`,
      namespace: "default",
      uid: `uid-${number}`,
      generation: 1 + resized,
      creationTimestamp: time(created),
      labels: {
        "sparkoperator.k8s.io/app-name": "pi",
        "sparkoperator.k8s.io/submission-id": submissionID,
        "spark-role": number === 0 ? "driver" : "executor",
        ...(number === 0 ? {} : { "spark-exec-id": String(number) }),
      },
    },
    spec: {
      containers: [{ name: "c", resources: { requests: { cpu: String(coresAt(life, second)), memory: "1Gi" } } }],
    },
    status: {
      phase,
      ...(second < scheduled
        ? {}
        : {
            conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: time(scheduled) }],
            containerStatuses: [{ name: "c", image: "", imageID: "", ready: false, restartCount: 0, state }],
          }),
    },
  }
}

const changesAt = ({ created, scheduled, ended, deleted, cores }: Life, second: number): boolean =>
  [created, scheduled, ended, deleted].includes(second) || cores.some(([from]) => from === second)

/** Core-seconds of a life. */
const truthOf = (life: Life): number => {
  let sum = 0
  for (let second = life.scheduled; second < Math.min(life.ended, life.deleted); second++) sum += coresAt(life, second)
  return sum
}

/** One process of the operator: its cache, what it remembers, and the status that it continues from. */
class Operator {
  readonly store = Store.make<SeenPod>({
    keep: keepPod,
    indexes: { [byApplication]: (pod) => [applicationKeyOf(pod)].filter((it) => it !== undefined) },
  })
  readonly uses = PodUses.make(this.store)

  list(pods: ReadonlyArray<Pod>, version: number, second: number): void {
    const event = { _tag: "Listed", objects: pods, resourceVersion: String(version) } as const
    for (const change of this.store.apply(event)) this.uses.observed(change, ms(second) + 400)
  }

  watch(event: "Applied" | "Deleted", pod: Pod, second: number): void {
    for (const change of this.store.apply({ _tag: event, object: pod })) this.uses.observed(change, ms(second) + 400)
  }

  count(usage: AttemptUsage | undefined, second: number): AttemptUsage | undefined {
    return countPods(usage, this.uses.of(key)(submissionID), () => undefined, ms(second) + 700)
  }

  committed(usage: AttemptUsage | undefined): void {
    const attempt = { number: 1, submissionID, startTime: time(0), ...(usage === undefined ? {} : { usage }) }
    this.uses.reported({
      metadata: { name: "pi", namespace: "default", uid: "app" },
      status: { applicationState: {}, driverInfo: {}, attempts: [attempt] },
    } as unknown as SparkApplication)
  }
}

/** What happens to the operator in a second. */
type Fate = "works" | "writes" | "fails to write" | "loses the answer" | "does not watch" | "is dead" | "starts"

/** The usage in the status at the end, of these pods and this operator. */
const finalUsage = (lives: ReadonlyArray<Life>, fates: ReadonlyArray<Fate>): AttemptUsage | undefined => {
  let usage: AttemptUsage | undefined
  let operator: Operator | undefined
  let version = 1
  let isCurrent = false
  const versioned = (pod: Pod, at: number): Pod => ({
    ...pod,
    metadata: { ...pod.metadata, resourceVersion: String(at) },
  })
  const last = new Map<number, Pod>()
  fates.forEach((fate, second) => {
    if (fate === "starts") {
      operator = new Operator()
      operator.list([...last.values()], version, second)
      isCurrent = true
    }
    const events: Array<readonly ["Applied" | "Deleted", Pod]> = []
    for (const life of lives) {
      if (!changesAt(life, second)) continue
      const pod = podAt(life, second)
      const before = last.get(life.number)
      if (pod !== undefined) last.set(life.number, versioned(pod, ++version))
      else last.delete(life.number)
      if (pod !== undefined) events.push(["Applied", last.get(life.number)!])
      else if (before !== undefined) events.push(["Deleted", versioned(before, ++version)])
    }
    if (fate === "is dead") {
      operator = undefined
      isCurrent = false
      return
    }
    operator ??= new Operator()
    if (fate === "does not watch") isCurrent = false
    else if (isCurrent) for (const [event, pod] of events) operator.watch(event, pod, second)
    else {
      operator.list([...last.values()], version, second)
      isCurrent = true
    }
    if (fate === "works" || fate === "starts" || fate === "does not watch") return
    const counted = operator.count(usage, second)
    if (fate === "fails to write") return
    usage = counted
    if (fate === "writes") operator.committed(usage)
  })
  return usage
}

const length = 1000

const randomLives = (random: () => number, resizes: boolean): ReadonlyArray<Life> => {
  const whole = (below: number) => Math.floor(random() * below)
  let created = whole(10)
  return Array.from({ length: 2 + whole(8) }, (_, number) => {
    const scheduled = created + whole(20)
    const ended = number === 0 ? length - 100 : Math.min(scheduled + 1 + whole(600), length - 100)
    const deleted = random() < 0.3 ? Infinity : ended + (random() < 0.3 ? 0 : whole(60))
    const resizedAt = scheduled + 1 + whole(400)
    const cores = [
      [created, 1 + whole(3)] as const,
      ...(resizes && random() < 0.4 ? [[resizedAt, 1 + whole(6)] as const] : []),
    ]
    const life = { number, created, scheduled, ended, deleted, cores }
    created += whole(120)
    return life
  })
}

const truth = (lives: ReadonlyArray<Life>) => lives.reduce((sum, life) => sum + truthOf(life), 0)

const executorSeconds = (lives: ReadonlyArray<Life>) =>
  lives.reduce((sum, { number, scheduled, ended }) => sum + (number === 0 ? 0 : ended - scheduled), 0)

describe("the requests of pods are counted", () => {
  it("exactly, however often an operator writes, and starts again without a pause", () => {
    const random = randomNumbers(11)
    for (let round = 0; round < 40; round++) {
      const lives = randomLives(random, false)
      const often = random() * 0.2
      const fates = Array.from({ length }, (_, second): Fate => {
        if (second === length - 1) return "writes"
        const roll = random()
        return roll < often
          ? "writes"
          : roll < often * 1.5
            ? "fails to write"
            : roll < often * 2
              ? "loses the answer"
              : "works"
      })
      // A write, and at once another process: nothing comes in between.
      for (let at = 20; at < length - 2; at++) {
        if (random() < 0.01) fates.splice(at, 2, "writes", "starts")
      }
      const usage = finalUsage(lives, fates)
      assert.strictEqual(usage?.cpuCoreSeconds, truth(lives), `round ${round}`)
      assert.strictEqual(usage?.executorSeconds, executorSeconds(lives))
      assert.isTrue(usage?.complete, `round ${round}`)
    }
  })

  it("exactly with resizes, as long as one operator watches them, however often it writes", () => {
    const random = randomNumbers(12)
    for (let round = 0; round < 40; round++) {
      const lives = randomLives(random, true)
      const fates = Array.from({ length }, (_, second): Fate =>
        second === length - 1 || random() < 0.05 ? "writes" : random() < 0.05 ? "loses the answer" : "works",
      )
      const usage = finalUsage(lives, fates)
      assert.strictEqual(usage?.cpuCoreSeconds, truth(lives), `round ${round}`)
      assert.isTrue(usage?.complete)
    }
  })

  it("exactly if they are said to be complete, whatever happens to operators, writes and watches", () => {
    const random = randomNumbers(13)
    let complete = 0
    const rounds = 150
    for (let round = 0; round < rounds; round++) {
      const lives = randomLives(random, true)
      const fates: Array<Fate> = []
      while (fates.length < length - 1) {
        const roll = random()
        const count = 1 + Math.floor(random() * 40)
        const fate: Fate = roll < 0.015 ? "is dead" : roll < 0.03 ? "does not watch" : "works"
        if (fate !== "works") fates.push(...Array.from({ length: count }, () => fate))
        else
          fates.push(
            random() < 0.2
              ? "writes"
              : random() < 0.1
                ? "fails to write"
                : random() < 0.1
                  ? "loses the answer"
                  : "works",
          )
      }
      const usage = finalUsage(lives, [...fates.slice(0, length - 1), "writes"])
      if (usage?.complete !== true || missedForGood(lives, fates)) continue
      complete++
      assert.strictEqual(usage.cpuCoreSeconds, truth(lives), `round ${round}`)
    }
    assert.isAbove(complete, rounds / 10, "rounds that are complete all the same")
  })

  /** The newest executor came and went while no operator watched: its number is not missed by anything. */
  const missedForGood = (lives: ReadonlyArray<Life>, fates: ReadonlyArray<Fate>): boolean => {
    const { created, deleted } = lives.at(-1)!
    return fates.slice(created, deleted).every((fate) => fate === "is dead" || fate === "does not watch")
  }
})

describe("a pod whose namespace is no longer selected", () => {
  it("has not ended, and what it did meanwhile is not known", () => {
    const [driver, executor]: ReadonlyArray<Life> = [0, 1].map((number) => ({
      number,
      created: number,
      scheduled: number,
      ended: number === 0 ? 50 : 30,
      deleted: number === 0 ? Infinity : 30,
      cores: [[number, 1]],
    }))
    const uses = PodUses.make({ by: () => [] })
    const seen = (life: Life | undefined, second: number) => keepPod(podAt(life!, second)!, undefined)
    const appears = { key, before: undefined, initial: false }
    uses.observed({ ...appears, after: seen(driver, 1) }, ms(1))
    uses.observed({ ...appears, after: seen(executor, 1) }, ms(1))
    for (const before of [seen(driver, 10), seen(executor, 10)]) {
      uses.observed({ key, before, after: undefined, initial: true }, ms(10))
    }
    assert.deepStrictEqual(uses.of(key)(submissionID).uses, [])
    const usage = { cpuCoreSeconds: 0, memoryGibSeconds: 0, gpuSeconds: 0, executorSeconds: 0, complete: true }
    const before = { ...usage, counted: "last=1 open=0-1" }
    const back = PodUses.make({ by: () => [seen(driver, 60)] })
    back.observed({ ...appears, after: seen(driver, 60), initial: true }, ms(60))
    const after = countPods(before, back.of(key)(submissionID), () => undefined, ms(60))
    assert.deepInclude(after, { cpuCoreSeconds: 50, complete: false })
  })
})
