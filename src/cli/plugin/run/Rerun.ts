/** `rerun`: runs an application once more. */

import { Clock, Effect } from "effect"
import { sparkApplications } from "../../../api/Kinds.ts"
import { isFinal, stateOf } from "../../../api/States.ts"
import { lastAttempt } from "../../../application/lifecycle/Attempts.ts"
import { runAgain } from "../../../application/RunAgain.ts"
import { Kube } from "../../../kube/Kube.ts"
import { toggle } from "../../../settings/ValueKind.ts"
import { restartedAtAnnotation } from "../../../spark/Labels.ts"
import { commandError, named } from "../Named.ts"
import { applicationType, fullName, parseObjectName } from "../ObjectName.ts"
import { printLines } from "../Output.ts"
import { waitFlags } from "../PluginFlags.ts"
import { orOperandError, verb } from "../Verb.ts"
import { awaitEnd } from "./Await.ts"

const flags = {
  force: { kind: toggle, default: "false", description: "Also if it runs now: that run is stopped." },
  ...waitFlags,
} as const

export const rerun = verb({
  name: "rerun",
  summary: "Run an application that has ended again",
  group: "cluster",
  usage: "NAME",
  about: `Writes the time into the annotation ${restartedAtAnnotation} of the driver, as "kubectl rollout restart" does for a Deployment:
the spec has changed, so the operator runs the application again, with full budgets for retries. The pods of the last run, and with
them their logs, are deleted. For a schedule, use "trigger".`,
  examples: [
    ["Run again and wait for the result", "rerun spark-pi --wait"],
    ["Stop the current run and start another", "rerun spark-pi --force"],
  ],
  flags,
  names: ["application"],
  operands: { least: 1, most: 1, what: "NAME" },
  run: Effect.fnUntraced(function* (call) {
    const { flags, operands, namespace, host } = call
    const [operand = ""] = operands
    const { name } = yield* orOperandError(operand, parseObjectName(operand, [applicationType]))
    const before = yield* named(sparkApplications, namespace, name, host.program)
    const state = stateOf(before.status)
    if (before.spec.suspend === true) {
      return yield* commandError(`${name} is suspended: "${host.program} resume ${name}" runs it`)
    }
    if (!isFinal(state) && !flags.force) {
      return yield* commandError(`${name} has not ended (${state || "NEW"}): --force stops the run and starts another`)
    }
    const kube = yield* Kube
    const body = runAgain(yield* Clock.currentTimeMillis)
    yield* kube.patch(sparkApplications, namespace, name, { type: "merge", body })
    yield* printLines([`${fullName(sparkApplications, name)} runs again`])
    const attempts = lastAttempt(before.status)?.number ?? 0
    return yield* awaitEnd(
      { namespace, name, isCurrent: ({ status }) => (lastAttempt(status)?.number ?? 0) > attempts },
      flags,
      call,
    )
  }),
})
