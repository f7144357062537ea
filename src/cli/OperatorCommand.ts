/** `firesteel operator`: runs until a signal, an error, or the loss of leadership. */

import { Effect } from "effect"
import { decodeSettings, settingsFlags } from "../settings/Settings.ts"
import type { RunnableCommand } from "./Command.ts"
import type { Host } from "./Host.ts"
import * as Logging from "./Logging.ts"
import { orUsageError } from "./UsageError.ts"

export const make = (host: Host): RunnableCommand => ({
  name: "operator",
  summary: "Run the operator",
  group: "operator",
  flags: settingsFlags,
  run: Effect.fnUntraced(function* (args) {
    const settings = yield* orUsageError(decodeSettings(args, host.environment))
    return yield* host.runOperator(settings).pipe(
      Effect.flatMap(({ lost }) => lost),
      Effect.scoped,
      Effect.catch((error) => Effect.as(Effect.logFatal(error.message), false)),
      Effect.provide(Logging.layerOf(host, settings.log)),
    )
  }),
})
