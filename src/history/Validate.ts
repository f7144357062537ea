/** From a SparkHistoryServer as read from the API to one that can be run, or to everything that is wrong with it. Pure. */

import { Result } from "effect"
import { readSparkHistoryServer, type SparkHistoryServer } from "../api/history/SparkHistoryServer.ts"
import { SparkHistoryServerSpec } from "../api/history/SparkHistoryServerSpec.ts"
import type { Problem } from "../api/Problem.ts"
import { structuralSchema } from "../api/schema/StructuralSchema.ts"
import { unknownIn } from "../api/schema/UnknownFields.ts"
import { templateProblems } from "../spark/pod/PodTemplateShape.ts"
import { accessRules } from "./rules/AccessRules.ts"
import { directoryRules, directoryWarnings } from "./rules/DirectoryRules.ts"
import { podRules, podWarnings } from "./rules/PodRules.ts"
import type { Rule } from "./rules/Rule.ts"

export interface ValidHistoryServer {
  readonly server: SparkHistoryServer
  /** What does not keep the server from running but may surprise the user. */
  readonly warnings: ReadonlyArray<Problem>
}

const schema = structuralSchema(SparkHistoryServerSpec)
const unknown: Rule = ({ spec }) => unknownIn(schema, spec, "spec", "sparkhistoryserver.spec")

const rules: ReadonlyArray<Rule> = [...directoryRules, ...podRules, ...accessRules]
const warningRules: ReadonlyArray<Rule> = [unknown, ...directoryWarnings, ...podWarnings]

/** On failure every problem found, each with its field and the remedy. */
export const validate = (resource: unknown): Result.Result<ValidHistoryServer, ReadonlyArray<Problem>> => {
  const { value: server, problems } = readSparkHistoryServer(resource)
  if (server === undefined) return Result.fail(problems)
  const shapeless = templateProblems(server.spec.template, "spec.template")
  if (shapeless.length > 0) return Result.fail([...problems, ...shapeless])
  const own = rules
    .flatMap((rule) => rule(server))
    .filter(({ field }) => problems.every((problem) => !field.startsWith(problem.field)))
  return problems.length + own.length > 0
    ? Result.fail([...problems, ...own])
    : Result.succeed({ server, warnings: warningRules.flatMap((rule) => rule(server)) })
}
