/** Runs commands on a cluster without a process: on any `Kube`, with what they print as text. */

import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Exit, Fiber, Result, Terminal } from "effect"
import { TestClock } from "effect/testing"
import type { Verb } from "../../src/cli/plugin/Verb.ts"
import { parseCall } from "../../src/cli/plugin/Verb.ts"
import { UsageError } from "../../src/cli/UsageError.ts"
import type { Connection } from "../../src/kube/Connection.ts"
import { Kube, type KubeApi } from "../../src/kube/Kube.ts"
import { type Flags, problemLines } from "../../src/settings/Flag.ts"

export interface Ended {
  /** As of the process. */
  readonly code: number
  readonly out: string
  readonly err: string
}

const nowhere: Connection = {
  server: "http://127.0.0.1:1",
  namespace: "default",
  credentials: { current: Effect.succeed({ headers: {}, tls: {} }), refused: () => Effect.void },
}

/** Where a command runs. */
export interface Place {
  readonly kube: KubeApi
  readonly connection?: Connection
}

/** A command that was started; `printed` is what it has printed so far. */
export const start = Effect.fnUntraced(function* <F extends Flags>(
  { kube, connection = nowhere }: Place,
  definition: Verb<F>,
  ...args: ReadonlyArray<string>
) {
  const printed = { out: "", err: "" }
  const terminal = Terminal.make({
    columns: Effect.succeed(80),
    rows: Effect.succeed(24),
    size: Effect.never,
    readInput: Effect.die("no input"),
    readLine: Effect.die("no input"),
    display: (text) =>
      Effect.sync(() => {
        printed.out += text
      }),
  })
  const parsed = parseCall(definition, args, {})
  const host = {
    program: "kubectl firesteel",
    version: "0.0.0",
    colors: false,
    environment: {},
    stderr: { isTerminal: false, colors: false, write: (text: string) => (printed.err += text) },
  }
  const run = Result.isFailure(parsed)
    ? Effect.fail(new UsageError({ message: problemLines(parsed.failure) }))
    : definition.run({
        ...parsed.success,
        namespace: parsed.success.flags.namespace ?? connection.namespace,
        connection,
        host,
      })
  const fiber = yield* run.pipe(
    Effect.scoped,
    Effect.provideService(Terminal.Terminal, terminal),
    Effect.provideService(Kube, kube),
    Effect.provide(NodeServices.layer),
    Effect.provideService(Terminal.Terminal, terminal),
    Effect.exit,
    Effect.forkChild({ startImmediately: true }),
  )
  return { printed, fiber }
})

const endedOf = (
  exit: Exit.Exit<unknown, { readonly message: string }>,
  printed: { out: string; err: string },
): Ended => {
  if (Exit.isSuccess(exit)) return { code: exit.value === false ? 1 : 0, ...printed }
  const failure = Exit.findError(exit)
  if (Result.isFailure(failure)) throw new Error(String(exit.cause))
  const error = failure.success
  return { code: error instanceof UsageError ? 2 : 1, out: printed.out, err: `${printed.err}${error.message}\n` }
}

/** Lets virtual time pass until the command has ended, at most ten minutes. */
export const run = Effect.fnUntraced(function* <F extends Flags>(
  place: Place,
  definition: Verb<F>,
  ...args: ReadonlyArray<string>
) {
  const { printed, fiber } = yield* start(place, definition, ...args)
  for (let step = 0; step < 6000 && fiber.pollUnsafe() === undefined; step++) {
    // Some of what a command does, such as loading a module, takes real time.
    yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    yield* TestClock.adjust(100)
  }
  return endedOf(yield* Fiber.join(fiber), printed)
})
