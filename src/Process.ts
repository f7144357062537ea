/**
 * The process: arguments and environment in, exit code out. Only here are `process` and its streams touched.
 * Exit codes: 0 done, or stopped by a signal after a graceful shutdown; 1 failure; 2 a mistake in the command line or environment.
 */

import { basename, resolve } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Effect, Exit, Result } from "effect"
import { helpText, parseInvocation, print } from "./cli/Command.ts"
import { commandsOf } from "./cli/Commands.ts"
import type { Host } from "./cli/Host.ts"
import { UsageError } from "./cli/UsageError.ts"
import { version } from "./Version.ts"

// Only the page of the console is stripped of its types with it, and a test opens that page: the warning would only alarm users.
const { emitWarning } = process
process.emitWarning = (warning: string | Error, ...rest: ReadonlyArray<never>) =>
  String(warning).includes("stripTypeScriptTypes") ? undefined : emitWarning.call(process, warning, ...rest)

const showsColors = (stream: { readonly isTTY: boolean }) => stream.isTTY && !process.env["NO_COLOR"]

/** kubectl runs the program `kubectl-firesteel`: a script, or a single file that is its own interpreter. */
const isPlugin = (file: string) => basename(file).startsWith("kubectl-")

const host: Host = {
  version,
  program: [process.argv[1] ?? "", process.execPath].some(isPlugin) ? "kubectl firesteel" : "firesteel",
  environment: process.env,
  examples: resolve(import.meta.dirname, "../examples"),
  isInteractive: process.stdout.isTTY && process.stdin.isTTY && process.env["TERM"] !== "dumb",
  colors: showsColors(process.stdout),
  stderr: {
    isTerminal: process.stderr.isTTY,
    colors: showsColors(process.stderr),
    write: (text) => process.stderr.write(text),
  },
  runOperator: Effect.fnUntraced(function* (settings) {
    const { runOperator } = yield* Effect.promise(() => import("./Operator.ts"))
    return yield* runOperator(settings, process.env, process)
  }),
}

const commands = commandsOf(host)
const invocation = parseInvocation(process.argv.slice(2), commands)

const main = Effect.suspend(() => {
  switch (invocation._tag) {
    case "Run":
      return invocation.command.run(invocation.args)
    case "Help":
      return print(helpText(commands, invocation.command, host.program))
    case "Version":
      return print(`${version}\n`)
    case "Unknown":
      return Effect.fail(new UsageError({ message: invocation.message }))
  }
})

/** Expected errors are one line; defects have their stack. */
const report = (cause: Cause.Cause<{ readonly message: string }>) =>
  Effect.sync(() => {
    if (Cause.hasInterruptsOnly(cause)) return
    const failure = Cause.findError(cause)
    process.stderr.write(`${Result.isSuccess(failure) ? failure.success.message : Cause.pretty(cause)}\n`)
  })

/** A command that did its work and found something wrong returns `false`. */
const exitCode = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return exit.value === false ? 1 : 0
  if (Cause.hasInterruptsOnly(exit.cause)) {
    return invocation._tag === "Run" ? (invocation.command.exitCodeOnSignal ?? 0) : 0
  }
  return Cause.squash(exit.cause) instanceof UsageError ? 2 : 1
}

// The reader of our output has closed it, as in `firesteel crds | head`.
process.stdout.on("error", () => process.exit(0))

NodeRuntime.runMain(main.pipe(Effect.tapCause(report), Effect.provide(NodeServices.layer)), {
  disableErrorReporting: true,
  teardown: (exit) => process.exit(exitCode(exit)),
})
