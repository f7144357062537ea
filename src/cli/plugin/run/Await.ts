/** Waits for the end of an application: its states go to standard error, its log to standard output if that is asked for. */

import { Clock, Effect, Stream } from "effect"
import type { SparkApplication } from "../../../api/application/SparkApplication.ts"
import { sparkApplications } from "../../../api/Kinds.ts"
import { isFinal, stateOf } from "../../../api/States.ts"
import type { FlagValues } from "../../../settings/Flag.ts"
import { localRow } from "../../local/Row.ts"
import { changeLine } from "../../local/Table.ts"
import { commandError } from "../Named.ts"
import type { waitFlags } from "../PluginFlags.ts"
import type { Call } from "../Verb.ts"
import { printDriverLogs } from "./DriverLogs.ts"
import { versions, within } from "./Follow.ts"

export type WaitOptions = FlagValues<typeof waitFlags>

/** What is compared to decide whether a new line is printed: not each step of the progress. */
const shown = (application: SparkApplication): string =>
  changeLine({ ...localRow(application, undefined), progress: undefined })

/** The application as created or changed by this command: an earlier version may still say how a former run ended. */
export interface Awaited {
  readonly namespace: string
  readonly name: string
  /** Whether this version is of the run that is waited for. */
  readonly isCurrent?: (application: SparkApplication) => boolean
}

/**
 * Succeeds with whether it completed. With neither `--wait` nor `--logs` it succeeds at once. Ctrl-C says how to come back to the run, which is
 * left alone.
 */
export const awaitEnd = Effect.fnUntraced(function* (
  { namespace, name, isCurrent = () => true }: Awaited,
  { wait, logs, timeout }: WaitOptions,
  { host }: Pick<Call<{}>, "host">,
) {
  if (!wait && !logs) return true
  const say = (line: string) => Effect.sync(() => host.stderr.write(`${line}\n`))
  const current = () => versions(sparkApplications, namespace, name).pipe(Stream.filter(isCurrent))
  let last = ""
  const states = current().pipe(
    Stream.tap((application) => {
      const line = shown(application)
      if (line === last) return Effect.void
      last = line
      return say(line)
    }),
    Stream.filter(({ status }) => isFinal(stateOf(status))),
    Stream.runHead,
  )
  const began = yield* Clock.currentTimeMillis
  const printing = logs ? printDriverLogs(current(), say) : Effect.void
  const [ended] = yield* Effect.all([states, printing], { concurrency: 2 }).pipe(
    (all) => within(all, timeout, `${name} has not ended`),
    Effect.onInterrupt(() => say(`\nThe run continues: ${host.program} status ${name} -n ${namespace}`)),
  )
  if (ended._tag === "None") return yield* commandError("the watch has ended")
  const seconds = Math.round(((yield* Clock.currentTimeMillis) - began) / 1000)
  const state = stateOf(ended.value.status)
  yield* say(`${name} ${state === "COMPLETED" ? "completed" : "failed"} after ${seconds} s`)
  return state === "COMPLETED"
})
