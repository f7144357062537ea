/** Reads the spec of a SparkHistoryServer for a decision: validated, or its problems. */

import { Result } from "effect"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import type { Problem } from "../../api/Problem.ts"
import { validate } from "../Validate.ts"

export interface ReadSpec {
  /** Undefined when there are problems. */
  readonly valid: SparkHistoryServer | undefined
  readonly problems: ReadonlyArray<Problem>
  readonly warnings: ReadonlyArray<Problem>
}

export const readSpec = (server: SparkHistoryServer): ReadSpec =>
  Result.match(validate(server), {
    onFailure: (problems) => ({ valid: undefined, problems, warnings: [] }),
    onSuccess: ({ server: valid, warnings }) => ({ valid, problems: [], warnings }),
  })
