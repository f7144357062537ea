/** The check as the command runs it: connected over HTTP if a cluster is to be looked at, its result as text or JSON. */

import { Effect, Layer, type Result } from "effect"
import type { Problem } from "../../api/Problem.ts"
import type { Environment } from "../../kube/Connection.ts"
import { Kube } from "../../kube/Kube.ts"
import * as KubeHttp from "../../kube/KubeHttp.ts"
import { jsonReport, textReport, valuesReport } from "./CheckReport.ts"
import { countVerdicts } from "./Finding.ts"
import { migrateCheck } from "./MigrateCheck.ts"
import type { MigrationOptions } from "./MigrationFlags.ts"

const reports = { text: textReport, json: jsonReport, values: valuesReport } as const

/** What only the process knows. */
export interface CheckHost {
  readonly environment: Environment
  readonly version: string
  readonly colors: boolean
}

/** Runs the check; fails with a sentence if a cluster or a file cannot be read. */
export const check = Effect.fnUntraced(function* (
  options: MigrationOptions,
  args: ReadonlyArray<string>,
  decode: (args: ReadonlyArray<string>) => Result.Result<MigrationOptions, ReadonlyArray<Problem>>,
  { environment, version, colors }: CheckHost,
) {
  const { kubeconfig, context } = options
  const connect = Layer.build(KubeHttp.layer({ environment, kubeconfig, context, version })).pipe(
    Effect.flatMap((services) => Effect.provideContext(Kube, services)),
  )
  const result = yield* migrateCheck(options, args, decode, connect)
  return {
    report: reports[options.output](result, colors),
    problems: countVerdicts(result.checked).problem,
  }
})
