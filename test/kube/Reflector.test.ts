import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger, References, Stream } from "effect"
import { TestClock } from "effect/testing"
import { type ReflectorEvent, reflect } from "../../src/kube/Reflector.ts"
import { type KubeObject, pods } from "../../src/kube/Resource.ts"
import { failure, list, object, open, type Script, scripted } from "../support/ScriptedKube.ts"

/** `Listed a b`, `Applied a`, `Bookmark`: what a consumer sees, in short. */
const short = (event: ReflectorEvent<KubeObject>): string => {
  switch (event._tag) {
    case "Listed":
      return ["Listed", ...event.objects.map((it) => it.metadata?.name)].join(" ")
    case "Bookmark":
      return "Bookmark"
    default:
      return `${event._tag} ${event.object.metadata?.name}`
  }
}

/** Starts a reflector; `seen` fills while time passes. */
const start = Effect.fnUntraced(function* (script: Script, optional = false) {
  const { kube, listed, watched } = scripted(script)
  const metrics: Array<string> = []
  const reflector = reflect(
    kube,
    pods,
    { labelSelector: "spark-role", optional },
    { kubeWatch: (event, resource) => metrics.push(`${event} ${resource}`) },
  )
  const seen: Array<string> = []
  yield* Effect.forkScoped(Stream.runForEach(reflector.events, (event) => Effect.sync(() => seen.push(short(event)))))
  yield* TestClock.adjust(0)
  return { seen, listed, watched, metrics, reflector, from: () => watched.map((it) => it.resourceVersion) }
})

const ok = (...answer: Parameters<typeof list>) => Effect.succeed(list(...answer))
const modified = (name: string, version: number) => ({ type: "MODIFIED" as const, object: object(name, version) })
const bookmark = (version: number) => ({ type: "BOOKMARK" as const, resourceVersion: String(version) })

describe("Reflector", () => {
  it.effect("emits all pages of a list at once and watches from the list's version", () =>
    Effect.gen(function* () {
      const { seen, listed, from } = yield* start({
        lists: [ok(10, [object("a", 1)], "next"), ok(10, [object("b", 2)])],
      })
      assert.deepStrictEqual(seen, ["Listed a b"])
      assert.deepStrictEqual(from(), ["10"])
      assert.deepStrictEqual(
        listed.map(({ limit, continue: token, labelSelector }) => ({ limit, token, labelSelector })),
        [
          { limit: undefined, token: undefined, labelSelector: "spark-role" },
          { limit: undefined, token: "next", labelSelector: "spark-role" },
        ],
      )
    }),
  )

  it.effect("reads a list in pages once a whole one has failed after long", () =>
    Effect.gen(function* () {
      const late = Effect.andThen(Effect.sleep("60 seconds"), Effect.fail(failure("Timeout")))
      const { seen, listed } = yield* start({
        lists: [late, ok(10, [object("a", 1)], "next"), ok(10, [object("b", 2)])],
      })
      yield* TestClock.adjust("61 seconds")
      assert.deepStrictEqual(seen, ["Listed a b"])
      assert.deepStrictEqual(
        listed.map(({ limit }) => limit),
        [undefined, 500, 500],
      )
    }),
  )

  it.effect("reads a list as a whole again after a short failure", () =>
    Effect.gen(function* () {
      const { seen, listed } = yield* start({ lists: [Effect.fail(failure("Transport")), ok(10, [object("a", 1)])] })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(seen, ["Listed a"])
      assert.deepStrictEqual(
        listed.map(({ limit }) => limit),
        [undefined, undefined],
      )
    }),
  )

  it.effect("restarts a list that expires between two pages, and never emits a part of it", () =>
    Effect.gen(function* () {
      const { seen, listed } = yield* start({
        lists: [ok(10, [object("a", 1)], "next"), Effect.fail(failure("Gone")), ok(20, [object("b", 2)])],
      })
      assert.deepStrictEqual(seen, ["Listed b"])
      assert.deepStrictEqual(
        listed.map((it) => it.continue),
        [undefined, "next", undefined],
      )
    }),
  )

  it.effect("emits nothing before a slow list is complete", () =>
    Effect.gen(function* () {
      const { seen } = yield* start({ lists: [Effect.delay(ok(10, [object("a", 1)]), "20 seconds")] })
      yield* TestClock.adjust("19 seconds")
      assert.deepStrictEqual(seen, [])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(seen, ["Listed a"])
    }),
  )

  it.effect("continues where a closed watch ended, without a new list", () =>
    Effect.gen(function* () {
      const { seen, listed, from, metrics } = yield* start({
        lists: [ok(10, [])],
        watches: [Stream.make(modified("a", 11), bookmark(15)), open({ type: "DELETED", object: object("a", 16) })],
      })
      assert.deepStrictEqual(seen, ["Listed", "Applied a", "Bookmark", "Deleted a"])
      assert.deepStrictEqual(from(), ["10", "15"])
      assert.strictEqual(listed.length, 1)
      assert.deepStrictEqual(metrics, ["list pods", "reconnect pods"])
    }),
  )

  it.effect("continues from the same version when the connection drops", () =>
    Effect.gen(function* () {
      const { seen, from } = yield* start({
        lists: [ok(10, [])],
        watches: [
          Stream.concat(Stream.make(modified("a", 11)), Stream.fail(failure("Transport"))),
          open(modified("a", 12)),
        ],
      })
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(seen, ["Listed", "Applied a", "Applied a"])
      assert.deepStrictEqual(from(), ["10", "11"])
    }),
  )

  it.effect("lists again at once when its version has expired", () =>
    Effect.gen(function* () {
      const { seen, from, metrics } = yield* start({
        lists: [ok(10, [object("a", 1)]), ok(30, [object("b", 2)])],
        watches: [Stream.fail(failure("Gone"))],
      })
      assert.deepStrictEqual(seen, ["Listed a", "Listed b"])
      assert.deepStrictEqual(from(), ["10", "30"])
      assert.deepStrictEqual(metrics, ["list pods", "gone pods", "relist pods"])
    }),
  )

  it.effect("backs off when every list is followed by an expired watch", () =>
    Effect.gen(function* () {
      const { listed } = yield* start({
        lists: Array.from({ length: 50 }, () => ok(10, [])),
        watches: Array.from({ length: 50 }, () => Stream.fail(failure("Gone"))),
      })
      assert.strictEqual(listed.length, 2)
      yield* TestClock.adjust("10 seconds")
      assert.isAtMost(listed.length, 10)
    }),
  )

  it.effect("backs off up to half a minute and recovers", () =>
    Effect.gen(function* () {
      const failures = Array.from({ length: 12 }, () => Effect.fail(failure("Unavailable")))
      const { seen, listed, reflector } = yield* start({
        lists: [...failures, ok(10, [])],
        watches: [open(bookmark(11))],
      })
      yield* TestClock.adjust("50 seconds")
      assert.isBelow(listed.length, 12)
      assert.strictEqual(reflector.liveness().failures, listed.length)
      assert.strictEqual(reflector.liveness().lastError, "scripted Unavailable")
      yield* TestClock.adjust("3 minutes")
      assert.deepStrictEqual(seen, ["Listed", "Bookmark"])
      assert.strictEqual(reflector.liveness().failures, 0)
      assert.strictEqual(reflector.liveness().lastError, undefined)
    }),
  )

  it.effect("warns after the third failure in a row, with a remedy", () =>
    Effect.gen(function* () {
      const warnings: Array<Record<string, unknown>> = []
      const logger = Logger.make(({ logLevel, fiber }) => {
        if (logLevel === "Warn") warnings.push({ ...fiber.getRef(References.CurrentLogAnnotations) })
      })
      const lists = Array.from({ length: 3 }, () => Effect.fail(failure("Forbidden")))
      yield* start({ lists }).pipe(Effect.provide(Logger.layer([logger])))
      yield* TestClock.adjust("149 millis")
      assert.deepStrictEqual(warnings, [])
      yield* TestClock.adjust("151 millis")
      assert.strictEqual(warnings.length, 1)
      assert.strictEqual(warnings[0]?.watch, "watch pods")
      assert.include(String(warnings[0]?.remedy), "to list and watch pods")
    }),
  )

  it.effect("emits an optional resource as empty while it is not served, and finds it later", () =>
    Effect.gen(function* () {
      const missing = Effect.fail(failure("NotFound"))
      const script = { lists: [Effect.fail(failure("Timeout")), missing, missing, ok(10, [object("a", 1)])] }
      const { seen } = yield* start(script, true)
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(seen, ["Listed", "Listed a"])
      const { seen: required } = yield* start({ lists: [missing, ok(10, [object("a", 1)])] })
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(required, ["Listed a"])
    }),
  )

  it.effect("waits as long as a throttling server asks", () =>
    Effect.gen(function* () {
      const { seen } = yield* start({ lists: [Effect.fail(failure("Throttled", 17)), ok(10, [])] })
      yield* TestClock.adjust("16 seconds")
      assert.deepStrictEqual(seen, [])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(seen, ["Listed"])
    }),
  )

  it.effect("does not spin when the server closes every watch at once", () =>
    Effect.gen(function* () {
      const { watched } = yield* start({
        lists: [ok(10, [])],
        watches: Array.from({ length: 1000 }, () => Stream.empty),
      })
      yield* TestClock.adjust("5 seconds")
      assert.isBelow(watched.length, 15)
    }),
  )

  it.effect("reports when the server last answered and when it last tried", () =>
    Effect.gen(function* () {
      const { reflector } = yield* start({
        lists: [ok(10, [])],
        watches: [Stream.fail(failure("Transport")), Stream.fail(failure("Transport"))],
      })
      yield* TestClock.adjust("1 second")
      const { lastContact, lastTick, failures } = reflector.liveness()
      assert.strictEqual(lastContact, 0)
      assert.isAbove(lastTick, 0)
      assert.strictEqual(failures, 2)
    }),
  )
})
