/** The order in which a decision is reported, and what happens to deleted pods that it took into account. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../../src/api/Kinds.ts"
import type { Decision } from "../../../src/application/lifecycle/Decision.ts"
import * as Changes from "../../../src/application/reconcile/Changes.ts"
import * as Report from "../../../src/application/reconcile/Report.ts"
import * as Reported from "../../../src/application/reconcile/Reported.ts"
import { Kube } from "../../../src/kube/Kube.ts"
import type { KubeError } from "../../../src/kube/KubeError.ts"
import * as DefinitionCheck from "../../../src/runtime/DefinitionCheck.ts"
import * as LastSeen from "../../../src/runtime/LastSeen.ts"
import { awaitChange } from "../../../src/runtime/Next.ts"
import * as StatusWrites from "../../../src/runtime/StatusWrites.ts"
import * as Store from "../../../src/runtime/Store.ts"
import type { SeenPod } from "../../../src/spark/observe/PodPast.ts"
import { failure } from "../../support/ScriptedKube.ts"
import { situation, statusIn } from "../../support/Situations.ts"

const version = (resourceVersion: string, status = statusIn("SUBMITTED")) =>
  ({
    metadata: { name: "pi", namespace: "ml", uid: "u1", resourceVersion },
    spec: {},
    status,
  }) as unknown as SparkApplication

const pod = { metadata: { name: "pi-exec-1", namespace: "ml", uid: "p1" } } as SeenPod

/** What happened, in order; the API server answers with `answer`. */
const world = (answer: Effect.Effect<SparkApplication, KubeError>) => {
  const happened: Array<string> = []
  const applications = Store.make<SparkApplication>()
  applications.put(version("1"))
  const lastSeen = LastSeen.make<SeenPod>()
  lastSeen.remember("ml/pi", pod)
  const cached = () => applications.get("ml/pi")?.metadata.resourceVersion
  const metrics = {
    applicationObserved: () => void happened.push("gauges"),
    applicationCommitted: () => void happened.push(`counters, with version ${cached()} in the cache`),
    podObserved: () => {},
  }
  const traces = { committed: () => void happened.push("traces"), observed: () => {} }
  const writes: StatusWrites.StatusWrites<SparkApplication, Reported.ApplicationWrite> = StatusWrites.make()
  const podUses = { observed: () => {}, reported: () => {} }
  const reported = Reported.make({ lastSeen, metrics, traces, podUses })
  const podReports = { probeKillOf: () => undefined }
  const events = { record: () => Effect.sync(() => void happened.push("Event")) }
  const definition = DefinitionCheck.make<SparkApplication>({
    resource: sparkApplications,
    example: {},
    waiting: "submissions",
    remedy: "",
    objects: applications,
    reread: Effect.void,
    events,
    metrics: { definition: () => {} },
  })
  const changes = Changes.make({
    lastSeen,
    definition,
    writes,
    reported,
    metrics,
    traces,
    podReports,
    podUses,
  })
  const kube = {
    patch: () =>
      Effect.andThen(
        Effect.sync(() => void happened.push("status")),
        answer,
      ),
  } as unknown as typeof Kube.Service
  const report = Report.make({ applications, changes, definition, writes, reported, events })
  const before = situation("SUBMITTED")
  const run = (decision: Partial<Decision>) =>
    Effect.exit(
      report(
        version("1"),
        before,
        {
          rule: "advance",
          status: before.status,
          actions: [],
          events: [{ type: "Normal", reason: "SparkDriverRunning", message: "it runs" }],
          next: awaitChange,
          deferred: false,
          postponedSince: undefined,
          ...decision,
        },
        [pod],
      ),
    ).pipe(Effect.provideService(Kube, kube))
  return { happened, run, remembered: () => lastSeen.of("ml/pi").length }
}

const running = statusIn("RUNNING")

describe("a decision", () => {
  it.effect("is reported as status, cache, counters, traces, Event", () =>
    Effect.gen(function* () {
      const { happened, run, remembered } = world(Effect.succeed(version("2", running)))
      yield* run({ status: running })
      assert.deepStrictEqual(happened, ["status", "gauges", "counters, with version 2 in the cache", "traces", "Event"])
      assert.strictEqual(remembered(), 0)
    }),
  )

  it.effect("whose write is refused leaves no Event, and the pods that it took into account are kept", () =>
    Effect.gen(function* () {
      const { happened, run, remembered } = world(Effect.fail(failure("Conflict")))
      const exit = yield* run({ status: running })
      assert.strictEqual(exit._tag, "Failure")
      assert.deepStrictEqual([happened, remembered()], [["status"], 1])
    }),
  )

  it.effect("that needs no write still records its Events, and releases the pods that it took into account", () =>
    Effect.gen(function* () {
      const { happened, run, remembered } = world(Effect.die("nothing is to be written"))
      yield* run({})
      assert.deepStrictEqual([happened, remembered()], [["Event"], 0])
    }),
  )

  it.effect("that is postponed is not reported, and the pods are kept for the next one", () =>
    Effect.gen(function* () {
      const { happened, run, remembered } = world(Effect.die("nothing is to be written"))
      yield* run({ postponedSince: 1, events: [] })
      assert.deepStrictEqual([happened, remembered()], [[], 1])
    }),
  )
})
