/** What the operator reads from real drivers, and what it passes to them about their trace. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { rootSpanId } from "../../../src/spark/monitoring/Trace.ts"
import { python } from "../support/Applications.ts"
import { kubectl } from "../support/Kubectl.ts"
import { attempt, ClusterLayer, makeWorld } from "../support/World.ts"

interface RestJob {
  readonly numTasks: number
}

layer(ClusterLayer, { excludeTestServices: true })("a driver that is asked how far it is", (it) => {
  describe.concurrent("", () => {
    it.effect("tells its tasks, which kubectl shows as a share of what there is to do", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("progress")
        yield* world.apply(python("tasks", ["hold", "6", "5"]))
        const { status } = yield* world.until("tasks", "in the middle of its tasks", ({ status }) => {
          const { completed = 0, total } = status?.progress?.tasks ?? {}
          return total === 6 && completed > 0 && completed < total
        })
        const progress = status!.progress!
        assert.strictEqual(progress.summary, `${Math.floor((100 * progress.tasks!.completed!) / 6)}%`)
        assert.deepInclude(progress.jobs, { active: 1 })
        assert.strictEqual(progress.executors, 1)
        assert.include(progress.description, "app.py")
        const [job] = (yield* world.rest("tasks", "jobs")) as ReadonlyArray<RestJob>
        assert.strictEqual(job?.numTasks, progress.tasks!.total)
        const table = yield* Effect.orDie(kubectl(["get", "sparkapp", "-n", world.namespace, "-o", "wide"]))
        assert.match(table, /PROGRESS[^]*\d+%/)
        yield* world.untilState("tasks", "COMPLETED")
        yield* world.until("tasks", "done", ({ status }) => status?.progress?.summary === "100%", 10)
        yield* world.remove("tasks")
      }),
    )

    it.effect("tells the newest micro-batch of a stream, and knows the trace of its attempt", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("stream")
        yield* world.apply(
          python("stream", ["stream"], {
            telemetry: { mode: "otlp", otlp: { endpoint: "http://collector.test:4318" } },
          }),
        )
        const running = yield* world.until(
          "stream",
          "at its second micro-batch",
          ({ status }) => (status?.progress?.batch?.id ?? 0) >= 1,
        )
        assert.match(running.status!.progress!.summary!, /^batch \d+$/)
        const { traceID } = attempt(running)
        const parent = `00-${traceID}-${rootSpanId(running.status!.submissionID!)}-01`
        const [executor] = yield* world.executors("stream")
        for (const pod of ["stream-driver", executor!.metadata!.name!]) {
          const variables = (yield* world.exec(pod, "env")).split("\n")
          assert.include(variables, `TRACEPARENT=${parent}`, pod)
          const resource = variables.find((line) => line.startsWith("OTEL_RESOURCE_ATTRIBUTES="))
          assert.include(resource, `spark.application.submission_id=${running.status!.submissionID}`, pod)
          assert.include(resource, `k8s.pod.name=${pod}`, pod)
        }
        yield* world.remove("stream")
      }),
    )
  })
})
