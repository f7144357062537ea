/** Deployments on the embedded cluster, in virtual time: what both strategies do with the pods that there are. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Deployment } from "kubernetes-types/apps/v1"
import { Kube } from "../../../src/kube/Kube.ts"
import { pods, resource } from "../../../src/kube/Resource.ts"
import * as Cluster from "../../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../../src/local/apiserver/EmbeddedKube.ts"
import * as DeploymentController from "../../../src/local/node/DeploymentController.ts"
import * as Kubelet from "../../../src/local/node/Kubelet.ts"
import { pass, script } from "../../support/KubeletBench.ts"

const deployments = resource<Deployment>("apps", "v1", "deployments", "Deployment")

const start = Effect.fnUntraced(function* (spec: object) {
  const kube = EmbeddedKube.make(yield* Cluster.make({ seed: 1 }))
  yield* Effect.forkScoped(Effect.provideService(Kubelet.run([]), Kube, kube))
  yield* Effect.forkScoped(Effect.provideService(DeploymentController.run, Kube, kube))
  const template = (annotations: Record<string, string>) => ({
    metadata: { ...script(annotations), labels: { app: "d" } },
    spec: { containers: [{ name: "main", image: "busybox:1" }] },
  })
  yield* kube.create(deployments, "default", {
    metadata: { name: "d" },
    spec: { selector: { matchLabels: { app: "d" } }, template: template({ "ready-seconds": "2" }), ...spec },
  } as Deployment)
  /** Names of pods that are not being deleted, and whether they are ready. */
  const podsNow = Effect.map(kube.list(pods, {}), ({ items }) =>
    items
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .map(({ metadata, status }) => ({
        name: metadata!.name!,
        ready: status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true,
      })),
  )
  const change = (body: object) => kube.patch(deployments, "default", "d", { type: "merge", body })
  return {
    kube,
    podsNow,
    change,
    replace: (seconds: string) => change({ spec: { template: template({ "ready-seconds": seconds }) } }),
  }
})

describe("a Deployment", () => {
  it.effect("with Recreate has no pod of the new template before the old ones are gone", () =>
    Effect.gen(function* () {
      const { podsNow, replace } = yield* start({ replicas: 2, strategy: { type: "Recreate" } })
      yield* pass(4)
      const old = (yield* podsNow).map(({ name }) => name)
      assert.lengthOf(old, 2)
      yield* replace("1")
      yield* pass(0.3)
      assert.deepStrictEqual(yield* podsNow, [])
      yield* pass(4)
      const now = yield* podsNow
      assert.lengthOf(
        now.filter(({ ready }) => ready),
        2,
      )
      for (const { name } of now) assert.notInclude(old, name)
    }),
  )

  it.effect("with a rolling update never has fewer ready pods than replicas", () =>
    Effect.gen(function* () {
      const { podsNow, replace } = yield* start({ replicas: 2 })
      yield* pass(4)
      const old = (yield* podsNow).map(({ name }) => name)
      yield* replace("1")
      for (let step = 0; step < 120; step++) {
        yield* pass(0.1)
        assert.isAtLeast((yield* podsNow).filter(({ ready }) => ready).length, 2)
      }
      const now = yield* podsNow
      assert.lengthOf(now, 2)
      for (const { name } of now) assert.notInclude(old, name)
    }),
  )

  it.effect("lets go of pods that are too many", () =>
    Effect.gen(function* () {
      const { kube, podsNow, change } = yield* start({ replicas: 3 })
      yield* pass(4)
      assert.lengthOf(yield* podsNow, 3)
      yield* change({ spec: { replicas: 1 } })
      yield* pass(2)
      assert.lengthOf(yield* podsNow, 1)
      const { status } = yield* kube.get(deployments, "default", "d")
      assert.deepInclude(status, { replicas: 1, readyReplicas: 1, observedGeneration: 2 })
    }),
  )
})
