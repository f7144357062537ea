/** Commands of the program as users run them: each is a process, with the environment of the test and what is given. */

import { execFileSync, spawn } from "node:child_process"
import { join, resolve } from "node:path"
import { Effect, type Scope } from "effect"
import type { Ended } from "./PluginBench.ts"

const root = resolve(import.meta.dirname, "../..")
const sources = join(root, "src/main.ts")

/** Builds the package in this directory; the result is the program for `ProcessOptions`, which starts in a third of the time. */
export const bundle = (directory: string): string => {
  execFileSync(process.execPath, [join(root, "tools/bundle.ts"), directory], { stdio: "ignore" })
  return join(directory, "lib/main.js")
}

/** A command that works until it has done what it is for. */
export interface Running {
  /** What has been printed so far. */
  readonly printed: { readonly out: string; readonly err: string }
  /** The first match in what is printed; a command that ends without one is a defect. */
  readonly until: (pattern: RegExp) => Effect.Effect<RegExpExecArray>
  /** Ctrl-C. */
  readonly interrupt: Effect.Effect<void>
  readonly ended: Effect.Effect<Ended>
}

export interface ProcessOptions {
  readonly env?: NodeJS.ProcessEnv
  /** Its standard input. */
  readonly input?: string
  /** Its working directory. */
  readonly cwd?: string
  /** A script; the sources, if none is given. */
  readonly program?: string
}

/** Starts a command; what still runs when the scope ends is killed. */
export const start = (
  args: ReadonlyArray<string>,
  { env = {}, input = "", cwd, program = sources }: ProcessOptions = {},
): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.gen(function* () {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => spawn(process.execPath, [program, ...args], { cwd, env: { ...process.env, ...env } })),
      (it) => Effect.sync(() => it.kill("SIGKILL")),
    )
    const printed = { out: "", err: "" }
    const changed = new Set<() => void>()
    let code: number | undefined
    const take = (stream: "out" | "err") => (chunk: string) => {
      printed[stream] += chunk
      for (const listener of changed) listener()
    }
    child.stdout.setEncoding("utf8").on("data", take("out"))
    child.stderr.setEncoding("utf8").on("data", take("err"))
    child.on("close", (ended) => {
      code = ended ?? -1
      for (const listener of changed) listener()
    })
    child.stdin.on("error", () => {})
    child.stdin.end(input)
    const when = <A>(look: () => A | undefined): Effect.Effect<A> =>
      Effect.callback((resume) => {
        const listener = () => {
          const found = look()
          if (found === undefined) return
          changed.delete(listener)
          resume(Effect.succeed(found))
        }
        changed.add(listener)
        listener()
        return Effect.sync(() => changed.delete(listener))
      })
    const ended = when(() => (code === undefined ? undefined : { code, ...printed }))
    return {
      printed,
      until: (pattern) =>
        when(
          () => pattern.exec(printed.out) ?? pattern.exec(printed.err) ?? (code === undefined ? undefined : code),
        ).pipe(
          Effect.flatMap((found) =>
            typeof found === "number"
              ? Effect.die(new Error(`${args.join(" ")} has ended with ${found}: ${printed.out}${printed.err}`))
              : Effect.succeed(found),
          ),
        ),
      interrupt: Effect.sync(() => child.kill("SIGINT")),
      ended,
    }
  })

/** Runs a command to its end. */
export const run = (args: ReadonlyArray<string>, options?: ProcessOptions): Effect.Effect<Ended> =>
  Effect.scoped(Effect.flatMap(start(args, options), ({ ended }) => ended))
