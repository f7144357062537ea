/**
 * Applications that are deleted and created again by the same name, over and over, with the PodGroups of batch schedulers: the garbage
 * collector of a real cluster deletes what the earlier one left in its own time, and learns of new kinds only every half minute.
 */

import { assert, describe, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { sparkApplications } from "../../../src/api/Kinds.ts"
import { reflect } from "../../../src/kube/Reflector.ts"
import type { Resource } from "../../../src/kube/Resource.ts"
import { python } from "../support/Applications.ts"
import { apply, kubectl } from "../support/Kubectl.ts"
import { ClusterLayer, makeWorld, type World } from "../support/World.ts"

const podGroups = (group: string, version: string): Resource => ({
  group,
  version,
  plural: "podgroups",
  kind: "PodGroup",
})

/** Volcano schedules nothing here, so its driver stays pending; the pods of coscheduling are those of the cluster's own scheduler, and run. */
const schedulers = [
  {
    name: "volcano",
    batchScheduler: "volcano",
    kind: podGroups("scheduling.volcano.sh", "v1beta1"),
    group: "spark-volcano-pg",
  },
  {
    name: "coscheduled",
    batchScheduler: "default-scheduler",
    kind: podGroups("scheduling.x-k8s.io", "v1alpha1"),
    group: "coscheduled-pg",
  },
] as const

/** As much of a scheduler's definition as an operator needs, unless the cluster has the real one. */
const install = Effect.fnUntraced(function* ({ group, version, plural, kind }: Resource) {
  const name = `${plural}.${group}`
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name,
      labels: { "firesteel.dev/test": "cluster" },
      annotations: { "api-approved.kubernetes.io": "unapproved, for a test" },
    },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural, singular: "podgroup", kind, listKind: "PodGroupList" },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
        },
      ],
    },
  }
  const found = yield* Effect.option(kubectl(["get", "crd", name]))
  if (found._tag === "Some") return
  yield* Effect.acquireRelease(Effect.orDie(apply([definition])), () =>
    Effect.ignore(kubectl(["delete", "crd", name, "--wait=false"])),
  )
  yield* Effect.orDie(kubectl(["wait", "crd", name, "--for=condition=Established", "--timeout=20s"]))
})

/** Every state that a reader of the API finds, with its message; grows while the scope lives. */
const statesIn = Effect.fnUntraced(function* (world: World) {
  const states = new Set<string>()
  const { events } = reflect(world.kube, sparkApplications, { namespace: world.namespace })
  const note = (event: Stream.Success<typeof events>) =>
    Effect.sync(() => {
      if (event._tag !== "Applied" || event.object.status === undefined) return
      const { state, errorMessage = "" } = event.object.status.applicationState
      states.add(`${state} ${errorMessage}`.trim())
    })
  yield* Effect.forkScoped(Stream.runForEach(events, note))
  return states
})

const cycles = 25
/** Milliseconds: from before the operator has seen it until its driver is about to start. */
const lifetimes = [0, 30, 100, 300, 700, 1200]

layer(ClusterLayer, { excludeTestServices: true })("an application that is deleted and created again", (it) => {
  describe.concurrent("", () => {
    it.effect(`${cycles} times in a row is never refused for the PodGroup of an earlier one`, () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("recreated")
        yield* Effect.forEach(schedulers, ({ kind }) => install(kind))
        const states = yield* statesIn(world)
        const recreate = Effect.fnUntraced(function* ({ name, batchScheduler }: (typeof schedulers)[number]) {
          const application = python(name, ["work"], { batchScheduler })
          for (let cycle = 0; cycle < cycles; cycle++) {
            yield* world.apply(application)
            yield* Effect.sleep(lifetimes[cycle % lifetimes.length]!)
            yield* Effect.orDie(world.kube.delete(sparkApplications, world.namespace, name))
          }
          yield* world.apply(application)
        })
        yield* Effect.forEach(schedulers, recreate, { concurrency: schedulers.length })
        yield* world.until("volcano", "without a scheduler", ({ status }) => status?.waiting?.reason === "Unscheduled")
        yield* world.untilState("coscheduled", "RUNNING")
        const failures = [...states].filter((state) => state.includes("FAIL"))
        assert.deepStrictEqual(failures, [])
        for (const { name, kind, group } of schedulers) {
          const { metadata } = yield* Effect.orDie(world.kube.get(kind, world.namespace, group))
          const application = yield* world.application(name)
          assert.strictEqual(metadata?.ownerReferences?.[0]?.uid, application?.metadata.uid)
        }
        yield* Effect.forEach(schedulers, ({ name }) => world.remove(name), { concurrency: schedulers.length })
      }),
    )
  })
})
