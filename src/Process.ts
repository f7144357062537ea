/**
 * The process: arguments and environment in, exit code out. Only here are `process` and its streams touched.
 * Exit codes: 0 done, or stopped by a signal after a graceful shutdown; 1 failure; 2 a mistake in the command line or environment.
 */

import { openSync, writeSync } from "node:fs"
import { join, resolve } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Effect, Exit, FileSystem, Result, Schema, Terminal } from "effect"
import type { Problem } from "./api/Problem.ts"
import * as Api from "./api/schema/Crd.ts"
import { helpText, parseInvocation } from "./cli/Command.ts"
import { localDefaults, localFlags } from "./cli/local/LocalFlags.ts"
import { loggingLayer } from "./cli/Logging.ts"
import { migrationFlagsWith } from "./cli/migration/MigrationFlags.ts"
import { renderFlags } from "./cli/render/RenderFlags.ts"
import { candidacyOf } from "./settings/ElectionSettings.ts"
import { decodeFlags, problemLines } from "./settings/Flag.ts"
import { kubeflowReplacement } from "./settings/KubeflowFlags.ts"
import { batchSchedulingOf, buildOptionsOf, podFlags } from "./settings/PodSettings.ts"
import { type Settings, decodeSettings, settingsFlags } from "./settings/Settings.ts"
import { noHealthDefaults } from "./spark/health/HealthDefaults.ts"
import { version } from "./Version.ts"

const root = resolve(import.meta.dirname, "..")
const onTerminal = process.stdout.isTTY && process.stdin.isTTY && process.env["TERM"] !== "dumb"
const wantsColors = (stream: { readonly isTTY: boolean }) => stream.isTTY && !process.env["NO_COLOR"]

class UsageError extends Schema.TaggedError<UsageError>()("UsageError", { message: Schema.String }) {}

const orUsageError = <A>(decoded: Result.Result<A, ReadonlyArray<Problem>>) =>
  Effect.fromResult(Result.mapError(decoded, (problems) => new UsageError({ message: problemLines(problems) })))

/** Most of the program; loaded only by the commands that need it, so that the others answer at once. */
const operatorModule = Effect.promise(() => import("./Operator.ts"))
const localModule = Effect.promise(() => import("./cli/local/Local.ts"))
const migrationModule = Effect.promise(() => import("./cli/migration/Migration.ts"))

const print = (text: string) => Effect.flatMap(Terminal.Terminal, (terminal) => Effect.ignore(terminal.display(text)))

/** Logs to standard error, or to `file` when the terminal shows something else. */
const logging = (settings: Pick<Settings, "logFormat" | "logLevel">, file?: string) => {
  const descriptor = file === undefined ? undefined : openSync(file, "w")
  const pretty =
    settings.logFormat === "pretty" || (settings.logFormat === "auto" && (process.stderr.isTTY || file !== undefined))
  return loggingLayer({
    format: pretty ? "pretty" : "json",
    level: settings.logLevel,
    colors: descriptor === undefined && wantsColors(process.stderr),
    write: (line) => (descriptor === undefined ? process.stderr.write(line) : writeSync(descriptor, line)),
  })
}

const operator = (args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const settings = yield* orUsageError(decodeSettings(args, process.env))
    const candidacy = yield* orUsageError(candidacyOf(settings, process.env))
    const { runOperator } = yield* operatorModule
    return yield* runOperator(settings, process.env, candidacy, process).pipe(
      Effect.flatMap(({ lost }) => lost),
      Effect.scoped,
      Effect.catch((error) => Effect.as(Effect.logFatal(error.message), false)),
      Effect.provide(logging(settings)),
    )
  })

/** The operator's flags and local mode's own. The connection is the embedded cluster's, so it cannot be chosen. */
const localSettingsFlags = (() => {
  const { kubeconfig: _kubeconfig, context: _context, ...flags } = settingsFlags
  return {
    ...localFlags,
    ...flags,
    metricsBindAddress: { ...flags.metricsBindAddress, default: localDefaults.metricsBindAddress },
    healthProbeBindAddress: { ...flags.healthProbeBindAddress, default: localDefaults.healthProbeBindAddress },
    // Local pods have addresses that lead nowhere, and short lives.
    sparkUiAccess: { ...flags.sparkUiAccess, default: "proxy" },
    sparkUiInterval: { ...flags.sparkUiInterval, default: "1s" },
    logLevel: { ...flags.logLevel, default: onTerminal ? "info" : "warn" },
  }
})()

const localMode = (args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const settings = yield* orUsageError(decodeFlags(localSettingsFlags, args, process.env, kubeflowReplacement))
    const directory = ".firesteel"
    // The kubeconfig is the embedded cluster's: no election, unless it is asked for.
    const candidacy = yield* orUsageError(
      candidacyOf({ ...settings, kubeconfig: directory, context: undefined }, process.env),
    )
    const { runOperator } = yield* operatorModule
    const { local } = yield* localModule
    yield* FileSystem.FileSystem.use((fileSystem) => fileSystem.makeDirectory(directory, { recursive: true }))
    const log = onTerminal ? join(directory, "operator.log") : undefined
    return yield* local(settings, {
      startOperator: (connection) =>
        runOperator({ ...settings, ...connection, context: undefined }, process.env, candidacy, process),
      version,
      directory,
      ownExamples: join(root, "examples"),
      screen: onTerminal,
      colors: wantsColors(process.stdout),
      log,
    }).pipe(Effect.scoped, Effect.provide(logging(settings, log)))
  })

const migrationSettingsFlags = migrationFlagsWith(settingsFlags)

/** Exit code 1 says that there are problems; 2, as for any mistake in the command line, that nothing could be checked. */
const migrateCheckCommand = (args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const decode = (words: ReadonlyArray<string>) =>
      decodeFlags(migrationSettingsFlags, words, process.env, kubeflowReplacement)
    const options = yield* orUsageError(decode(args))
    const { check } = yield* migrationModule
    const { report, problems } = yield* check(options, args, decode, {
      version,
      colors: wantsColors(process.stdout),
    }).pipe(Effect.mapError(({ message }) => new UsageError({ message })))
    yield* print(report)
    return problems === 0
  }).pipe(Effect.scoped, Effect.provide(logging({ logFormat: "auto", logLevel: "error" })))

const readText = (path: string) =>
  FileSystem.FileSystem.use((fileSystem) => fileSystem.readFileString(path === "-" ? "/dev/stdin" : path)).pipe(
    Effect.mapError(({ message }) => new UsageError({ message: `${path}: ${message}` })),
  )

const renderFlagTable = { ...renderFlags, ...podFlags }

const renderManifest = (args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const settings = yield* orUsageError(decodeFlags(renderFlagTable, args, process.env))
    if (settings.file === undefined) {
      return yield* new UsageError({ message: "--file: is needed: a manifest, or - for standard input" })
    }
    const { healthOf, render } = yield* Effect.promise(() => import("./cli/render/Render.ts"))
    const { health, remarks: before } =
      settings.healthChecks === undefined
        ? { health: noHealthDefaults, remarks: [] }
        : healthOf(yield* readText(settings.healthChecks))
    const { output, remarks, good } = render(yield* readText(settings.file), {
      build: buildOptionsOf(settings, () => true),
      scheduling: batchSchedulingOf(settings),
      submitter: settings.submitter,
      health,
    })
    for (const line of before) process.stderr.write(`${settings.healthChecks}: ${line}\n`)
    for (const line of remarks) process.stderr.write(`${settings.file}: ${line}\n`)
    yield* print(output)
    return good
  })

/** What takes no flags still refuses them. */
const withoutFlags =
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  (args: ReadonlyArray<string>) =>
    Effect.andThen(orUsageError(decodeFlags({}, args, {})), effect)

const commands = [
  { name: "operator", summary: "Run the operator", flags: settingsFlags, run: operator },
  { name: "local", summary: "Try Firesteel on an embedded Kubernetes", flags: localSettingsFlags, run: localMode },
  {
    name: "migrate check",
    summary: "Say what changes for users of kubeflow's operator",
    flags: migrationSettingsFlags,
    run: migrateCheckCommand,
  },
  {
    name: "render",
    summary: "Print the objects that an application would get",
    flags: renderFlagTable,
    run: renderManifest,
  },
  {
    name: "crds",
    summary: "Print the custom resource definitions",
    flags: {},
    run: withoutFlags(print(Api.crdYaml())),
  },
] as const

const main = Effect.suspend(() => {
  const invocation = parseInvocation(process.argv.slice(2), commands)
  switch (invocation._tag) {
    case "Run":
      return invocation.command.run(invocation.args)
    case "Help":
      return print(helpText(commands, invocation.command))
    case "Version":
      return print(`${version}\n`)
    case "Unknown":
      return Effect.fail(new UsageError({ message: invocation.message }))
  }
})

/** Errors that a person can act on are one line; defects come with their stack. */
const report = (cause: Cause.Cause<{ readonly message: string }>) =>
  Effect.sync(() => {
    if (Cause.hasInterruptsOnly(cause)) return
    const failure = Cause.findError(cause)
    process.stderr.write(`${Result.isSuccess(failure) ? failure.success.message : Cause.pretty(cause)}\n`)
  })

/** `false` is a command's way to say that it did its work and found something wrong. */
const exitCode = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return exit.value === false ? 1 : 0
  if (Cause.hasInterruptsOnly(exit.cause)) return 0
  return Cause.squash(exit.cause) instanceof UsageError ? 2 : 1
}

// The reader of our output has gone, as in `firesteel crds | head`: nobody is left to tell anything to.
process.stdout.on("error", () => process.exit(0))

NodeRuntime.runMain(main.pipe(Effect.tapCause(report), Effect.provide(NodeServices.layer)), {
  disableErrorReporting: true,
  teardown: (exit) => process.exit(exitCode(exit)),
})
