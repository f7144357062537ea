/** The check of a definition against an API server that answers as each case says. The kind knows no Spark. */

import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Logger } from "effect"
import { TestClock } from "effect/testing"
import { Kube, type ListOptions, type PatchOptions } from "../../src/kube/Kube.ts"
import { KubeError } from "../../src/kube/KubeError.ts"
import * as DefinitionCheck from "../../src/runtime/DefinitionCheck.ts"
import { failure } from "../support/ScriptedKube.ts"
import { type Widget, widgets } from "../support/WidgetKind.ts"

const example = { size: 1, color: "red", parts: [{ name: "leg", weight: 2 }], a: 1, b: 1, c: 1, d: 1 }
type Status = Partial<typeof example>

const widget = (name: string, status?: Status, resourceVersion = "1") =>
  ({
    metadata: { name, namespace: "default", uid: `uid-${name}`, resourceVersion },
    spec: { size: 1 },
    ...(status === undefined ? {} : { status }),
  }) as unknown as Widget

const refused = (status: number, message: string) =>
  new KubeError({ reason: "Invalid", request: "patch widgets", message, status })

/** An API server that keeps of a status what `keeps` returns, and whose cache has these widgets. */
const makeWorld = (keeps: (sent: Status) => Status | undefined, cached: ReadonlyArray<Widget> = [widget("chair")]) => {
  const world = {
    answer: (sent: Status): Effect.Effect<Widget, KubeError> => Effect.succeed(widget("chair", keeps(sent), "2")),
    cached,
    found: [widget("chair")],
    reread: Effect.void as Effect.Effect<void, KubeError>,
    dryRuns: [] as Array<string>,
    log: [] as Array<string>,
    events: [] as Array<string>,
    gauge: undefined as boolean | undefined,
    queued: [] as Array<string>,
  }
  const kube = {
    patch: (_: unknown, namespace: string, name: string, { dryRun, subresource, body }: PatchOptions) => {
      assert.deepStrictEqual([dryRun, subresource], [true, "status"])
      world.dryRuns.push(`${namespace}/${name}`)
      return Effect.delay(world.answer((body as ReadonlyArray<{ readonly value: Status }>)[0]!.value), "1 millis")
    },
    list: (_: unknown, { fieldSelector }: ListOptions) =>
      Effect.succeed({
        items: world.found.filter(({ metadata }) => fieldSelector === `metadata.name=${metadata.name}`),
      }),
  } as unknown as typeof Kube.Service
  const check = DefinitionCheck.make<Widget>({
    resource: widgets,
    example,
    waiting: "new widgets",
    remedy: "kubectl apply -f widgets.yaml",
    objects: {
      values: () => world.cached,
      get: (key) => world.cached.find(({ metadata }) => `default/${metadata.name}` === key),
    },
    reread: Effect.suspend(() => world.reread),
    events: {
      record: ({ name }, { type, reason, message }) =>
        Effect.sync(() => void world.events.push(`${name} ${type} ${reason} ${message}`)),
    },
    metrics: {
      definition: (name, isComplete) => {
        assert.strictEqual(name, "widgets.example.com")
        world.gauge = isComplete
      },
    },
  })
  const logger = Logger.make(({ logLevel, message }) => {
    world.log.push(`${logLevel} ${[message].flat().map(String).join(" ")}`)
  })
  const given = <A, E>(effect: Effect.Effect<A, E, Kube>) =>
    effect.pipe(Effect.provideService(Kube, kube), Effect.provide(Logger.layer([logger])))
  /** As time passes. */
  const timed = <A, E>(effect: Effect.Effect<A, E, Kube>) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(given(effect))
      yield* TestClock.adjust(10)
      return yield* Fiber.join(fiber)
    })
  return {
    world,
    check,
    allows: (object = widget("chair")) => timed(check.allows(object)),
    write: (status: Status, answer: Effect.Effect<Widget, KubeError>) =>
      given(check.write(status as NonNullable<Widget["status"]>, answer)),
    remembered: (object: Widget) => timed(check.remembered(object)),
    watching: Effect.forkScoped(given(check.watch((key) => void world.queued.push(key)))),
  }
}

const everything = (sent: Status) => sent
const sizeAlone = ({ size }: Status) => ({ size: size! })

const lacks =
  "he CustomResourceDefinition widgets.example.com lacks status.color, status.parts, status.a, status.b, status.c and 1 more; new widgets wait until it is replaced: kubectl apply -f widgets.yaml"

describe("a definition that has every field", () => {
  it.effect("is asked about once, however many objects are in a hurry", () =>
    Effect.gen(function* () {
      const { world, allows, check } = makeWorld(everything)
      const answers = yield* Effect.all(
        ["a", "b", "c"].map((name) => allows(widget(name))),
        { concurrency: "unbounded" },
      )
      assert.deepStrictEqual(answers, [true, true, true])
      assert.lengthOf(world.dryRuns, 1)
      assert.deepStrictEqual([check.problem(), world.gauge, world.log], [undefined, true, []])
    }),
  )

  it.effect("is asked about at the start, and never again", () =>
    Effect.gen(function* () {
      const { world, allows, watching } = makeWorld(everything)
      yield* watching
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(world.dryRuns, ["default/chair"])
      assert.isTrue(yield* allows())
      assert.lengthOf(world.dryRuns, 1)
    }),
  )

  it.effect("is asked about again when the API server did not answer", () =>
    Effect.gen(function* () {
      const { world, allows } = makeWorld(everything)
      const { answer } = world
      world.answer = () => Effect.fail(failure("Unavailable"))
      assert.strictEqual((yield* Effect.flip(allows())).reason, "Unavailable")
      world.answer = answer
      assert.isTrue(yield* allows())
    }),
  )

  it.effect("is asked about again when it refused a status", () =>
    Effect.gen(function* () {
      const { world, allows, write } = makeWorld(everything)
      assert.isTrue(yield* allows())
      yield* Effect.flip(write({ size: 2 }, Effect.fail(refused(422, "Widget is invalid: status.size: too large"))))
      assert.isTrue(yield* allows())
      assert.lengthOf(world.dryRuns, 2)
    }),
  )

  it.effect("keeps statuses as they are", () =>
    Effect.gen(function* () {
      const { check, write, remembered } = makeWorld(everything)
      const answer = widget("chair", { size: 2 }, "2")
      assert.strictEqual(yield* write({ size: 2 }, Effect.succeed(answer)), answer)
      assert.strictEqual(yield* remembered(answer), answer)
      assert.isFalse(check.owes(answer))
    }),
  )
})

describe("a definition that lacks fields", () => {
  it.effect(
    "holds everything up, is logged once, is an Event once per object, and keeps the operator from being ready",
    () =>
      Effect.gen(function* () {
        const { world, allows, check } = makeWorld(sizeAlone)
        for (const name of ["chair", "table", "chair"]) assert.isFalse(yield* allows(widget(name)))
        assert.deepStrictEqual(world.log, [`Error t${lacks}`])
        assert.deepStrictEqual(world.events, [
          `chair Warning DefinitionIncomplete T${lacks}`,
          `table Warning DefinitionIncomplete T${lacks}`,
        ])
        assert.strictEqual(check.problem(), `t${lacks}`)
        assert.isFalse(world.gauge)
        assert.lengthOf(world.dryRuns, 1)
      }),
  )

  it.effect("is noticed by the answer of a status write, which is remembered as it was sent", () =>
    Effect.gen(function* () {
      const { world, check, allows, write, remembered } = makeWorld(sizeAlone)
      const sent = { size: 2, color: "blue" }
      const kept = widget("chair", { size: 2 }, "2")
      const written = yield* write(sent, Effect.succeed(kept))
      assert.deepStrictEqual(written, { ...kept, status: sent } as unknown as Widget)
      assert.deepStrictEqual(yield* remembered(kept), written)
      assert.deepStrictEqual(yield* remembered(widget("chair", { size: 2 }, "5")), {
        ...written,
        metadata: widget("chair", {}, "5").metadata,
      })
      assert.match(world.log.join(), /lacks status\.color; new widgets wait/)
      assert.isFalse(check.owes(kept), "it would be lost again")
      assert.isFalse(yield* allows())
      assert.lengthOf(world.events, 1)
    }),
  )

  it.effect("does not override a status that another client wrote, or that of a successor", () =>
    Effect.gen(function* () {
      const { write, remembered } = makeWorld(sizeAlone)
      yield* write({ size: 2, color: "blue" }, Effect.succeed(widget("chair", { size: 2 }, "2")))
      const others = widget("chair", { size: 3 }, "3")
      assert.strictEqual(yield* remembered(others), others)
      yield* write({ size: 2, color: "blue" }, Effect.succeed(widget("chair", { size: 2 }, "4")))
      const successor = { ...widget("chair"), metadata: { ...widget("chair").metadata, uid: "other" } }
      assert.strictEqual(yield* remembered(successor), successor)
    }),
  )

  it.effect(
    "is asked about every five seconds with one object, until it is right: then who waits is queued, and what is owed is written",
    () =>
      Effect.gen(function* () {
        const cached = [widget("stool"), widget("table")]
        const { world, check, allows, write, watching } = makeWorld(sizeAlone, cached)
        yield* watching
        yield* TestClock.adjust("1 second")
        yield* allows(widget("table"))
        const kept = widget("stool", { size: 2 }, "2")
        yield* write({ size: 2, color: "blue" }, Effect.succeed(kept))
        const before = world.dryRuns.length
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(world.dryRuns.length - before, 12)
        assert.deepStrictEqual(world.dryRuns.slice(-2).sort(), ["default/stool", "default/table"], "in turn")
        assert.deepStrictEqual(world.queued, [])
        world.answer = (sent) => Effect.succeed(widget("chair", sent))
        yield* TestClock.adjust("11 seconds")
        assert.deepStrictEqual(world.queued.sort(), ["default/stool", "default/table"])
        assert.deepStrictEqual([check.problem(), world.gauge], [undefined, true])
        assert.isTrue(yield* allows(widget("table")))
        assert.isTrue(check.owes(kept))
        yield* write({ size: 2, color: "blue" }, Effect.succeed(widget("stool", { size: 2, color: "blue" }, "3")))
        assert.isFalse(check.owes(kept))
        assert.deepStrictEqual(world.log, [
          `Error t${lacks}`,
          "Info the CustomResourceDefinition widgets.example.com has everything that is needed again",
        ])
      }),
  )

  it.effect("is wrong until everything could be read again", () =>
    Effect.gen(function* () {
      const { world, check, allows, watching } = makeWorld(sizeAlone)
      yield* watching
      yield* TestClock.adjust("1 second")
      world.answer = (sent) => Effect.succeed(widget("chair", sent))
      world.reread = Effect.fail(failure("Unavailable"))
      yield* TestClock.adjust("30 seconds")
      assert.isFalse(yield* allows())
      world.reread = Effect.sync(() => void (world.cached = [widget("chair", { size: 1, color: "red" })]))
      yield* TestClock.adjust("10 seconds")
      assert.isUndefined(check.problem())
      assert.deepStrictEqual(world.queued, ["default/chair"])
    }),
  )

  it.effect("has a status that only adds to what is stored remembered instead of written, and no other", () =>
    Effect.gen(function* () {
      const { world, check, allows, remembered } = makeWorld(sizeAlone)
      const stored = widget("chair", { size: 1 })
      const unstored = widget("table")
      world.cached = [stored, unstored]
      const withholds = (object: Widget, status: Status) =>
        check.withholds(object, status as NonNullable<Widget["status"]>)
      assert.isFalse(withholds(stored, { size: 1, color: "red" }), "nothing is wrong yet")
      yield* allows()
      assert.isTrue(withholds(stored, { size: 1, color: "red" }))
      assert.deepStrictEqual((yield* remembered(stored)).status as Status, { size: 1, color: "red" })
      assert.isFalse(withholds(stored, { size: 2, color: "red" }))
      assert.isFalse(withholds(unstored, { size: 1 }), "the first status")
    }),
  )

  it.effect("no longer keeps the operator from being ready when there is no object of the kind", () =>
    Effect.gen(function* () {
      const { world, check, allows, watching } = makeWorld(sizeAlone)
      yield* watching
      yield* TestClock.adjust("1 second")
      assert.isDefined(check.problem())
      world.cached = []
      yield* TestClock.adjust("11 seconds")
      assert.isUndefined(check.problem())
      assert.isFalse(yield* allows(widget("table")), "the next object is asked about")
    }),
  )

  it.effect.each([
    ["refuses a value", "refuses the status: Widget is invalid: status.color: Unsupported value"],
    ["has no status subresource", "has no status subresource; new widgets wait"],
  ] as const)("%s", ([title, expected]) =>
    Effect.gen(function* () {
      const { world, check, allows } = makeWorld(everything)
      const error =
        title === "refuses a value"
          ? refused(422, "Widget is invalid: status.color: Unsupported value")
          : failure("NotFound")
      world.answer = () => Effect.fail(error)
      assert.isFalse(yield* allows())
      assert.include(check.problem(), expected)
    }),
  )
})

describe("a dry run that proves nothing", () => {
  it.effect("because the object is gone, or invalid for another reason, is repeated with the next one", () =>
    Effect.gen(function* () {
      const { world, allows } = makeWorld(sizeAlone)
      const { answer } = world
      world.answer = () => Effect.fail(failure("NotFound"))
      world.found = []
      assert.isTrue(yield* allows())
      world.answer = () => Effect.fail(refused(422, "Widget is invalid: spec.size: must be positive"))
      assert.isTrue(yield* allows())
      world.answer = answer
      assert.isFalse(yield* allows())
    }),
  )

  it.effect("because a webhook does not support it, is not repeated, and the writes are left to show it", () =>
    Effect.gen(function* () {
      const { world, allows, write } = makeWorld(sizeAlone)
      world.answer = () => Effect.fail(refused(400, 'admission webhook "x" does not support dry run'))
      for (const name of ["chair", "table"]) assert.isTrue(yield* allows(widget(name)))
      assert.lengthOf(world.dryRuns, 1)
      assert.match(world.log.join(), /^Warn /)
      yield* write({ size: 2, color: "blue" }, Effect.succeed(widget("chair", { size: 2 })))
      assert.isFalse(yield* allows())
    }),
  )

  it.effect("so one status that was dropped is written again from time to time, until it is kept", () =>
    Effect.gen(function* () {
      const { world, check, allows, write, watching } = makeWorld(sizeAlone)
      world.answer = () => Effect.fail(refused(400, 'admission webhook "x" does not support dry run'))
      const sent = { size: 2, color: "blue" }
      yield* write(sent, Effect.succeed(widget("chair", { size: 2 })))
      yield* watching
      yield* TestClock.adjust("15 seconds")
      assert.lengthOf(world.dryRuns, 1)
      assert.deepStrictEqual([...new Set(world.queued)], ["default/chair"])
      assert.isTrue(check.owes(widget("chair", { size: 2 })))
      yield* write(sent, Effect.succeed(widget("chair", { size: 2 })))
      assert.isFalse(yield* allows())
      yield* write(sent, Effect.succeed(widget("chair", sent)))
      yield* TestClock.adjust("10 seconds")
      assert.isTrue(yield* allows())
      assert.isUndefined(check.problem())
    }),
  )
})
