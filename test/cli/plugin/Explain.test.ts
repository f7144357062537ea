import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ResourceQuota } from "kubernetes-types/core/v1"
import { FailureReason } from "../../../src/api/application/Attempt.ts"
import { failureAdvice, waitingAdvice } from "../../../src/cli/plugin/inspect/Advice.ts"
import { explain } from "../../../src/cli/plugin/inspect/Explain.ts"
import { explain as explanationOf } from "../../../src/cli/plugin/inspect/Explanation.ts"
import { status } from "../../../src/cli/plugin/inspect/Status.ts"
import { startReasons } from "../../../src/spark/observe/StartFacts.ts"
import { makeWorld, pass, sparkPi } from "../../support/OperatorBench.ts"
import { run } from "../../support/PluginBench.ts"

const started = Effect.gen(function* () {
  const world = yield* makeWorld
  yield* world.startOperator()
  return world
})

describe("explain", () => {
  it.effect("names what an application waits for, and what to do about it", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.apply(sparkPi("image", { waiting: "ImagePullBackOff" }))
      yield* world.apply(sparkPi("big", { unschedulable: "0/3 nodes are available: 3 Insufficient memory." }))
      yield* pass(20)
      const image = (yield* run(world, explain, "image")).out
      assert.match(image, /^It waits, since \d+s: ImagePullBackOff/)
      assert.include(image, "→ Check the name and the tag of spec.image")
      assert.include(image, "kubectl create secret docker-registry … -n default")
      const big = (yield* run(world, explain, "big")).out
      assert.match(big, /^It waits, since \d+s: .*3 Insufficient memory/)
      assert.include(big, "→ The message says what the nodes lack.")
      assert.include(big, "pod/big-driver: FailedScheduling: 0/3 nodes are available")
    }),
  )

  it.effect("says why an application has failed, and how to run it again", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.apply(sparkPi("oom", { reason: "OOMKilled" }))
      yield* world.apply(sparkPi("wrong", {}, { sparkVersion: "1.6.0" }))
      yield* pass(15)
      const oom = (yield* run(world, explain, "oom")).out
      assert.match(oom, /^It has failed, and is not tried again\.\n {4}attempt 1: .*OOMKilled.*\(exit code 137\)\n/)
      assert.include(oom, "→ The container used more memory than its limit.")
      assert.include(oom, "→ Run it again: kubectl firesteel rerun oom -n default")
      const wrong = (yield* run(world, explain, "wrong")).out
      assert.match(wrong, /^The spec cannot be submitted\.\n {4}spec\.sparkVersion/)
      assert.notInclude(wrong, "Run it again")
    }),
  )

  it.effect("says so when nothing is wrong, when it is suspended, and when no operator runs", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.apply(sparkPi("pi", { "run-seconds": "1000" }))
      yield* pass(60)
      const nobody = (yield* run(world, explain, "pi")).out
      assert.match(nobody, /^No operator has taken it up since it was created \d+s ago\./)
      yield* world.startOperator()
      yield* pass(10)
      assert.match(
        (yield* run(world, explain, "pi")).out,
        /^It is RUNNING for \d+s; nothing keeps it from running\.\n$/,
      )
      const retries = { restartPolicy: { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } } as const
      yield* world.apply(sparkPi("second", { "exit-code": "9, 0", "run-seconds": "2, 1000" }, retries))
      yield* pass(20)
      const second = (yield* run(world, explain, "second")).out
      assert.match(
        second,
        /^It is RUNNING for \d+s; nothing keeps it from running\.\n\nRecent warnings:\n(.*\n)*.*: SparkDriverFailed: /,
      )
      yield* world.apply(sparkPi("later", {}, { suspend: true }))
      yield* pass(2)
      const later = (yield* run(world, explain, "later")).out
      assert.match(later, /^It is suspended .*\n {2}→ Resume it: kubectl firesteel resume later -n default\n/)
    }),
  )

  it.effect("prints its findings for programs, too", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.apply(sparkPi("later", {}, { suspend: true }))
      const [finding] = JSON.parse((yield* run(world, explain, "later", "-o", "json")).out)
      assert.hasAllKeys(finding, ["what", "details", "advice"])
    }),
  )

  it("has advice for every category of failure and every problem at the start of a pod", () => {
    for (const reason of FailureReason.literals) assert.isNotEmpty(failureAdvice[reason], reason)
    for (const reason of startReasons) assert.isNotEmpty(waitingAdvice[reason], reason)
  })

  it("shows a quota that is used up", () => {
    const quota: ResourceQuota = {
      metadata: { name: "team" },
      status: {
        hard: { "requests.memory": "64Gi", pods: "100", "services.loadbalancers": "0" },
        used: { "requests.memory": "63Gi", pods: "3" },
      },
    }
    const application = { ...sparkPi("pi"), metadata: { name: "pi", namespace: "spark", uid: "u" } }
    const found = explanationOf({ application, events: [], quotas: [quota], now: 0, program: "firesteel" })
    assert.deepInclude(found.at(-1), {
      what: "A quota of the namespace spark is nearly used up.",
      details: ["team: requests.memory: 63Gi of 64Gi used"],
    })
  })
})

describe("status", () => {
  it.effect("shows the state, the attempts with their phases, and the conditions", () =>
    Effect.gen(function* () {
      const world = yield* started
      const retries = { restartPolicy: { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } } as const
      yield* world.apply(sparkPi("pi", { "exit-code": "9, 0", "run-seconds": "5, 1000" }, retries))
      yield* pass(30)
      const { out } = yield* run(world, status, "pi")
      assert.match(out, /\nState: +RUNNING for \d+s\n/)
      assert.match(out, /\nExecutors: +2 running\n/)
      assert.match(out, /\nSpark UI: +kubectl firesteel ui pi -n default\n/)
      assert.match(out, /\n1 +Failed \(.*\) +1970-\S+ +\d+s +submit \d+s, schedule \d+s, .*run \d+s/)
      assert.match(out, /\n2 +current +1970-/)
      assert.match(out, /\nCONDITION +STATUS +SINCE +REASON +MESSAGE\n/)
      const yaml = (yield* run(world, status, "pi", "-o", "yaml")).out
      assert.match(yaml, /^(.*\n)*kind: SparkApplication\n/)
      const missing = yield* run(world, status, "nobody")
      assert.deepStrictEqual([missing.code, missing.out], [1, ""])
    }),
  )
})
