import { stripVTControlCharacters } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { type Cause, Effect, Fiber, Option, Queue, SubscriptionRef, Terminal } from "effect"
import { TestClock } from "effect/testing"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import type { ApplicationStateType } from "../../../src/api/application/SparkApplicationStatus.ts"
import type { LocalPicture } from "../../../src/cli/local/Picture.ts"
import { showLines, showScreen } from "../../../src/cli/local/Screen.ts"

const picture = (name: string, state: ApplicationStateType, progress?: string): LocalPicture => {
  const application: SparkApplication = {
    metadata: { name, namespace: "default", uid: name },
    spec: { type: "Scala", sparkVersion: "4.0.1", mainApplicationFile: "local:///pi.jar", driver: {}, executor: {} },
    status: {
      applicationState: { state },
      driverInfo: {},
      ...(progress === undefined ? {} : { progress: { summary: progress } }),
    },
  }
  return {
    applications: new Map([[`default/${name}`, application]]),
    drivers: new Map(),
    schedules: new Map(),
    servers: new Map(),
    histories: new Map(),
  }
}

/** A terminal of 80 by 24 that remembers what was written, and whose keys the test presses. */
const fakeTerminal = Effect.gen(function* () {
  const keys = yield* Queue.unbounded<Terminal.UserInput, Cause.Done>()
  const written: Array<string> = []
  const terminal = Terminal.make({
    columns: Effect.succeed(80),
    rows: Effect.succeed(24),
    size: Effect.never,
    readInput: Effect.succeed(keys),
    readLine: Effect.never,
    display: (text) => Effect.sync(() => void written.push(text)),
  })
  const press = (name: string) =>
    Queue.offer(keys, { input: Option.some(name), key: { name, ctrl: false, meta: false, shift: false } })
  return { terminal, keys, written, press }
})

const addresses = {
  console: undefined,
  api: "http://127.0.0.1:8001",
  metrics: undefined,
  healthz: undefined,
  readyz: undefined,
  kubeconfig: "kc",
  log: undefined,
  takenPorts: [],
}

describe("LocalScreen", () => {
  it.effect("draws what changed, ends at q and restores the terminal", () =>
    Effect.gen(function* () {
      const { terminal, written, press } = yield* fakeTerminal
      const shown = yield* SubscriptionRef.make(picture("pi", "SUBMITTED"))
      const screen = yield* showScreen({ title: "Firesteel", addresses, colors: true }, shown).pipe(
        Effect.provideService(Terminal.Terminal, terminal),
        Effect.forkChild,
      )
      yield* TestClock.adjust("1 second")
      assert.strictEqual(written.length, 2, "one frame while nothing changes")
      assert.include(stripVTControlCharacters(written[1]!), "pi    SUBMITTED")
      yield* SubscriptionRef.set(shown, picture("pi", "RUNNING", "42%"))
      yield* TestClock.adjust("1 second")
      assert.include(written[2], "RUNNING")
      yield* press("x")
      yield* press("q")
      yield* Fiber.join(screen)
      assert.strictEqual(written[0], "\u001B[?1049h\u001B[?25l")
      assert.strictEqual(written.at(-1), "\u001B[?25h\u001B[?1049l")
    }),
  )

  it.effect("restores the terminal when the program is stopped from outside, and ends when the input ends", () =>
    Effect.gen(function* () {
      const { terminal, keys, written } = yield* fakeTerminal
      const shown = yield* SubscriptionRef.make(picture("pi", "RUNNING"))
      const show = showScreen({ title: "Firesteel", addresses, colors: true }, shown).pipe(
        Effect.provideService(Terminal.Terminal, terminal),
        Effect.forkChild,
      )
      const first = yield* show
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(first)
      assert.strictEqual(written.at(-1), "\u001B[?25h\u001B[?1049l")
      const second = yield* show
      yield* TestClock.adjust("1 second")
      yield* Queue.end(keys)
      yield* Fiber.join(second)
    }),
  )

  it.effect("prints one line per change where there is no terminal, and none for progress alone", () =>
    Effect.gen(function* () {
      const { terminal, written } = yield* fakeTerminal
      const shown = yield* SubscriptionRef.make(picture("pi", "SUBMITTED"))
      yield* showLines(shown).pipe(Effect.provideService(Terminal.Terminal, terminal), Effect.forkChild)
      for (const next of [
        picture("pi", "RUNNING"),
        picture("pi", "RUNNING", "10%"),
        picture("pi", "COMPLETED", "100%"),
      ]) {
        yield* TestClock.adjust("1 second")
        yield* SubscriptionRef.set(shown, next)
      }
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(
        written
          .join("")
          .split("\n")
          .map((line) => line.replace(/ +/g, " ")),
        ["pi SUBMITTED", "pi RUNNING", "pi COMPLETED 100%", ""],
      )
    }),
  )
})
