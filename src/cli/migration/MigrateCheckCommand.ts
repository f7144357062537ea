/**
 * `firesteel migrate check`. Exit code 1 means that there are problems; 2, as for any mistake in the command line, that nothing could be
 * checked.
 */

import { Effect } from "effect"
import { decodeFlags } from "../../settings/Flag.ts"
import { kubeflowReplacement } from "../../settings/KubeflowFlags.ts"
import { print, type RunnableCommand } from "../Command.ts"
import type { Host } from "../Host.ts"
import * as Logging from "../Logging.ts"
import { orUsageError, UsageError } from "../UsageError.ts"
import { migrationFlags } from "./MigrationFlags.ts"

export const make = (host: Host): RunnableCommand => ({
  name: "migrate check",
  summary: "Report what would change for users of kubeflow's operator",
  group: "manifests",
  flags: migrationFlags,
  run: Effect.fnUntraced(
    function* (args) {
      const decode = (before: ReadonlyArray<string>) =>
        decodeFlags(migrationFlags, [...before, ...args], host.environment, kubeflowReplacement)
      const options = yield* orUsageError(decode([]))
      const { check } = yield* Effect.promise(() => import("./ConnectedCheck.ts"))
      const { report, problems } = yield* Effect.mapError(
        check(options, decode, host),
        ({ message }) => new UsageError({ message }),
      )
      yield* print(report)
      return problems === 0
    },
    Effect.scoped,
    Effect.provide(Logging.layerOf(host, { format: "auto", level: "error" })),
  ),
})
