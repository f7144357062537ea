/**
 * What a command on a cluster is: its flags and operands as data, and what it does with a connection to the API server. `commandOf` makes a
 * command of `firesteel` of it: mistakes in the command line are reported before anything is connected.
 */

import type { NodeServices } from "@effect/platform-node/NodeServices"
import { Effect, Result, type Scope } from "effect"
import type { Problem } from "../../api/Problem.ts"
import type { Connection } from "../../kube/Connection.ts"
import type { Kube } from "../../kube/Kube.ts"
import { decodeFlags, type Flags, type FlagValues } from "../../settings/Flag.ts"
import type { Command, RunnableCommand } from "../Command.ts"
import type { Host } from "../Host.ts"
import * as Logging from "../Logging.ts"
import { orUsageError, UsageError } from "../UsageError.ts"
import { splitArguments } from "./Arguments.ts"
import { clusterFlags, type ClusterFlagValues } from "./PluginFlags.ts"

/** What a verb gets: everything about one call of it. */
export interface Call<F extends Flags> {
  readonly flags: FlagValues<F>
  readonly operands: ReadonlyArray<string>
  /** What follows `--`. */
  readonly rest: ReadonlyArray<string> | undefined
  /** That of the command line, else of the context. */
  readonly namespace: string
  readonly connection: Connection
  readonly host: Pick<Host, "program" | "version" | "colors" | "stderr" | "environment">
}

export type VerbServices = Kube | NodeServices | Scope.Scope

export interface Verb<F extends Flags = Flags> extends Command {
  /** Without those that all verbs have. */
  readonly flags: F
  /** How many operands it takes, and what the first one is. */
  readonly operands: { readonly least: number; readonly most: number; readonly what: string }
  /** Works until Ctrl-C, which is then no reason for an exit code other than 0. */
  readonly untilSignal?: boolean
  /** Whether words may follow `--`. */
  readonly takesRest?: boolean
  /** As that of a `RunnableCommand`. */
  readonly run: (call: Call<F>) => Effect.Effect<unknown, { readonly message: string }, VerbServices>
}

/** A verb whose flags are inferred. */
export const verb = <const F extends Flags>(definition: Verb<F>): Verb<F> => definition

/** A mistake in an operand. */
const operandError = (operand: string, message: string): UsageError =>
  new UsageError({ message: `${operand}: ${message}` })

/** An operand that was parsed, or a usage error that names it. */
export const orOperandError = <A>(operand: string, parsed: Result.Result<A, string>): Effect.Effect<A, UsageError> =>
  Effect.fromResult(Result.mapError(parsed, (message) => operandError(operand, message)))

/** What is wrong with the number of operands. */
const operandProblems = (
  { operands: { least, most, what }, takesRest = false }: Verb<never>,
  operands: ReadonlyArray<string>,
  rest: ReadonlyArray<string> | undefined,
): ReadonlyArray<Problem> => {
  if (operands.length < least) return [{ field: what, message: "is required" }]
  if (operands.length > most) {
    return [{ field: operands[most]!, message: most === 0 ? "is not a flag; flags start with --" : "is one too many" }]
  }
  return rest !== undefined && !takesRest ? [{ field: "--", message: "is not used by this command" }] : []
}

export interface ParsedCall<F extends Flags> extends Pick<Call<F>, "operands" | "rest"> {
  readonly flags: FlagValues<F> & ClusterFlagValues
}

/** The call that a command line asks for, or all its mistakes. Pure. */
export const parseCall = <F extends Flags>(
  { flags: own, ...definition }: Verb<F>,
  args: ReadonlyArray<string>,
  environment: Host["environment"],
): Result.Result<ParsedCall<F>, ReadonlyArray<Problem>> => {
  const table = { ...own, ...clusterFlags } as F & typeof clusterFlags
  const { flags, operands, rest } = splitArguments(table, args)
  const decoded = decodeFlags(table, flags, environment)
  const problems = [
    ...(Result.isFailure(decoded) ? decoded.failure : []),
    ...operandProblems(definition as unknown as Verb<never>, operands, rest),
  ]
  return Result.isFailure(decoded) || problems.length > 0
    ? Result.fail(problems)
    : Result.succeed({ flags: decoded.success as unknown as ParsedCall<F>["flags"], operands, rest })
}

/** Ended by SIGINT, as shells report it. */
const interrupted = 130

/** The command of a verb. What connects is loaded only when the command line is right. */
export const commandOf = <F extends Flags>(host: Host, definition: Verb<F>): RunnableCommand => ({
  ...definition,
  flags: { ...definition.flags, ...clusterFlags },
  exitCodeOnSignal: definition.untilSignal === true ? 0 : interrupted,
  run: (args) =>
    Effect.gen(function* () {
      const { flags, operands, rest } = yield* orUsageError(parseCall(definition, args, host.environment))
      const { connected } = yield* Effect.promise(() => import("./Connected.ts"))
      const { kubeconfig, context } = flags
      return yield* connected({ kubeconfig, context }, host, (connection) => {
        const namespace = flags.namespace ?? connection.namespace
        return definition.run({ flags, operands, rest, namespace, connection, host })
      })
    }).pipe(Effect.scoped, Effect.provide(Logging.layerOf(host, { format: "pretty", level: "error" }))),
})
