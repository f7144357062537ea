/**
 * What is done to an installed operator while applications run: upgrades from the previous chart and rollbacks, fewer namespaces and rights,
 * more replicas, a leader that ends or dies. No application is affected.
 */

import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { python } from "../support/Applications.ts"
import { operatorNamespace } from "../support/Environment.ts"
import { charts, helm, previousChart, rendered, upgraded } from "../support/Helm.ts"
import { kubectl } from "../support/Kubectl.ts"
import { killOperator } from "../support/OperatorPods.ts"
import { attempt, ClusterLayer, eventually, makeWorld, type World } from "../support/World.ts"

const isRunning = "RUNNING"
/** Milliseconds; every upgrade waits until pods are ready. */
const patience = 400_000

/** A driver that is still there under the same uid, with one attempt. */
const undisturbed = Effect.fnUntraced(function* (world: World, name: string, uid: string | undefined) {
  const application = yield* world.untilState(name, isRunning)
  assert.lengthOf(application.status?.attempts ?? [], 1)
  assert.strictEqual((yield* world.driver(name)).metadata?.uid, uid)
})

const begun = Effect.fnUntraced(function* (world: World, name: string) {
  yield* world.apply(python(name, ["work"]))
  yield* world.untilState(name, isRunning)
  return (yield* world.driver(name)).metadata?.uid
})

interface LeaseSpec {
  /** `<pod>_<…>`; empty while there is no leader. */
  readonly holderIdentity?: string
  readonly renewTime?: string
}

const lease = Effect.orDie(
  Effect.map(
    kubectl(["get", "lease", "firesteel", "-n", operatorNamespace, "-o", "jsonpath={.spec}"]),
    (text) => JSON.parse(text) as LeaseSpec,
  ),
)

const podOf = ({ holderIdentity = "" }: LeaseSpec) => holderIdentity.split("_")[0] ?? ""

/** Seconds until the condition holds for the Lease. */
const secondsUntil = Effect.fnUntraced(function* (what: string, is: (now: LeaseSpec) => boolean) {
  const before = yield* Clock.currentTimeMillis
  yield* eventually(
    Effect.map(lease, (now) => (is(now) ? now : undefined)),
    60,
    Effect.map(lease, (now) => `${what}: ${JSON.stringify(now)}`),
  )
  return ((yield* Clock.currentTimeMillis) - before) / 1000
})

layer(ClusterLayer, { excludeTestServices: true })("an installed operator", (it) => {
  it.effect(
    "is upgraded from the chart before and rolled back while applications run, and none notices",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("upgraded")
        const uid = yield* Effect.scoped(
          Effect.gen(function* () {
            // A chart from before the Lease grants no right to it, and the image is the present one.
            const env = [{ name: "FIRESTEEL_LEADER_ELECT", value: "false" }]
            yield* upgraded({ controller: { env } }, yield* previousChart)
            const old = yield* begun(world, "old")
            yield* upgraded({})
            yield* undisturbed(world, "old", old)
            return old
          }),
        )
        // Both are rolled back by now: to the chart before, and to this one again.
        yield* undisturbed(world, "old", uid)
        yield* world.finish("old")
        const ended = yield* world.untilState("old", "COMPLETED")
        assert.lengthOf(ended.status?.attempts ?? [], 1)
      }).pipe(Effect.scoped),
    patience,
  )

  it.effect("runs applications with Roles alone, and with the account that the chart makes for drivers", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld("namespaced")
      const { namespace } = world
      yield* upgraded({ spark: { jobNamespaces: [namespace], serviceAccount: { name: "drivers" } } })
      const names = yield* Effect.orDie(kubectl(["get", "clusterrole,clusterrolebinding", "-o", "name"]))
      assert.notMatch(names, /\/firesteel$/m)
      yield* world.apply(python("pi", ["hold", "1", "5"], { driver: { serviceAccount: "drivers" } }))
      yield* world.untilState("pi", "COMPLETED", 180)
      yield* world.remove("pi")
    }).pipe(Effect.scoped),
  )

  it.effect(
    "of two replicas gives the work to the other within 5 s when it ends, within 20 s when it dies",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("replicas")
        yield* upgraded({ controller: { replicas: 2 } })
        const uid = yield* begun(world, "long")
        const ready = Effect.orDie(
          kubectl(["rollout", "status", "deployment/firesteel", "-n", operatorNamespace, "--timeout=60s"]),
        )
        const first = podOf(yield* lease)
        yield* Effect.orDie(kubectl(["delete", "pod", first, "-n", operatorNamespace, "--wait=false"]))
        const cleanly = yield* secondsUntil(
          `no replica takes over from ${first}`,
          (now) => !["", first].includes(podOf(now)),
        )
        yield* ready
        // A killed leader no longer renews. Its container may restart, and lead, before the Lease expires for the other.
        yield* killOperator(podOf(yield* lease))
        const { renewTime } = yield* lease
        const afterDeath = yield* secondsUntil("nobody leads", (now) => now.renewTime !== renewTime)
        yield* Effect.logInfo("taken over", { secondsAfterStop: cleanly, secondsAfterDeath: afterDeath })
        assert.isBelow(cleanly, 5)
        assert.isBelow(afterDeath, 20)
        yield* undisturbed(world, "long", uid)
        yield* ready
        yield* world.finish("long")
        const ended = yield* world.untilState("long", "COMPLETED")
        assert.strictEqual(attempt(ended).result, "Succeeded")
      }).pipe(Effect.scoped),
    patience,
  )

  it.effect("keeps its definitions and all applications when the chart of the definitions is uninstalled", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld("definitions")
      const uid = yield* begun(world, "long")
      const chart = ["firesteel-crds", "-n", operatorNamespace]
      const folder = join(charts, "firesteel-crds")
      yield* helm(["upgrade", "--install", "firesteel-crds", folder, "-n", operatorNamespace, "--take-ownership"])
      yield* helm(["upgrade", "firesteel-crds", folder, "-n", operatorNamespace])
      yield* helm(["uninstall", ...chart])
      for (const { metadata } of yield* rendered({}, "firesteel-crds")) yield* kubectl(["get", "crd", metadata.name])
      yield* undisturbed(world, "long", uid)
    }).pipe(Effect.orDie, Effect.scoped),
  )
})
