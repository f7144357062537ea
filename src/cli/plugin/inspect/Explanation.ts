/**
 * Why an application does not run, or not as it should: an ordered list of findings, the decisive one first. Pure: everything that was read of
 * the cluster comes in one value.
 */

import type { Event, ResourceQuota } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../../api/application/SparkApplication.ts"
import type { Attempt, SparkApplicationStatus } from "../../../api/application/SparkApplicationStatus.ts"
import { isFinal, stateOf } from "../../../api/States.ts"
import { attemptSentence, lastFailure, sentence } from "../../../console/api/Explanation.ts"
import * as Labels from "../../../spark/Labels.ts"
import { driverPodName } from "../../../spark/Names.ts"
import { age } from "../Ages.ts"
import { type Advice, failureAdvice, filledIn, type Names, waitingAdvice } from "./Advice.ts"
import { eventFinding } from "./EventFinding.ts"
import { finding, type Finding, notTakenUp } from "./Finding.ts"
import { quotaFinding } from "./QuotaFinding.ts"

export interface Evidence {
  readonly application: SparkApplication
  /** About the application and its pods. */
  readonly events: ReadonlyArray<Event>
  /** Of the namespace. Undefined: they may not be read. */
  readonly quotas: ReadonlyArray<ResourceQuota> | undefined
  /** Epoch milliseconds. */
  readonly now: number
  readonly program: string
}

type Rule = (evidence: Evidence, status: SparkApplicationStatus, names: Names) => Finding | undefined

const namesOf = ({ application, program }: Evidence): Names => ({
  object: application.metadata.name,
  labels: `${Labels.appName}=${application.metadata.name}`,
  role: "spec.driver",
  ns: application.metadata.namespace,
  pod: application.status?.driverInfo?.podName ?? driverPodName(application),
  program,
})

const condition = ({ conditions = [] }: SparkApplicationStatus, type: string) =>
  conditions.find((one) => one.type === type)

const refused: Rule = (_, status, names) => {
  const accepted = condition(status, "Accepted")
  return accepted?.status === "False"
    ? finding("The spec cannot be submitted.", filledIn(failureAdvice.InvalidSpec, names), accepted.message.split("\n"))
    : undefined
}

const suspended: Rule = ({ application: { spec, metadata } }, _, { object, ns, program }) => {
  if (spec.suspend !== true) return undefined
  const queue = metadata.labels?.[Labels.kueueQueue]
  return queue === undefined
    ? finding("It is suspended (spec.suspend is true).", [`Resume it: ${program} resume ${object} -n ${ns}`])
    : finding(`It waits for Kueue to admit it through the queue ${queue}.`, [
        `See why it is not admitted: kubectl get workloads -n ${ns}; kubectl describe localqueue ${queue} -n ${ns}`,
      ])
}

const waits: Rule = ({ now }, { waiting, applicationState }, names) => {
  if (waiting === undefined) return undefined
  const who = applicationState.state === "RUNNING" ? "It runs, and executors wait" : "It waits"
  return finding(
    `${who}, since ${age(waiting.since, now)}: ${sentence(waiting.reason, waiting.message)}`,
    filledIn(waitingAdvice[waiting.reason] ?? [], names),
  )
}

const adviceOf = ({ failure }: Attempt): Advice => (failure === undefined ? [] : failureAdvice[failure])

const describe = (attempt: Attempt): string =>
  `${attemptSentence(attempt)}${attempt.exitCode === undefined ? "" : ` (exit code ${attempt.exitCode})`}`

const triesAgain: Rule = (_, status, names) => {
  const failed = lastFailure(status)
  if (status.nextRetryTime === undefined || failed === undefined) return undefined
  return finding(
    `It is tried again at ${status.nextRetryTime}, because it failed.`,
    filledIn(adviceOf(failed), names),
    [describe(failed)],
  )
}

const isRefused = (status: SparkApplicationStatus) => condition(status, "Accepted")?.status === "False"

const failed: Rule = (_, status, names) => {
  // To run a spec again that was refused is of no use.
  if (stateOf(status) !== "FAILED" || isRefused(status)) return undefined
  const last = lastFailure(status)
  const message = status.applicationState.errorMessage ?? ""
  if (last === undefined) return finding(`It has failed: ${message}`)
  const { object, ns, program } = names
  return finding(
    "It has failed, and is not tried again.",
    [...filledIn(adviceOf(last), names), `Run it again: ${program} rerun ${object} -n ${ns}`],
    [describe(last)],
  )
}

const stalls: Rule = ({ now }, { stalled }, { object, ns, program }) =>
  stalled === undefined
    ? undefined
    : finding(`It makes no progress since ${age(stalled.since, now)}.`, [
        `Look at its stages: ${program} ui ${object} -n ${ns}`,
        `See what its executors do: ${program} logs ${object} -n ${ns} --executor 1 --tail 50`,
      ])

const losesExecutors: Rule = (_, { recentExecutorFailures = [], executors }, names) => {
  const last = recentExecutorFailures.at(-1)
  if (last === undefined) return undefined
  return finding(
    `${executors?.failed ?? recentExecutorFailures.length} executors have failed; the last one: ${sentence(last.reason, last.message)}`,
    last.failure === undefined ? [] : filledIn(failureAdvice[last.failure], { ...names, role: "spec.executor" }),
  )
}

const silent: Rule = (_, { silentExecutors }) =>
  silentExecutors === undefined
    ? undefined
    : finding(
        `${silentExecutors.count} executors run, and the driver does not report them.`,
        ["Their connection to the driver may be broken: compare their logs with that of the driver."],
        silentExecutors.names,
      )

const warned: Rule = (_, status) => {
  const accepted = condition(status, "Accepted")
  return accepted?.reason === "ValidWithWarnings"
    ? finding("The spec has warnings.", [], accepted.message.split("\n"))
    : undefined
}

/** In the order in which they are reported. */
const rules: ReadonlyArray<Rule> = [
  refused,
  suspended,
  waits,
  triesAgain,
  failed,
  stalls,
  losesExecutors,
  silent,
  warned,
]

const plainState = (application: SparkApplication, now: number): string => {
  const { status } = application
  if (stateOf(status) === "COMPLETED") return "It has completed."
  const since = age(status?.applicationState?.since, now)
  return `It is ${stateOf(status) || "NEW"}${since === "" ? "" : ` for ${since}`}; nothing keeps it from running.`
}

/** Never empty: where nothing is wrong, that is the finding. */
export const explain = (evidence: Evidence): ReadonlyArray<Finding> => {
  const { application, now } = evidence
  const { status } = application
  const names = namesOf(evidence)
  const found =
    status === undefined
      ? [notTakenUp(application.metadata, now)]
      : rules.flatMap((rule) => rule(evidence, status, names) ?? [])
  const isOver = isFinal(stateOf(status))
  const quota = isOver ? undefined : quotaFinding(evidence.quotas, evidence.events, names)
  const warnings = isOver ? undefined : eventFinding(evidence.events, now)
  const decisive = [...found, ...(quota === undefined ? [] : [quota])]
  return [
    ...(decisive.length === 0 ? [finding(plainState(application, now))] : decisive),
    ...(warnings === undefined ? [] : [warnings]),
  ]
}
