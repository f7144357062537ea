/**
 * What Airflow and other clients read while applications are submitted, natively and by Jobs: every status of a namespace, every few
 * milliseconds. A state that promises a driver pod has one, and no written status lacks what clients expect in it.
 */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../../src/api/Kinds.ts"
import { isFinal } from "../../../src/api/States.ts"
import { find } from "../../../src/kube/Kube.ts"
import { pods } from "../../../src/kube/Resource.ts"
import { promisesDriver } from "../../support/DriverPromise.ts"
import { python } from "../support/Applications.ts"
import { unreachableRegistry } from "../support/Environment.ts"
import { ClusterLayer, makeWorld, type World } from "../support/World.ts"

const byJob = { submission: { submitter: "job" } } as const
const image = `${unreachableRegistry}/does-not-exist:1`
const restartPolicy = { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } as const

/** Only one of them runs Spark: the others show the same states for a fraction of its time. */
const applications: ReadonlyArray<SparkApplication> = [
  python("runs", ["hold", "1", "1"], byJob),
  python("no-image-by-job", [], { ...byJob, image, deadlines: { submittedSeconds: 8 } }),
  python("no-image-again", [], { image, restartPolicy, deadlines: { startedSeconds: 3 } }),
  ...Array.from({ length: 6 }, (_, index) =>
    python(`no-image-${index}`, [], { image, deadlines: { startedSeconds: 3 } }),
  ),
]

/** What is wrong with the status of an application at this moment; undefined if nothing is. */
const fault = Effect.fnUntraced(function* ({ kube, namespace }: World, { metadata, status }: SparkApplication) {
  if (status === undefined) return undefined
  const { applicationState, driverInfo } = status
  const state = applicationState?.state
  if (applicationState === undefined || driverInfo === undefined || state === "") return JSON.stringify(status)
  if (!promisesDriver(state) || (yield* find(kube, pods, namespace, `${metadata.name}-driver`))) return undefined
  // The pod may have been deleted since the status was read; then it says something else by now.
  const now = yield* kube.get(sparkApplications, namespace, metadata.name)
  return now.metadata.resourceVersion === metadata.resourceVersion ? `${state}, without a driver pod` : undefined
}, Effect.orDie)

layer(ClusterLayer, { excludeTestServices: true })("a client that polls", (it) => {
  it.effect("finds a driver pod wherever a state promises one", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld("airflow")
      const faults: Array<string> = []
      const states = new Set<string | undefined>()
      for (const application of applications) yield* world.apply(application)
      const poll = Effect.gen(function* () {
        const { items } = yield* Effect.orDie(world.kube.list(sparkApplications, { namespace: world.namespace }))
        for (const application of items) {
          states.add(application.status?.applicationState?.state)
          const found = yield* fault(world, application)
          if (found !== undefined) faults.push(`${application.metadata.name}: ${found}`)
        }
        return items.every(({ status }) => isFinal(status?.applicationState?.state))
      })
      yield* Effect.repeat(Effect.delay(poll, 20), { until: (over) => over })
      assert.deepStrictEqual(faults, [])
      for (const state of [undefined, "SUBMITTED", "RUNNING", "COMPLETED", "FAILED"])
        assert.isTrue(states.has(state), state)
      yield* world.untilState("runs", "COMPLETED")
    }),
  )
})
