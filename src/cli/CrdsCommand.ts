/** `firesteel crds`: prints the custom resource definitions. */

import { Effect } from "effect"
import { decodeFlags } from "../settings/Flag.ts"
import { print, type RunnableCommand } from "./Command.ts"
import type { Host } from "./Host.ts"
import { orUsageError } from "./UsageError.ts"

export const make = (host: Host): RunnableCommand => ({
  name: "crds",
  summary: "Print the custom resource definitions",
  group: "manifests",
  flags: {},
  run: Effect.fnUntraced(function* (args) {
    yield* orUsageError(decodeFlags({}, args, host.environment))
    const { crdsYaml } = yield* Effect.promise(() => import("../api/Crds.ts"))
    yield* print(crdsYaml())
  }),
})
