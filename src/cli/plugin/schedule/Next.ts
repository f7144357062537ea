/** `next`: when a schedule will run. */

import { Clock, Effect, Result } from "effect"
import { scheduledSparkApplications } from "../../../api/Kinds.ts"
import { integer } from "../../../settings/ValueKind.ts"
import { commandError, named } from "../Named.ts"
import { parseObjectName, scheduleType } from "../ObjectName.ts"
import { printDocument, printLines, tableLines } from "../Output.ts"
import { output } from "../PluginFlags.ts"
import { orOperandError, verb } from "../Verb.ts"
import { nextRuns, notesOf } from "./NextRuns.ts"

const flags = {
  count: { kind: integer(1, 1000), default: "5", description: "How many times are shown." },
  output,
} as const

export const next = verb({
  name: "next",
  summary: "Show when a schedule runs next",
  group: "cluster",
  usage: "SCHEDULE",
  about: `In the time zone of the schedule and in UTC, with what keeps runs from starting: a suspended schedule, an unfinished run with
concurrencyPolicy Forbid. Changes between summer and winter time are taken into account.`,
  examples: [
    ["The next five runs", "next nightly"],
    ["The next hundred, for a program", "next nightly --count 100 -o json"],
  ],
  flags,
  names: ["schedule"],
  operands: { least: 1, most: 1, what: "SCHEDULE" },
  run: Effect.fnUntraced(function* ({ flags, operands, namespace, host }) {
    const [operand = ""] = operands
    const { name } = yield* orOperandError(operand, parseObjectName(operand, [scheduleType]))
    const schedule = yield* named(scheduledSparkApplications, namespace, name, host.program)
    const now = yield* Clock.currentTimeMillis
    const found = nextRuns(schedule, now, flags.count)
    if (Result.isFailure(found)) return yield* commandError(found.failure)
    if (flags.output === "json" || flags.output === "yaml") return yield* printDocument(found.success, flags.output)
    if (flags.output === "name") return yield* printLines(found.success.map(({ time }) => time))
    for (const note of notesOf(schedule)) host.stderr.write(`${note}\n`)
    return yield* printLines(
      tableLines(
        [
          { title: "TIME", cell: ({ localTime }) => localTime },
          { title: "UTC", cell: ({ time }) => time },
          { title: "IN", cell: ({ inText }) => inText },
        ],
        found.success,
        { colors: host.colors },
      ),
    )
  }),
})
