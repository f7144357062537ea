/** A mistake in the command line, the environment or a file that the command line names: the process exits with code 2. */

import { Effect, Result, Schema } from "effect"
import type { Problem } from "../api/Problem.ts"
import { problemLines } from "../settings/Flag.ts"

export class UsageError extends Schema.TaggedError<UsageError>()("UsageError", { message: Schema.String }) {}

/** What was decoded, or an error with one line per problem. */
export const orUsageError = <A>(decoded: Result.Result<A, ReadonlyArray<Problem>>): Effect.Effect<A, UsageError> =>
  Effect.fromResult(Result.mapError(decoded, (problems) => new UsageError({ message: problemLines(problems) })))
