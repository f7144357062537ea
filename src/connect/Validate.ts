/** From a SparkConnect as read from the API to a server that can be started, or to everything that is wrong with it. */

import { Result } from "effect"
import { readSparkConnect, type SparkConnect } from "../api/connect/SparkConnect.ts"
import type { ParentReference } from "../api/ParentReference.ts"
import type { Problem } from "../api/Problem.ts"
import { templateProblems } from "../spark/pod/PodTemplateShape.ts"
import { checkWorkload, type Valid, type ValidationSettings } from "../spark/Validate.ts"
import { asConnect } from "./Fields.ts"
import { serverHealthDefaults } from "./ServerHealth.ts"
import { specProblems, specWarnings } from "./SpecRules.ts"
import { workloadOf } from "./Workload.ts"

/** A server that can be started as this attempt. */
export interface ValidConnect extends Valid {
  /** A route that names no Gateway has those of the operator. */
  readonly connect: SparkConnect
  /** What names the Gateways of the route: a field or a flag. */
  readonly parentsFrom: string
}

export interface ConnectSettings extends Omit<ValidationSettings, "submitter"> {
  /** The Gateways of routes that name none; undefined: there are none. */
  readonly gatewayParents: ReadonlyArray<ParentReference> | undefined
}

const ownParents = "spec.server.grpcRoute.parentRefs"

/** The operator's Gateways for a route that names none. */
const withParents = (connect: SparkConnect, parentRefs: ReadonlyArray<ParentReference>): SparkConnect => {
  const { server } = connect.spec
  return {
    ...connect,
    spec: { ...connect.spec, server: { ...server, grpcRoute: { ...server.grpcRoute!, parentRefs } } },
  }
}

/** Whether there is a route that names no Gateway. */
const lacksParents = ({ spec: { server } }: SparkConnect): boolean =>
  server.grpcRoute !== undefined && (server.grpcRoute.parentRefs ?? []).length === 0

const noParents: Problem = {
  field: ownParents,
  message: "there is no Gateway for the route; name one here, or set --gateway-parent-refs on the operator",
}

/**
 * Decodes and checks everything that an attempt relies on; see `checkWorkload`. On failure every problem found, each with the field of the
 * SparkConnect and the remedy. Attempts differ only in names, so what is valid for one is valid for all. Pure; costs about one build.
 */
export const validate = (
  resource: unknown,
  attempt: number,
  settings: ConnectSettings,
): Result.Result<ValidConnect, ReadonlyArray<Problem>> => {
  const { value: connect, problems } = readSparkConnect(resource)
  if (connect === undefined) return Result.fail(problems)
  const { server, executor } = connect.spec
  const shapeless = [
    ...templateProblems(server.template, "spec.server.template"),
    ...templateProblems(executor.template, "spec.executor.template"),
  ]
  if (shapeless.length > 0) return Result.fail([...problems, ...shapeless])
  const orphan = lacksParents(connect)
  const found = [...specProblems(connect), ...(orphan && settings.gatewayParents === undefined ? [noParents] : [])]
  const own = found.filter(({ field }) => problems.every((problem) => problem.field !== field))
  const known = [...problems, ...own]
  /** Of the same field, or of a part of it, and so only a repetition. */
  const isNew = ({ field }: Problem) => known.every((problem) => !`${field}.`.startsWith(`${problem.field}.`))
  const built: ValidationSettings = {
    ...settings,
    healthDefaults: serverHealthDefaults(settings.healthDefaults),
    submitter: "native",
  }
  return Result.mapBoth(checkWorkload(workloadOf(connect, attempt), built, known), {
    onFailure: (found) => [...known, ...found.map(asConnect).filter(isNew)],
    onSuccess: (valid) => ({
      ...valid,
      connect: orphan ? withParents(connect, settings.gatewayParents ?? []) : connect,
      parentsFrom: orphan ? "--gateway-parent-refs" : ownParents,
      warnings: [...specWarnings(connect), ...valid.warnings.map(asConnect)].filter(
        (one, index, all) => all.findIndex(({ field }) => field === one.field) === index,
      ),
    }),
  })
}
