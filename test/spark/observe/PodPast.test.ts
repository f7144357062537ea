import { assert, describe, it } from "@effect/vitest"
import type { Pod } from "kubernetes-types/core/v1"
import { pastOf, withPast } from "../../../src/spark/observe/PodPast.ts"
import { ago } from "../../support/Situations.ts"

const status = (state: object, started: boolean) => ({
  phase: "Running",
  containerStatuses: [
    { name: "spark-kubernetes-executor", image: "", imageID: "", ready: started, restartCount: 0, started, state },
  ],
})
const metadata = { name: "pi-exec-1", uid: "uid" }
const starting: Pod = { metadata, status: status({ running: { startedAt: ago(60) } }, false) }
const running: Pod = { metadata, status: status({ running: { startedAt: ago(60) } }, true) }
const ended: Pod = { metadata, status: status({ terminated: { exitCode: 143, finishedAt: ago(20) } }, false) }
/** Asked for `seconds` ago, with a grace of 30. */
const deletedAgo = (seconds: number, pod: Pod): Pod => ({
  ...pod,
  metadata: { ...metadata, deletionTimestamp: ago(seconds - 30), deletionGracePeriodSeconds: 30 },
})
/** As the kubelet leaves it when it takes the pod away: without grace, at the time of the removal. */
const takenAway: Pod = {
  ...ended,
  metadata: { ...metadata, deletionTimestamp: ago(19), deletionGracePeriodSeconds: 0 },
}

const seen = (...states: ReadonlyArray<Pod>) =>
  pastOf(states.reduce<Pod | undefined>((before, pod) => withPast(pod, before), undefined)!)

describe("what was observed of a pod", () => {
  it.each<readonly [string, ReadonlyArray<Pod>, boolean | undefined]>([
    ["nothing, while it runs", [running], undefined],
    ["that it ended by itself", [running, ended], true],
    ["that it ended by itself, and was deleted in the same second", [running, ended, deletedAgo(20, ended)], true],
    ["the same, after it was deleted", [running, ended, deletedAgo(20, ended), takenAway], true],
    ["that it was asked to end", [running, deletedAgo(20, running), deletedAgo(20, ended), takenAway], false],
    ["that its end came first, by the times of a pod never seen before", [deletedAgo(15, ended)], true],
    ["that the request came first, by these times", [deletedAgo(25, ended)], false],
    ["nothing for certain within one second", [deletedAgo(20, ended)], undefined],
    ["nothing for certain of one that is being deleted", [takenAway], undefined],
  ])("includes %s", (_, states, endedUnasked) => {
    assert.strictEqual(seen(...states).endedUnasked, endedUnasked)
  })

  it("includes that it had started, also after its end", () => {
    assert.isFalse(seen(starting, ended).started)
    assert.isTrue(seen(starting, running, ended).started)
  })

  it("is not carried over to another pod of its name", () => {
    assert.isFalse(seen(running, { ...starting, metadata: { ...metadata, uid: "other" } }).started)
  })
})
