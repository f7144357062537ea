/** `firesteel render`: reads manifests and prints what `Render.ts` makes of them. */

import { Clock, Effect } from "effect"
import { decodeFlags, problemLines } from "../../settings/Flag.ts"
import * as HistorySettings from "../../settings/HistorySettings.ts"
import * as PodSettings from "../../settings/PodSettings.ts"
import * as ScheduleSettings from "../../settings/ScheduleSettings.ts"
import { optionalText } from "../../settings/ValueKind.ts"
import { print, type RunnableCommand } from "../Command.ts"
import type { Host } from "../Host.ts"
import { textOf } from "../manifest/ManifestFiles.ts"
import { orUsageError, UsageError } from "../UsageError.ts"

const flags = {
  file: {
    kind: optionalText("a manifest, or - for standard input"),
    short: "f",
    default: "",
    description:
      "Manifest with SparkApplications, ScheduledSparkApplications, SparkConnects or SparkHistoryServers. Objects of other kinds are ignored.",
  },
  healthChecks: {
    kind: optionalText("a manifest"),
    default: "",
    description:
      "Manifest of the operator's ConfigMap of health checks: the one that --health-checks-config names on a cluster.",
  },
  ...PodSettings.flags,
  ...HistorySettings.flags,
  ...ScheduleSettings.flags,
} as const

/** Reading problems, warnings and other remarks go to standard error; exit code 1 if an application cannot be submitted. */
export const make = (host: Host): RunnableCommand => ({
  name: "render",
  summary:
    "Print the objects that the operator would create for an application, a Connect server or a history server, and the next runs of a schedule",
  group: "manifests",
  flags,
  run: Effect.fnUntraced(function* (args) {
    const values = yield* orUsageError(decodeFlags(flags, args, host.environment))
    const { file, healthChecks } = values
    if (file === undefined) {
      return yield* new UsageError({ message: "--file: is required: a manifest, or - for standard input" })
    }
    const problems = PodSettings.problems(values)
    if (problems.length > 0) return yield* new UsageError({ message: problemLines(problems) })
    const Render = yield* Effect.promise(() => import("./Render.ts"))
    const remark = (source: string, lines: ReadonlyArray<string>) =>
      Effect.sync(() => lines.forEach((line) => host.stderr.write(`${source}: ${line}\n`)))

    const health = healthChecks === undefined ? Render.noHealth : Render.healthOf(yield* readText(healthChecks))
    const { build, scheduling, submitter, metadata } = PodSettings.fromValues(values)
    const rendered = Render.render(yield* readText(file), {
      build: PodSettings.buildOptions(build, () => true),
      scheduling,
      submitter,
      metadata,
      health: health.health,
      eventLog: HistorySettings.fromValues(values),
      precision: ScheduleSettings.fromValues(values).precision,
      now: yield* Clock.currentTimeMillis,
    })
    yield* remark(healthChecks ?? "", health.remarks)
    yield* remark(file, rendered.remarks)
    yield* print(rendered.output)
    return rendered.good
  }),
})

const readText = (file: string) => Effect.mapError(textOf(file), ({ message }) => new UsageError({ message }))
