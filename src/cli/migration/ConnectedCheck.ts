/** The check with a connection over HTTP, if a cluster is to be checked, and with its result in the requested format. */

import { Effect, Layer } from "effect"
import { Kube } from "../../kube/Kube.ts"
import * as KubeHttp from "../../kube/KubeHttp.ts"
import type { Host } from "../Host.ts"
import { jsonReport, textReport, valuesReport } from "./CheckReport.ts"
import { countVerdicts } from "./Finding.ts"
import { type Decode, migrateCheck } from "./MigrateCheck.ts"
import type { MigrationOptions } from "./MigrationFlags.ts"

const reports = { text: textReport, json: jsonReport, values: valuesReport } as const

/** Runs the check; the message of an error names the cluster or the file that cannot be read. */
export const check = Effect.fnUntraced(function* (
  options: MigrationOptions,
  decode: Decode,
  { environment, version, colors }: Host,
) {
  const { kubeconfig, context } = options
  const connect = Layer.build(KubeHttp.layer({ environment, kubeconfig, context, version })).pipe(
    Effect.flatMap((services) => Effect.provideContext(Kube, services)),
  )
  const result = yield* migrateCheck(options, decode, connect)
  return {
    report: reports[options.output](result, colors),
    problems: countVerdicts(result.checked).problem,
  }
})
