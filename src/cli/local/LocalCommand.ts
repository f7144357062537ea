/**
 * `firesteel local`: the operator's flags and local mode's own. The connection is that of the embedded cluster, so it cannot be chosen.
 */

import { join } from "node:path"
import { Effect, FileSystem, Result } from "effect"
import type { ConsoleSettings } from "../../settings/ConsoleSettings.ts"
import { type Flag, type FlagsRead, type FlagValues, readFlags } from "../../settings/Flag.ts"
import { kubeflowReplacement } from "../../settings/KubeflowFlags.ts"
import { settingsFlags, settingsFrom } from "../../settings/Settings.ts"
import type { RunnableCommand } from "../Command.ts"
import type { Host } from "../Host.ts"
import * as Logging from "../Logging.ts"
import { orUsageError } from "../UsageError.ts"
import { localFlags, type LocalOptions } from "./LocalFlags.ts"

/** Where local mode writes its kubeconfig and its log; relative to the working directory. */
const directory = ".firesteel"

/** Same flag, other default. */
const withDefault = <A>(flag: Flag<A>, text: string): Flag<A> => ({ ...flag, default: text })

/** On a terminal the log goes to a file and may be longer. */
const flagsOf = ({ isInteractive }: Host) => {
  const { kubeconfig: _kubeconfig, context: _context, ...flags } = settingsFlags
  return {
    ...localFlags,
    ...flags,
    // Reachable from this machine only.
    metricsBindAddress: withDefault(flags.metricsBindAddress, "127.0.0.1:8080"),
    healthProbeBindAddress: withDefault(flags.healthProbeBindAddress, "127.0.0.1:8081"),
    consoleBindAddress: withDefault(flags.consoleBindAddress, "127.0.0.1:8082"),
    consoleActions: withDefault(flags.consoleActions, "true"),
    // Local pods have addresses that cannot be reached, and they are short-lived.
    sparkUiAccess: withDefault(flags.sparkUiAccess, "proxy"),
    sparkUiInterval: withDefault(flags.sparkUiInterval, "1s"),
    logLevel: withDefault(flags.logLevel, isInteractive ? "info" : "warn"),
  }
}

/** With a kubeconfig there is no leader election, unless it is requested. */
const decode = ({ values, problems }: FlagsRead<ReturnType<typeof flagsOf>>, host: Host) =>
  Result.map(
    settingsFrom({ values: { ...values, kubeconfig: directory, context: undefined }, problems }, host.environment),
    (settings) => ({
      settings: { ...settings, console: withoutLogin(settings.console) },
      options: values as FlagValues<typeof localFlags> satisfies LocalOptions,
    }),
  )

/** On loopback, where only users of this machine reach it. At another address viewers need a token, of a Secret in the embedded cluster. */
const withoutLogin = (console: ConsoleSettings): ConsoleSettings =>
  /^(127\.0\.0\.1|\[::1\]|localhost):\d+$/.test(console.bindAddress) ? { ...console, access: "operator" } : console

export const make = (host: Host): RunnableCommand => {
  const flags = flagsOf(host)
  return {
    name: "local",
    summary: "Try Firesteel on an embedded Kubernetes",
    group: "operator",
    flags,
    run: Effect.fnUntraced(function* (args) {
      const read = readFlags(flags, args, host.environment, kubeflowReplacement)
      const { settings, options } = yield* orUsageError(decode(read, host))
      const { local } = yield* Effect.promise(() => import("./Local.ts"))
      yield* FileSystem.FileSystem.use((fileSystem) => fileSystem.makeDirectory(directory, { recursive: true }))
      const log = host.isInteractive ? join(directory, "operator.log") : undefined
      return yield* local({ options, settings, host, directory, log }).pipe(
        Effect.scoped,
        Effect.provide(Logging.layerOf(host, settings.log, log)),
      )
    }),
  }
}
