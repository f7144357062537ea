import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { TestClock } from "effect/testing"
import type { Event } from "kubernetes-types/core/v1"
import { make, type Note } from "../../src/kube/EventRecorder.ts"
import type { KubeApi } from "../../src/kube/Kube.ts"
import type { KubeError } from "../../src/kube/KubeError.ts"
import { failure } from "../support/ScriptedKube.ts"

const about = { apiVersion: "v1", kind: "Pod", namespace: "jobs", name: "driver", uid: "u1" }
const note: Note = { type: "Warning", reason: "Failed", message: "It failed." }

/** A recorder whose writes are kept; `answer` decides what becomes of each. */
const start = Effect.fnUntraced(function* (
  answer: (verb: "create" | "patch", turn: number) => Effect.Effect<void, KubeError> = () => Effect.void,
) {
  const created: Array<Event> = []
  const patched: Array<{ readonly name: string; readonly body: unknown }> = []
  let turn = 0
  const kube = {
    create: (_: unknown, __: string, event: Event) =>
      Effect.suspend(() => {
        created.push(event)
        return answer("create", ++turn)
      }),
    patch: (_: unknown, __: string, name: string, { body }: { readonly body: unknown }) =>
      Effect.suspend(() => {
        patched.push({ name, body })
        return answer("patch", ++turn)
      }),
  } as unknown as Pick<KubeApi, "create" | "patch">
  const scope = yield* Scope.make()
  const recorder = yield* Scope.provide(make(kube), scope)
  const record = (change: Partial<Note> = {}, uid = "u1") =>
    Effect.andThen(recorder.record({ ...about, uid }, { ...note, ...change }), TestClock.adjust(0))
  return { recorder, record, created, patched, close: Scope.close(scope, Exit.void) }
})

describe("EventRecorder", () => {
  it.effect("writes what kubectl shows: object, reason, message, time and source", () =>
    Effect.gen(function* () {
      const { record, created } = yield* start()
      yield* TestClock.adjust("90 seconds")
      yield* record()
      const { metadata, ...event } = created[0]!
      assert.match(metadata.name ?? "", /^driver\.[0-9a-f]+$/)
      assert.strictEqual(metadata.namespace, "jobs")
      assert.deepStrictEqual(event, {
        involvedObject: about,
        ...note,
        count: 1,
        firstTimestamp: "1970-01-01T00:01:30Z",
        lastTimestamp: "1970-01-01T00:01:30Z",
        source: { component: "firesteel" },
        reportingComponent: "firesteel",
        reportingInstance: "firesteel",
      })
    }),
  )

  it.effect("increases the count of a repetition within ten minutes, and creates a new Event afterwards", () =>
    Effect.gen(function* () {
      const { record, created, patched } = yield* start()
      yield* record()
      yield* TestClock.adjust("9 minutes")
      yield* record()
      assert.deepStrictEqual(patched, [
        { name: created[0]!.metadata.name!, body: { count: 2, lastTimestamp: "1970-01-01T00:09:00Z" } },
      ])
      yield* TestClock.adjust("11 minutes")
      yield* record()
      assert.strictEqual(created.length, 2)
    }),
  )

  it.effect("creates a new Event for another message, reason or object", () =>
    Effect.gen(function* () {
      const { record, created, patched } = yield* start()
      yield* record()
      yield* record({ message: "It failed again." })
      yield* record({ reason: "Other" })
      yield* record({}, "u2")
      assert.strictEqual(created.length, 4)
      assert.strictEqual(new Set(created.map((it) => it.metadata.name)).size, 4)
      assert.deepStrictEqual(patched, [])
    }),
  )

  it.effect("creates a new Event if the earlier one has expired", () =>
    Effect.gen(function* () {
      const { record, created } = yield* start((verb) =>
        verb === "patch" ? Effect.fail(failure("NotFound")) : Effect.void,
      )
      yield* record()
      yield* record()
      assert.strictEqual(created.length, 2)
    }),
  )

  it.effect("limits an object with very many Events to one in thirty seconds, without affecting others", () =>
    Effect.gen(function* () {
      const { record, created } = yield* start()
      for (let n = 0; n < 100; n++) yield* record({ message: `number ${n}` })
      assert.strictEqual(created.length, 25)
      yield* record({}, "u2")
      assert.strictEqual(created.length, 26)
      yield* TestClock.adjust("30 seconds")
      yield* record({ message: "later" })
      yield* record({ message: "later still" })
      assert.strictEqual(created.length, 27)
    }),
  )

  it.effect("retries when the server is briefly unavailable, and continues when it rejects an Event", () =>
    Effect.gen(function* () {
      const { record, created } = yield* start((_, turn) =>
        turn === 1 ? Effect.fail(failure("Unavailable")) : turn === 3 ? Effect.fail(failure("Forbidden")) : Effect.void,
      )
      yield* record()
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(created.length, 2)
      assert.strictEqual(created[0]!.metadata.name, created[1]!.metadata.name)
      yield* record({ message: "refused" })
      yield* record({ message: "third" })
      assert.strictEqual(created.at(-1)?.message, "third")
    }),
  )

  it.effect("never makes the caller wait, even when the server hangs and the queue is full", () =>
    Effect.gen(function* () {
      const { recorder, created, close } = yield* start(() => Effect.never)
      for (let n = 0; n < 5000; n++) yield* recorder.record(about, note)
      yield* TestClock.adjust(0)
      assert.strictEqual(created.length, 1)
      const closing = yield* Effect.forkChild(close)
      yield* TestClock.adjust("1900 millis")
      assert.isUndefined(closing.pollUnsafe())
      yield* TestClock.adjust("100 millis")
      assert.isDefined(closing.pollUnsafe())
    }),
  )

  it.effect("writes what is left when its scope ends", () =>
    Effect.gen(function* () {
      const { recorder, created, close } = yield* start()
      for (let n = 0; n < 5; n++) yield* recorder.record(about, { ...note, message: `number ${n}` })
      yield* close
      assert.strictEqual(created.length, 5)
    }),
  )
})
