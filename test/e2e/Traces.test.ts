/** Traces of whole lives: one per attempt, the same whoever tells them, complete also when operators die. */

import { assert, describe, it } from "@effect/vitest"
import { emptyResource } from "@opentelemetry/resources"
import type { ReadableSpan } from "@opentelemetry/sdk-trace"
import { Effect, Layer, Logger, References, Tracer } from "effect"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { events } from "../../src/kube/Resource.ts"
import type { FaultPlan } from "../../src/local/apiserver/Faults.ts"
import { rootSpanId, traceId } from "../../src/spark/monitoring/Trace.ts"
import { tracerOf } from "../../src/telemetry/otlp/SdkSpan.ts"
import { type SpanData, SpanSink } from "../../src/telemetry/otlp/SpanSink.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

const keeping = (spans: Array<SpanData>) =>
  Layer.succeed(SpanSink, { isSampled: () => true, push: (span) => spans.push(span) })

const rootsOf = (spans: ReadonlyArray<SpanData>) => spans.filter(({ parentSpanId }) => parentSpanId === undefined)
const byId = (spans: ReadonlyArray<SpanData>) => {
  const found = new Map<string, SpanData>()
  for (const span of spans) {
    const same = found.get(span.spanId)
    if (same) assert.deepStrictEqual(span, same, "a span that is told again is the same span")
    found.set(span.spanId, span)
  }
  return found
}

const start = ["submit", "schedule", "sandbox", "pull"]
const complete = [...start, "context", "first_executor", "executors", "run", "attempt"]
const namesIn = (spans: Iterable<SpanData>, trace: string) =>
  [...spans].filter((span) => span.traceId === trace).map(({ name }) => name.split(".").at(-1))

const flaky = (): SparkApplication =>
  sparkPi(
    "pi",
    { "pull-seconds": "2", "run-seconds": "5", "exit-code": "3, 0" },
    { restartPolicy: { type: "OnFailure", onFailureRetries: 2, onFailureRetryInterval: 1 } },
  )

describe("traces", () => {
  it.effect("show one trace per attempt, with the timestamps of Kubernetes", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const spans: Array<SpanData> = []
      yield* world.startOperator(undefined, [], keeping(spans))
      yield* world.apply(flaky())
      yield* pass(35)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      const [first, second] = status.attempts!
      assert.strictEqual(status.attempts!.length, 2)

      for (const attempt of [first!, second!]) {
        const own = spans.filter(({ traceId }) => traceId === attempt.traceID)
        assert.sameMembers(namesIn(own, attempt.traceID!), complete)
        const driver = world.driversEver().find(({ metadata }) => metadata?.uid === attempt.driverUID)!
        const condition = (type: string) =>
          Date.parse(driver.status?.conditions?.find((it) => it.type === type)?.lastTransitionTime ?? "")
        const ended = driver.status?.containerStatuses?.[0]?.state?.terminated
        const end = (phase: string) => own.find(({ name }) => name === `spark.application.${phase}`)?.end
        assert.deepStrictEqual([...start, "run", "attempt"].map(end), [
          Date.parse(driver.metadata?.creationTimestamp ?? ""),
          condition("PodScheduled"),
          // The last status of a pod no longer has it: its sandbox is gone.
          Date.parse(attempt.sandboxTime ?? ""),
          Date.parse(ended?.startedAt ?? ""),
          Date.parse(ended?.finishedAt ?? ""),
          Date.parse(ended?.finishedAt ?? ""),
        ])
      }
      const [failed, succeeded] = rootsOf(spans)
      assert.strictEqual(failed!.outcome?._tag, "Error")
      assert.include(failed!.attributes, { "process.exit.code": 3, "spark.application.attempt": 1 })
      assert.strictEqual(succeeded!.outcome?._tag, "Ok")
      assert.deepStrictEqual(succeeded!.links, [
        { traceId: failed!.traceId, spanId: failed!.spanId, attributes: { "spark.link": "previous attempt" } },
      ])
    }),
  )

  it.effect("are exported once by operators that shut down in order, whichever of them observes what", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const spans: Array<SpanData> = []
      yield* world.apply(sparkPi("pi", { "pull-seconds": "2", "run-seconds": "300" }))
      for (let operator = 0; operator < 3; operator++) {
        const running = yield* world.startOperator(undefined, [], keeping(spans))
        yield* pass(10)
        yield* running.stop
        yield* pass(65)
      }
      yield* world.startOperator(undefined, [], keeping(spans))
      yield* pass(150)
      const { status } = yield* world.reported("pi")
      assert.sameMembers(namesIn(spans, status.attempts![0]!.traceID!), complete)
    }),
  )

  it.effect("also end when the application is deleted while it runs", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const spans: Array<SpanData> = []
      yield* world.startOperator(undefined, [], keeping(spans))
      yield* world.apply(sparkPi("pi", { "pull-seconds": "2", "run-seconds": "300" }))
      yield* pass(10)
      yield* Effect.orDie(world.kube.delete(sparkApplications, "default", "pi"))
      yield* pass(5)
      const [root, ...others] = rootsOf(spans)
      assert.deepStrictEqual(others, [])
      assert.include(root!.attributes, {
        "spark.application.result": "Stopped",
        "spark.application.reason": "Deleted",
      })
      assert.sameMembers(namesIn(spans, root!.traceId), complete)
    }),
  )

  it.effect("can be found from the status, from Events and from the log", () =>
    Effect.gen(function* () {
      const lines: Array<readonly [string, Readonly<Record<string, unknown>>]> = []
      const logger = Logger.make(({ message, fiber }) =>
        lines.push([String(message), fiber.getRef(References.CurrentLogAnnotations)]),
      )
      const world = yield* makeWorld
      yield* world.startOperator(undefined, [], Logger.layer([logger]))
      yield* world.apply(sparkPi("pi", { "run-seconds": "1" }))
      yield* pass(15)
      const { status } = yield* world.reported("pi")
      const trace = traceId(status.submissionID!)
      assert.strictEqual(status.attempts![0]!.traceID, trace)
      const { items } = yield* Effect.orDie(world.kube.list(events, {}))
      const ours = items.filter(({ involvedObject }) => involvedObject.kind === "SparkApplication")
      assert.strictEqual(ours.length, 3)
      for (const { metadata, reason } of ours)
        assert.strictEqual(metadata.annotations?.["sparkoperator.k8s.io/trace-id"], trace, reason)
      const transitions = lines.filter(([message]) => message.includes("→"))
      assert.isAbove(transitions.length, 2)
      for (const [message, annotations] of transitions)
        assert.include(annotations, { trace_id: trace, span_id: rootSpanId(status.submissionID!) }, message)
    }),
  )

  it.effect("of the operator's own work link to that of the attempt", () =>
    Effect.gen(function* () {
      const origin = { resource: emptyResource(), instrumentationScope: { name: "test" } }
      const work: Array<ReadableSpan> = []
      const sampler = { isSampled: () => true, problem: undefined }
      const world = yield* makeWorld
      yield* world.startOperator(
        undefined,
        [],
        Layer.succeed(
          Tracer.Tracer,
          tracerOf(sampler, origin, (span) => work.push(span)),
        ),
      )
      yield* world.apply(sparkPi("pi", { "run-seconds": "1" }))
      yield* pass(15)
      const { status } = yield* world.reported("pi")
      const reconciles = work.filter(({ name }) => name === "reconcile")
      assert.isAbove(reconciles.length, 2)
      const link = { traceId: traceId(status.submissionID!), spanId: rootSpanId(status.submissionID!) }
      for (const { links, spanContext, attributes } of reconciles) {
        assert.deepStrictEqual(
          links.map(({ context: { traceId, spanId } }) => ({ traceId, spanId })),
          [link],
        )
        assert.notStrictEqual(spanContext().traceId, link.traceId)
        assert.includeMembers(Object.keys(attributes), ["key", "outcome"])
      }
      assert.strictEqual(new Set(reconciles.map(({ spanContext }) => spanContext().traceId)).size, reconciles.length)
    }),
  )

  it.effect(
    "are complete after an operator was killed at every third request with unsent spans",
    () =>
      Effect.gen(function* () {
        let deaths = 0
        for (let fatal = 1; ; fatal += 3) {
          const { died, ids } = yield* Effect.scoped(lifeWithDeath(fatal))
          if (!died) break
          deaths++
          assert.isAbove(ids, 0)
        }
        assert.isAbove(deaths, 5)
      }),
    60_000,
  )
})

/** What the first operator told in its last five seconds is lost: it was still waiting to be sent. */
const lifeWithDeath = Effect.fnUntraced(function* (fatal: number) {
  const world = yield* makeWorld
  let died = false
  let armed = false
  let count = 0
  const plan: FaultPlan = () => {
    if (!armed) return undefined
    count++
    if (count === fatal) died = true
    return count < fatal ? undefined : { _tag: "DropAfter" }
  }
  const spans: Array<SpanData> = []
  const first = yield* world.startOperator(plan, [], keeping(spans))
  armed = true
  yield* world.apply(flaky())
  let sent = 0
  for (let look = 0; look < 40; look++) {
    if (died) break
    yield* pass(0.5)
    if (look % 10 === 9 && !died) sent = spans.length
  }
  yield* first.kill
  spans.splice(sent)
  yield* world.startOperator(undefined, [], keeping(spans))
  yield* pass(40)
  const { status } = yield* world.reported("pi")
  assert.strictEqual(status.applicationState.state, "COMPLETED")
  const found = byId(spans)
  for (const { traceID } of status.attempts!) {
    // Executors may have ended while no operator looked.
    assert.includeMembers(namesIn(found.values(), traceID!), [...start, "run", "attempt"], `killed at request ${fatal}`)
  }
  assert.strictEqual(rootsOf([...found.values()]).length, status.attempts!.length)
  return { died, ids: found.size }
})
