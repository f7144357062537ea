/** `trigger`: starts one run of a schedule now. */

import { Clock, Effect } from "effect"
import { scheduledSparkApplications, sparkApplications } from "../../../api/Kinds.ts"
import { Kube } from "../../../kube/Kube.ts"
import { triggerAnnotation } from "../../../spark/Labels.ts"
import { named } from "../Named.ts"
import { fullName, parseObjectName, scheduleType } from "../ObjectName.ts"
import { printLines } from "../Output.ts"
import { answerTimeout, waitFlags } from "../PluginFlags.ts"
import { awaitEnd } from "../run/Await.ts"
import { until, within } from "../run/Follow.ts"
import { orOperandError, verb } from "../Verb.ts"

const flags = {
  answerTimeout: { ...answerTimeout, description: "How long to wait until the operator has created the run." },
  ...waitFlags,
} as const

export const trigger = verb({
  name: "trigger",
  summary: "Start a run of a schedule now",
  group: "cluster",
  usage: "SCHEDULE",
  about: `Sets the annotation ${triggerAnnotation} to a new value. The run has the template of the schedule and does not move its times.
A suspended schedule can be triggered, too; with concurrencyPolicy Forbid or Replace the run counts as one of the schedule.`,
  examples: [
    ["Start a run", "trigger nightly"],
    ["Start a run, print its log, exit with its result", "trigger nightly --logs"],
  ],
  flags,
  names: ["schedule"],
  operands: { least: 1, most: 1, what: "SCHEDULE" },
  run: Effect.fnUntraced(function* (call) {
    const { flags, operands, namespace, host } = call
    const [operand = ""] = operands
    const { name } = yield* orOperandError(operand, parseObjectName(operand, [scheduleType]))
    const kube = yield* Kube
    yield* named(scheduledSparkApplications, namespace, name, host.program)
    const token = new Date(yield* Clock.currentTimeMillis).toISOString()
    const body = { metadata: { annotations: { [triggerAnnotation]: token } } }
    yield* kube.patch(scheduledSparkApplications, namespace, name, { type: "merge", body })
    const { status } = yield* within(
      until(scheduledSparkApplications, namespace, name, (it) => it.status?.lastTrigger?.token === token),
      flags.answerTimeout,
      `the operator has not started the run of ${name}; "${host.program} status schedule/${name}" may say why. No answer`,
    )
    const run = status?.lastTrigger?.name ?? ""
    yield* printLines([`${fullName(sparkApplications, run)} started`])
    return yield* awaitEnd({ namespace, name: run }, flags, call)
  }),
})
