/** Namespaces selected by label, and labels of all Spark pods, on a real cluster with the rights that the chart gives. */

import { assert, layer } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { python } from "../support/Applications.ts"
import { upgraded } from "../support/Helm.ts"
import { kubectl } from "../support/Kubectl.ts"
import { ClusterLayer, makeWorld, type World } from "../support/World.ts"

const label = "firesteel.dev/spark"

const labelled = ({ namespace }: World, value: "yes" | undefined) =>
  Effect.orDie(kubectl(["label", "namespace", namespace, value === undefined ? `${label}-` : `${label}=${value}`]))

const notice = ({ status }: { readonly status?: { readonly conditions?: ReadonlyArray<{ type: string }> } }) =>
  status?.conditions?.find(({ type }) => type === "NamespaceSelected")

layer(ClusterLayer, { excludeTestServices: true })("a namespace on a real cluster", (it) => {
  it.effect(
    "is picked up within 5 s of its label, left as it is without it, and continued afterwards",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("selected")
        yield* upgraded({
          spark: { jobNamespaceSelector: `${label} in (yes)`, podLabels: { "cost-center": "platform" } },
        })
        yield* world.apply(python("job", ["work"]))
        yield* Effect.sleep("5 seconds")
        assert.isUndefined((yield* world.application("job"))?.status)

        const before = yield* Clock.currentTimeMillis
        yield* labelled(world, "yes")
        yield* world.until("job", "picked up", ({ status }) => (status?.attempts?.length ?? 0) > 0, 30)
        const seconds = ((yield* Clock.currentTimeMillis) - before) / 1000
        yield* Effect.logInfo(`picked up ${seconds} s after the label`)
        assert.isBelow(seconds, 5)
        yield* world.untilState("job", "RUNNING")
        const executors = yield* world.executors("job")
        for (const pod of [yield* world.driver("job"), ...executors])
          assert.strictEqual(pod.metadata?.labels?.["cost-center"], "platform")

        yield* labelled(world, undefined)
        yield* world.until("job", "left", (it) => notice(it) !== undefined, 30)
        yield* world.finish("job")
        yield* Effect.sleep("15 seconds")
        assert.strictEqual((yield* world.application("job"))?.status?.applicationState.state, "RUNNING")

        yield* labelled(world, "yes")
        const ended = yield* world.untilState("job", "COMPLETED", 30)
        assert.isUndefined(notice(ended))
        assert.lengthOf(ended.status?.attempts ?? [], 1)
      }).pipe(Effect.scoped),
    400_000,
  )
})
