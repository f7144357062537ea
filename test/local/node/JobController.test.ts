/** Jobs on the embedded cluster: one pod each, an end, a deadline and a time to live. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { JobSpec } from "kubernetes-types/batch/v1"
import { Kube } from "../../../src/kube/Kube.ts"
import { jobs, pods } from "../../../src/kube/Resource.ts"
import * as Cluster from "../../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../../src/local/apiserver/EmbeddedKube.ts"
import * as JobController from "../../../src/local/node/JobController.ts"
import * as Kubelet from "../../../src/local/node/Kubelet.ts"
import { pass, script } from "../../support/KubeletBench.ts"

const start = Effect.gen(function* () {
  const kube = EmbeddedKube.make(yield* Cluster.make({ seed: 1 }))
  yield* Effect.forkScoped(Effect.provideService(Kubelet.run([]), Kube, kube))
  yield* Effect.forkScoped(Effect.provideService(JobController.run, Kube, kube))
  const make = (annotations: Record<string, string>, spec: Partial<JobSpec> = {}) =>
    kube.create(jobs, "default", {
      metadata: { name: "once" },
      spec: {
        backoffLimit: 0,
        template: {
          metadata: script(annotations),
          spec: { restartPolicy: "Never", containers: [{ name: "main", image: "busybox:1" }] },
        },
        ...spec,
      },
    })
  const status = Effect.map(kube.get(jobs, "default", "once"), ({ status }) => status)
  const podsNow = Effect.map(kube.list(pods, {}), ({ items }) => items)
  return { kube, make, status, podsNow }
})

describe("a Job", () => {
  it.effect("has one pod and is complete when it has succeeded", () =>
    Effect.gen(function* () {
      const { make, status, podsNow } = yield* start
      const job = yield* make({ "run-seconds": "2" })
      yield* pass(1)
      const [pod, ...others] = yield* podsNow
      assert.deepStrictEqual(others, [])
      assert.strictEqual(pod?.metadata?.ownerReferences?.[0]?.uid, job.metadata?.uid)
      yield* pass(4)
      assert.strictEqual((yield* status)?.conditions?.[0]?.type, "Complete")
    }),
  )

  it.effect("fails with its pod, and creates no second one", () =>
    Effect.gen(function* () {
      const { make, status, podsNow } = yield* start
      yield* make({ "run-seconds": "1", "exit-code": "1" })
      yield* pass(5)
      assert.strictEqual((yield* status)?.conditions?.[0]?.type, "Failed")
      assert.strictEqual((yield* podsNow).length, 1)
    }),
  )

  it.effect("fails at its deadline, and its pod is deleted", () =>
    Effect.gen(function* () {
      const { make, status, podsNow } = yield* start
      yield* make({ "run-seconds": "forever" }, { activeDeadlineSeconds: 3 })
      yield* pass(6)
      assert.strictEqual((yield* status)?.conditions?.[0]?.reason, "DeadlineExceeded")
      assert.deepStrictEqual(yield* podsNow, [])
    }),
  )

  it.effect("is deleted with its pod when its time to live is over", () =>
    Effect.gen(function* () {
      const { kube, make, podsNow } = yield* start
      yield* make({ "run-seconds": "1" }, { ttlSecondsAfterFinished: 2 })
      yield* pass(8)
      assert.deepStrictEqual((yield* kube.list(jobs, {})).items, [])
      assert.deepStrictEqual(yield* podsNow, [])
    }),
  )
})
