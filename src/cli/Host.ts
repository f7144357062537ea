/**
 * What commands get from the process that runs them, as one value: only `Process.ts` touches `process` itself. Standard output and the
 * file system are Effect's services.
 */

import type { Effect, Scope } from "effect"
import type { Settings } from "../settings/Settings.ts"
import type { Environment } from "../telemetry/otlp/OtlpEnvironment.ts"

export interface RunningOperator {
  /** With the path of the metrics; undefined: switched off. */
  readonly metricsUrl: string | undefined
  /** Without a path; undefined: switched off. */
  readonly healthUrl: string | undefined
  /** Without a path; undefined: switched off. */
  readonly consoleUrl: string | undefined
  /** Waits until the caches hold the cluster. */
  readonly ready: Effect.Effect<void>
  /** Fails when another replica leads and this one must exit. */
  readonly lost: Effect.Effect<never, { readonly message: string }>
}

export interface Host {
  readonly version: string
  /** How the user calls it: `firesteel`, or `kubectl firesteel` for the plugin. */
  readonly program: string
  readonly environment: Environment
  /** The folder of the examples that come with Firesteel. */
  readonly examples: string
  /** Standard input and output are a terminal on which a view can be redrawn. */
  readonly isInteractive: boolean
  /** Whether standard output gets colours. */
  readonly colors: boolean
  readonly stderr: {
    readonly isTerminal: boolean
    readonly colors: boolean
    readonly write: (text: string) => void
  }
  /** Starts the operator in the scope. Most of the program is loaded only then, so that other commands start at once. */
  readonly runOperator: (
    settings: Settings,
  ) => Effect.Effect<RunningOperator, { readonly message: string }, Scope.Scope>
}
