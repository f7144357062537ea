/**
 * The definition of another operator takes the place of ours, and each documented command brings ours back. It is a definition of the whole
 * cluster, so this runs alone; ours is restored in any case.
 */

import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import { sparkApplicationCrd } from "../../../src/api/application/CustomResource.ts"
import { foreignDefinition } from "../../support/ForeignDefinition.ts"
import { python } from "../support/Applications.ts"
import { operatorLabels, operatorNamespace } from "../support/Environment.ts"
import { charts, helm, root } from "../support/Helm.ts"
import { kubectl } from "../support/Kubectl.ts"
import { ofOperatorPods } from "../support/OperatorPods.ts"
import { metricsEqualTruth, untilMetric } from "../support/Truth.ts"
import { attempt, ClusterLayer, eventually, makeWorld, type World } from "../support/World.ts"

const { name } = sparkApplicationCrd.metadata

const applyOurs = kubectl(["apply", "--server-side", "--force-conflicts", "-f", join(root, "crds")])

/** Until the scope ends. */
const replaceOurs = Effect.acquireRelease(
  Effect.orDie(kubectl(["replace", "-f", "-"], JSON.stringify(foreignDefinition))),
  () => Effect.orDie(applyOurs),
)

/** Lines of the operator's log at level error. */
const errors = Effect.map(
  Effect.orDie(kubectl(["logs", "-n", operatorNamespace, "-l", operatorLabels, "--tail=-1"])),
  (log) => log.split("\n").filter((line) => /level=error/i.test(line) || /"level":"error"/i.test(line)),
)

const readiness = Effect.orDie(ofOperatorPods(".status.conditions[?(@.type=='Ready')].status"))

const untilReady = (status: "True" | "False") =>
  eventually(
    Effect.map(readiness, (now) => (now === status ? now : undefined)),
    60,
    Effect.map(readiness, (now) => `the operator's pod is ready: ${now}`),
  )

const untilIncomplete = (value: number) =>
  untilMetric("spark_operator_definitions_incomplete", { definition: name }, value)

/** The notes of the operator's chart, as an installation would print them. */
const notes = Effect.map(
  Effect.orDie(helm(["install", "notes", join(charts, "firesteel"), "-n", operatorNamespace, "--dry-run=server"])),
  (printed) => printed.slice(printed.indexOf("NOTES:")),
)

/** How often the Event about the definition was recorded for the application. */
const told = Effect.fnUntraced(function* ({ namespace }: World, application: string) {
  const selector = `reason=DefinitionIncomplete,involvedObject.name=${application}`
  const counts = ["get", "events", "-n", namespace, "--field-selector", selector, "-o", "jsonpath={.items[*].count}"]
  return yield* Effect.orDie(kubectl(counts))
})

const driversOf = (world: World, application: string) =>
  world.pods(`spark-role=driver,sparkoperator.k8s.io/app-name=${application}`)

layer(ClusterLayer, { excludeTestServices: true })("a definition that is not ours", (it) => {
  it.effect(
    "is reported once, holds submissions up and harms nothing that runs; everything resumes when ours is applied again",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("foreign")
        const logged = (yield* errors).length
        yield* world.apply(python("long", ["work"]))
        yield* world.apply(python("ends", ["work"]))
        for (const running of ["long", "ends"]) yield* world.untilState(running, "RUNNING")
        const [before] = yield* driversOf(world, "long")

        yield* replaceOurs
        // Its status shows what is wrong, if nothing did before.
        yield* world.apply(python("first", ["hold", "1", "1"]))
        yield* untilReady("False")
        yield* untilIncomplete(1)
        yield* world.apply(python("second", ["hold", "1", "1"]))
        yield* world.finish("ends")
        yield* world.untilState("ends", "COMPLETED")
        assert.strictEqual((yield* world.application("long"))?.status?.applicationState.state, "RUNNING")
        assert.isUndefined((yield* world.application("ends"))?.status?.attempts, "the definition drops it")
        assert.deepStrictEqual(yield* driversOf(world, "second"), [])
        const lines = (yield* errors).slice(logged)
        assert.lengthOf(lines, 1)
        assert.include(lines[0], `${name} lacks status.`)
        assert.include(lines[0], "kubectl apply --server-side --force-conflicts -f crds/")

        yield* Effect.orDie(applyOurs)
        yield* untilReady("True")
        yield* untilIncomplete(0)
        for (const application of ["first", "second"]) yield* world.untilState(application, "COMPLETED", 180)
        for (const application of ["first", "second", "ends"]) {
          const ended = yield* world.until(application, "complete", ({ status }) => status?.attempts?.length === 1)
          assert.strictEqual(attempt(ended).result, "Succeeded")
          assert.strictEqual(yield* told(world, application), "1", application)
          assert.isAtMost((yield* driversOf(world, application)).length, 1)
        }
        const [after] = yield* driversOf(world, "long")
        assert.strictEqual(after?.metadata?.uid, before?.metadata?.uid)
        assert.lengthOf((yield* errors).slice(logged), 1)
        yield* world.finish("long")
        const long = yield* world.untilState("long", "COMPLETED")
        assert.strictEqual(attempt(long).result, "Succeeded")
        yield* metricsEqualTruth(world)
        yield* Effect.forEach(["long", "ends", "first", "second"], world.remove, { concurrency: "unbounded" })
      }),
    400_000,
  )

  it.effect(
    "is named by the notes of the chart, and replaced by an upgrade of firesteel-crds, even to the same version",
    () =>
      Effect.gen(function* () {
        const chart = ["firesteel-crds", join(charts, "firesteel-crds"), "-n", operatorNamespace]
        yield* Effect.acquireRelease(
          Effect.orDie(helm(["upgrade", "--install", ...chart, "--take-ownership"])),
          // The definitions stay.
          () => Effect.orDie(helm(["uninstall", "firesteel-crds", "-n", operatorNamespace])),
        )
        assert.notInclude(yield* notes, name)
        yield* replaceOurs
        assert.match(
          yield* notes,
          /The definition sparkapplications\.sparkoperator\.k8s\.io lacks status\.applicationState\.since, .* and \d+ more: nothing is submitted until it is replaced\.\n\n {2}helm upgrade firesteel-crds /,
        )
        yield* Effect.orDie(helm(["upgrade", ...chart]))
        const found: CustomResourceDefinition = JSON.parse(
          yield* Effect.orDie(kubectl(["get", "crd", name, "-o", "json"])),
        )
        const { status } = found.spec.versions[0]!.schema!.openAPIV3Schema!.properties!
        assert.includeMembers(Object.keys(status!.properties ?? {}), ["attempts", "conditions", "runSpecHash"])
        assert.notInclude(yield* notes, name)
      }),
  )
})
