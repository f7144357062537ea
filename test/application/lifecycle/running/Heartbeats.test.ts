import { assert, describe, it } from "@effect/vitest"
import type { SparkApplicationStatus } from "../../../../src/api/application/SparkApplicationStatus.ts"
import {
  type ExecutorHeartbeats,
  nextHeartbeats,
  withHeartbeats,
} from "../../../../src/application/lifecycle/running/Heartbeats.ts"
import { step } from "../../../../src/application/lifecycle/Step.ts"
import { after } from "../../../../src/runtime/Next.ts"
import type { Executor } from "../../../../src/spark/observe/ObservedPod.ts"
import { executor, now, statusIn } from "../../../support/Situations.ts"

const long = { startedAt: now - 1_000_000 }
/** Answers for 1000 s; executors by the seconds since they were last counted. */
const heartbeats = (executors: Readonly<Record<number, number>> = {}): ExecutorHeartbeats => ({
  since: now - 1_000_000,
  at: now,
  executors: new Map(Object.entries(executors).map(([id, seconds]) => [Number(id), now - seconds * 1000])),
})
const limits = { silentSeconds: 100, replace: false }
const judged = (
  executors: ReadonlyArray<Executor>,
  said: ExecutorHeartbeats | undefined,
  {
    status = {},
    replace = false,
  }: { readonly status?: Partial<SparkApplicationStatus>; readonly replace?: boolean } = {},
) => withHeartbeats(step(statusIn("RUNNING", status), after(600)), executors, said, { ...limits, replace })
const silent = (...rest: Parameters<typeof judged>) => judged(...rest).status.silentExecutors?.count ?? 0

describe("executors that the driver does not count", () => {
  it.each<readonly [string, Executor, ExecutorHeartbeats, number]>([
    ["counted in the last answer", executor(1, long), heartbeats({ 1: 0 }), 0],
    ["left out for the limit", executor(1, long), heartbeats({ 1: 100 }), 1],
    ["left out for less", executor(1, long), heartbeats({ 1: 99 }), 0],
    ["never counted, and running for long", executor(1, long), heartbeats(), 1],
    ["just started", executor(1, { startedAt: now - 50_000 }), heartbeats(), 0],
    ["on its way out", executor(1, { ...long, deleting: true }), heartbeats(), 0],
    ["not running", executor(1, { ...long, state: "PENDING" }), heartbeats(), 0],
    ["without an id of Spark", executor(0, long), heartbeats(), 0],
    ["of a driver that was first asked a moment ago", executor(1, long), { ...heartbeats(), since: now - 9000 }, 0],
  ])("%s", (_, pod, said, expected) => {
    assert.strictEqual(silent([pod], said), expected)
  })

  it("are reported once, and checked again soon", () => {
    const first = judged([executor(1, long)], heartbeats())
    assert.match(
      first.events[0]?.message ?? "",
      /^Executor pi-exec-1 is running, but its driver has not counted it for 100 s$/,
    )
    assert.deepStrictEqual(first.next, after(15))
    const second = judged([executor(1, long)], heartbeats(), { status: first.status })
    assert.deepStrictEqual([second.events.length, second.status.silentExecutors?.count], [0, 1])
    assert.deepStrictEqual(
      judged([executor(1, long)], heartbeats({ 1: 0 }), { status: first.status }).status,
      statusIn("RUNNING"),
    )
  })

  it("are deleted by uid if the spec asks for it", () => {
    const { actions } = judged([executor(1, long), executor(2, long)], heartbeats({ 2: 0 }), { replace: true })
    assert.deepStrictEqual(actions, [{ _tag: "DeleteExecutor", podName: "pi-exec-1", uid: "exec-uid-1" }])
    assert.deepStrictEqual(judged([executor(1, long)], heartbeats()).actions, [])
  })

  it("stay in the status until the driver was asked again", () => {
    const silentExecutors = { count: 1, names: ["pi-exec-1"] }
    assert.deepStrictEqual(
      judged([], undefined, { status: { silentExecutors } }).status.silentExecutors,
      silentExecutors,
    )
  })

  it("are remembered for an hour", () => {
    const first = nextHeartbeats(undefined, [1, 2], now)
    const later = nextHeartbeats(first, [2], now + 10_000)
    assert.deepStrictEqual([...later.executors].sort(), [
      [1, now],
      [2, now + 10_000],
    ])
    assert.strictEqual(later.since, now)
    assert.strictEqual(nextHeartbeats(later, [], now + 3_700_000).executors.size, 0)
  })
})
